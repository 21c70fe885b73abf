import { openContentStore } from '../../../../runtime/tasks/content/open-content-store';
import { sealSync, unsealSync } from '../../../../runtime/tasks/content/sealed';
import type { Location, Slice } from '../../../../runtime/tasks/content/shapes';
import { decodeTree, encodeTree, objectsOfTree, treeDigest } from '../../../../runtime/tasks/content/tree';
import { DamagedError } from '../../../../runtime/tasks/errors';
import { Random } from '../../../lambda-src/config-convergence/random';
import { TREE } from './trees';
import { contentOf, sha256, WatchedObjects } from './watched-objects';

const SEALED_RUNS = 25_000;
const READ_RUNS = 5_000;
const TREE_RUNS = 35_000;
const TEXT_RUNS = 40_000;
const MAX_BYTES = 64 * 1024;
/** Some seconds of work, of a machine that may have other work. */
jest.setTimeout(180_000);

let runs = 0;
const RAW_TREE = Buffer.from(unsealSync('tree', encodeTree(TREE), MAX_BYTES));

/** What a line may have in place of a value. */
const ODD = [
  '', '0', '-1', '1e999', '9007199254740993', '0.5', 'null', 'true', '""', '"\\ud800"', '"\\u0000"', '[]', '[[]]', '{}', '{"__proto__":[]}',
  '"../../x"', '"/etc/passwd"', '"f"', '"d"', '"l"', '"c"', ',', ']', '[', '\n', '\\', '"', '\u00ff', '\ud83d',
];

/** Bytes with one to three changes. */
function mutated(random: Random, bytes: Uint8Array): Buffer {
  runs++;
  let result = Buffer.from(bytes);
  for (let n = 1 + random.below(3); n > 0; n--) {
    const at = random.below(result.length + 1);
    const kind = random.below(6);
    if (kind === 0 && at < result.length) result[at] ^= 1 << random.below(8);
    else if (kind === 1 && at < result.length) result[at] = random.pick([0, 1, 2, 0x7f, 0x80, 0xff]);
    else if (kind === 2) result = result.subarray(0, at);
    else if (kind === 3) result = Buffer.concat([result.subarray(0, at), Buffer.from([random.below(256)]), result.subarray(at)]);
    else if (kind === 4) result = Buffer.concat([result.subarray(0, at), result.subarray(at + 1 + random.below(8))]);
    else result = Buffer.concat([result, result.subarray(at)]);
  }
  return result;
}

/** A text of lines with one to three values of them replaced, moved or repeated. */
function rewritten(random: Random, text: string): string {
  runs++;
  let result = text;
  for (let n = 1 + random.below(3); n > 0; n--) {
    const lines = result.split('\n');
    const at = random.below(lines.length);
    const kind = random.below(5);
    if (kind === 0) lines.splice(at, 1);
    else if (kind === 1) lines.splice(at, 0, random.pick(lines));
    else if (kind === 2) lines[at] = random.pick(ODD);
    else {
      const values = lines[at].split(',');
      values[random.below(values.length)] = random.pick(kind === 3 ? ODD : values);
      lines[at] = values.join(',');
    }
    result = lines.join('\n');
  }
  return result;
}

/** What it makes of it, `undefined` if it is damaged; anything else that is thrown fails the test. */
function unlessDamaged<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof DamagedError) return undefined;
    throw error;
  }
}

test('a mutated pack is unpacked within its limit, or is damaged', () => {
  const random = new Random(1);
  const packs = [Buffer.alloc(3000, 'text, '), Buffer.from('short'), RAW_TREE]
    .flatMap((raw) => (['gzip', 'none'] as const).map((compression) => Buffer.concat(sealSync('pack', raw, compression))));
  const count = { damaged: 0, whole: 0 };
  for (let i = 0; i < SEALED_RUNS; i++) {
    const raw = unlessDamaged(() => unsealSync('pack', mutated(random, random.pick(packs)), MAX_BYTES));
    if (raw !== undefined && (raw.byteLength < 1 || raw.byteLength > MAX_BYTES)) throw new Error(`${raw.byteLength} bytes`);
    count[raw === undefined ? 'damaged' : 'whole']++;
  }
  expect(count.damaged).toBeGreaterThan(SEALED_RUNS / 2);
  expect(count.whole).toBeGreaterThan(100);
});

test('a mutated pack under a name that fits gives the same contents or none', async () => {
  const random = new Random(2);
  const texts = ['one', 'two', 'three, three, three, three, three, three, three, three, three, three, three, three, three, three, three, three'];
  const count = { damaged: 0, whole: 0 };
  for (const compression of ['gzip', 'none'] as const) {
    const objects = new WatchedObjects();
    const store = openContentStore(objects, { compression });
    const slices = texts.map((each) => (store.add(contentOf(each)) as { slice: Slice }).slice);
    await store.flush();
    const pack = (await objects.get(slices[0].pack))!;
    for (let i = 0; i < READ_RUNS / 2; i++) {
      const planted = mutated(random, pack);
      const name = `objects/${sha256(planted)}`;
      objects.get = () => Promise.resolve(planted);
      const which = random.below(texts.length);
      const location: Location = { slice: { ...slices[which], pack: name } };
      const found = await store.read(location).catch((error: unknown) => unlessDamaged<undefined>(() => { throw error; }));
      if (found !== undefined && Buffer.from(found).toString() !== texts[which]) throw new Error(`another content from ${planted.toString('hex')}`);
      count[found === undefined ? 'damaged' : 'whole']++;
    }
  }
  expect(count.damaged).toBeGreaterThan(READ_RUNS / 4);
  expect(count.whole).toBeGreaterThan(100);
});

test.each([
  ['bytes', TREE_RUNS, (random: Random) => mutated(random, RAW_TREE)],
  ['text', TEXT_RUNS, (random: Random) => Buffer.from(rewritten(random, RAW_TREE.toString()))],
])('a tree of mutated %s is one that can be stored, or is damaged', (_what, times, make) => {
  const random = new Random(3);
  const count = { damaged: 0, whole: 0 };
  for (let i = 0; i < times; i++) {
    const raw = make(random);
    const bytes = raw.length === 0 ? raw : Buffer.concat(sealSync('tree', raw, 'none'));
    const tree = unlessDamaged(() => decodeTree(bytes, { maxEntries: 20 }));
    if (tree !== undefined) {
      const again = decodeTree(encodeTree(tree)); // which checks all of its form
      if (treeDigest(again) !== treeDigest(tree) || objectsOfTree(again).size !== objectsOfTree(tree).size) throw new Error(raw.toString());
    }
    count[tree === undefined ? 'damaged' : 'whole']++;
  }
  expect(count.damaged).toBeGreaterThan(times / 2);
  expect(count.whole).toBeGreaterThan(100);
});

test('there are more than 100,000 of them', () => {
  expect(runs).toBeGreaterThan(100_000);
});
