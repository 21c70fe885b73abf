// How often each of many keys is asked for: Zipf's law, the r-th in proportion to 1 / r^skew.

/** Keys that are asked for alike. */
export interface Ranks {
  readonly keys: number;
  /** Share of all requests that one of them gets. */
  readonly share: number;
}

/** Up to here each key is counted by itself. */
const EXACT = 200;
const GROWTH = 1.05;

/** The first ones one by one, the others in groups of nearly the same share. */
export function zipf(keys: number, skew: number): Ranks[] {
  const groups: { keys: number; weight: number }[] = [];
  for (let rank = 1; rank <= Math.min(keys, EXACT); rank++) groups.push({ keys: 1, weight: rank ** -skew });
  for (let from = EXACT + 1; from <= keys;) {
    const to = Math.min(keys, Math.floor(from * GROWTH));
    groups.push({ keys: to - from + 1, weight: Math.sqrt(from * to) ** -skew });
    from = to + 1;
  }
  const total = groups.reduce((sum, group) => sum + group.keys * group.weight, 0);
  return groups.map(({ keys: count, weight }) => ({ keys: count, share: weight / total }));
}

/** Draws keys' numbers by Zipf's law. @param random gives numbers from 0 to 1 */
export function drawn(keys: number, skew: number, random: () => number): () => number {
  const sums: number[] = [];
  let total = 0;
  for (let rank = 1; rank <= keys; rank++) sums.push(total += rank ** -skew);
  return () => {
    const wanted = random() * total;
    let [low, high] = [0, keys - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
