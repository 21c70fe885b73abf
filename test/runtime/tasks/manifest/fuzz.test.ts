import { DamagedError } from '../../../../runtime/tasks/errors';
import { decodeManifest } from '../../../../runtime/tasks/manifest/decode';
import { encodeManifest } from '../../../../runtime/tasks/manifest/encode';
import { seal, unseal } from '../../../../runtime/tasks/manifest/envelope';
import { damaged, randomNumbers } from '../../home/fuzz';
import { richManifest } from './samples';

jest.setTimeout(600_000);

/** `MANIFEST_FUZZ=1000000` for long; `MANIFEST_SEED=…` for the same again. */
const COUNT = Number(process.env.MANIFEST_FUZZ ?? 40_000);
const SEED = Number(process.env.MANIFEST_SEED ?? Date.now() % 2 ** 31);
const bytes = Buffer.from(encodeManifest(richManifest()));
const { text, digests } = unseal(bytes);
const VALUES = [
  '-1', '0.5', '1e999', '9007199254740993', 'null', '"x"', '[]', '{}', '[[]]', '[0]', '"__proto__"', '1', '0', 'true', '[0,0,0,0]', '2000000',
];

/** Either it is told that it is damaged, or what it says can be written, and read again as the same. */
function outcome(from: Uint8Array): 'damaged' | 'read' {
  let manifest;
  try {
    manifest = decodeManifest(from);
  } catch (error) {
    if (!(error instanceof DamagedError)) throw error;
    return 'damaged';
  }
  const again = encodeManifest(manifest);
  if (Buffer.compare(again, encodeManifest(decodeManifest(again))) !== 0) throw new Error('what was read is not what was written');
  return 'read';
}

function fuzz(mutated: (random: (end: number) => number) => Uint8Array): Record<ReturnType<typeof outcome>, number> {
  const random = randomNumbers(SEED);
  const count = { damaged: 0, read: 0 };
  for (let i = 0; i < COUNT / 2; i++) {
    const from = mutated(random);
    try {
      count[outcome(from)]++;
    } catch (error) {
      throw new Error(`seed ${SEED}, number ${i}: ${Buffer.from(from).toString('base64')}`, { cause: error });
    }
  }
  return count;
}

test('whatever became of the bytes is told', () => {
  expect(fuzz((random) => damaged(bytes, random))).toEqual({ damaged: COUNT / 2, read: 0 });
});

test('whatever somebody writes who knows the format is told, or means something', () => {
  const count = fuzz((random) => {
    if (random(10) === 0) return seal({ text, digests: damaged(digests, random) });
    if (random(4) === 0) return seal({ text: damaged(Buffer.from(text), random).toString(), digests });
    const lines = text.split('\n');
    for (let i = random(3); i >= 0; i--) {
      const at = random(lines.length);
      const values = lines[at].match(/-?[\d.]+|"[^"]*"|[a-z]+|\S/g) ?? ['0'];
      const line = values.with(random(values.length), random(3) === 0 ? String(random(60)) : VALUES[random(VALUES.length)]).join('');
      const others = random(8) === 0 ? [lines[random(lines.length)]] : [];
      lines.splice(at, random(8) === 0 ? 0 : 1, line, ...others);
    }
    return seal({ text: lines.join('\n'), digests });
  });
  expect(count.damaged).toBeGreaterThan(COUNT / 10);
  expect(count.read).toBeGreaterThan(0);
});
