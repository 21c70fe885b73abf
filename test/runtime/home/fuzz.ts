/** Numbers that look random and are the same in each run, below `end`. */
export function randomNumbers(seed: number): (end: number) => number {
  let state = seed;
  return (end) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end;
  };
}

/** The bytes with something wrong: bits flipped, cut short, a part twice, gone, from elsewhere, or nothing but noise. Never the same bytes. */
export function damaged(bytes: Buffer, random: (end: number) => number): Buffer {
  const result = damage(bytes, random);
  return result.equals(bytes) ? damaged(bytes, random) : result;
}

function damage(bytes: Buffer, random: (end: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  const [from, to] = [random(bytes.length), random(bytes.length)].sort((a, b) => a - b);
  switch (random(7)) {
    case 0: copy[from] ^= 1 << random(8); return copy;
    case 1: for (let i = random(20); i >= 0; i--) copy[random(copy.length)] ^= 1 << random(8); return copy;
    case 2: return copy.subarray(0, from);
    case 3: return Buffer.concat([copy.subarray(0, to), copy.subarray(from)]);
    case 4: return Buffer.concat([copy.subarray(0, from), copy.subarray(to)]);
    case 5: copy.copyWithin(from, to); return copy;
    default: return Buffer.from(Array.from({ length: random(100) }, () => random(256)));
  }
}
