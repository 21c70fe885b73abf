import { openContentStore } from '../../../../runtime/tasks/content/open-content-store';
import { sealSync } from '../../../../runtime/tasks/content/sealed';
import type { FileEntry, Tree, TreeEntry } from '../../../../runtime/tasks/content/shapes';
import { decodeTree, encodeTree, objectsOfTree, treeDigest } from '../../../../runtime/tasks/content/tree';
import { readTree, storeTree } from '../../../../runtime/tasks/content/tree-store';
import { DamagedError } from '../../../../runtime/tasks/errors';
import { chunked, digestOf, keyOf, packed, TREE } from './trees';
import { contentOf, sha256, WatchedObjects } from './watched-objects';

const text = (lines: readonly string[]) => Buffer.concat(sealSync('tree', Buffer.from(lines.map((line) => `${line}\n`).join('')), 'none'));
const decodeEntry = (entry: unknown) => decodeTree(text(['[1,1]', `"${digestOf('pack')}"`, JSON.stringify(entry)]));

test('a tree comes back as it was, also an empty one', () => {
  expect(decodeTree(encodeTree(TREE))).toEqual(TREE);
  expect(decodeTree(encodeTree({ entries: [] }))).toEqual({ entries: [] });
  expect(Buffer.compare(encodeTree(decodeTree(encodeTree(TREE))), encodeTree(TREE))).toBe(0);
});

test('ten thousand files are named with few bytes each, and packs once', () => {
  const entries = Array.from({ length: 10_000 }, (_, i) => packed(`output/Task/${String(i).padStart(5, '0')}.json`, { offset: i, pack: `${i % 3}` }));
  const bytes = encodeTree({ entries });
  expect(bytes.byteLength).toBeLessThan(10_000 * 60);
  expect(decodeTree(bytes)).toEqual({ entries });
  expect([...objectsOfTree({ entries })]).toEqual(['0', '1', '2'].map(keyOf));
});

test('the objects of a tree are its packs and chunks', () => {
  const chunks = [0, 1, 2].map((i) => keyOf(`big ${i}`));
  expect(objectsOfTree(TREE)).toEqual(new Set([keyOf('pack'), keyOf('other'), ...chunks, keyOf('one chunk 0')]));
});

test('the digest is of what a tree says, wherever its contents are', () => {
  const moved: Tree = {
    entries: TREE.entries.map((entry): TreeEntry => entry.type !== 'file' ? entry
      : 'slice' in entry.location ? { ...entry, location: { slice: { ...entry.location.slice, pack: keyOf('elsewhere'), offset: 77 } } }
        : { ...entry, location: { chunks: entry.location.chunks.map((chunk) => ({ ...chunk, object: `${chunk.object}~0a1b2c3d` })) } }),
  };
  expect(treeDigest(moved)).toBe(treeDigest(TREE));
  expect(decodeTree(encodeTree(moved))).toEqual(moved);
});

test('the digest is another for each thing that a tree says', () => {
  const [first, ...rest] = TREE.entries as readonly [FileEntry, ...TreeEntry[]];
  const others: Tree[] = [
    { entries: [] }, { entries: rest }, TREE,
    ...[{ path: 'A' }, { mode: 0 }, { bytes: 11 }, { digest: digestOf('x') }].map((change) => ({ entries: [{ ...first, ...change }, ...rest] })),
    { entries: [{ type: 'folder', path: 'a', mode: 0o644 }, ...rest] }, { entries: [{ type: 'link', path: 'a', target: 'b' }, ...rest] },
    { entries: [{ type: 'link', path: 'a', target: 'c' }, ...rest] }, { entries: [{ type: 'link', path: 'a', target: 'b"]\n' }, ...rest] },
  ];
  expect(new Set(others.map(treeDigest)).size).toBe(others.length);
  const many = Array.from({ length: 2500 }, (_, i) => packed(`${10_000 + i}`));
  expect(treeDigest({ entries: many })).not.toBe(treeDigest({ entries: many.slice(1) }));
});

test('a file that is made of the digests of another one\'s chunks has the same digest, but not the same size', () => {
  const large = chunked('a', 3);
  const small: FileEntry = { ...packed('a', { bytes: 96 }), digest: large.digest };
  expect(treeDigest({ entries: [small] })).not.toBe(treeDigest({ entries: [{ ...large, mode: small.mode }] }));
});

describe('a tree that would not come back is not stored', () => {
  const slice = (packed('a').location as { slice: object }).slice;
  const large = chunked('a', 2);
  const { chunks } = large.location as { chunks: readonly object[] };
  test.each<[string, readonly unknown[]]>([
    ['"b" comes after \'b\'', [packed('b'), packed('b')]],
    ['"a" comes after \'b\'', [packed('b'), packed('a')]],
    ['is in a pack that was not stored', [{ ...packed('a'), location: { slice: { ...slice, pack: '' } } }]],
    ['is in a pack with the key \'manifest\'', [{ ...packed('a'), location: { slice: { ...slice, pack: 'manifest' } } }]],
    ['has another size or digest than its place in the pack', [{ ...packed('a'), bytes: 11 }]],
    ['has another size or digest than its place in the pack', [{ ...packed('a'), digest: digestOf('x') }]],
    ['has 0 bytes at 0 of a pack', [packed('a', { bytes: 0 })]],
    ['has 10 bytes at -1 of a pack', [packed('a', { offset: -1 })]],
    ['has \'\' for a path', [packed('')]],
    ['for a path', [packed('a\0')]],
    ['for a path', [packed('\ud800')]],
    ['for a path', [packed('x'.repeat(4097))]],
    ['has 512 for its mode', [packed('a', { mode: 0o1000 })]],
    ['has \'\' for a target', [{ type: 'link', path: 'a', target: '' }]],
    ['has a chunk with the key', [{ ...large, location: { chunks: [{ ...chunks[0], object: 'x' }, chunks[1]] } }]],
    ['bytes in 1 chunks', [{ ...large, location: { chunks: [chunks[0]] } }]],
    ['has another size or digest than its chunks', [{ ...large, location: { chunks: [chunks[1], chunks[0]] } }]],
    ['has another size or digest than its chunks', [{ ...large, digest: digestOf('x') }]],
  ])('%s', (message, entries) => {
    expect(() => encodeTree({ entries: entries as TreeEntry[] })).toThrow(expect.objectContaining({ code: 'E_TASK_FILES' }));
    expect(() => encodeTree({ entries: entries as TreeEntry[] })).toThrow(message.replaceAll('"', '\''));
  });
});

describe('a tree of another form is damaged', () => {
  const good = ['f', 'a', 0o644, 10, digestOf('x'), 0, 0];
  const change = (at: number, value: unknown) => good.map((each, i) => i === at ? value : each);
  const name = digestOf('chunk');
  test('the good ones are not', () => {
    expect(decodeEntry(good).entries).toHaveLength(1);
    expect(decodeEntry(['c', 'a', 0o644, 10, [name]]).entries).toHaveLength(1);
  });
  test.each<[string, unknown]>([
    ['is no list', {}], ['is no list', null], ['is no list', 'f'],
    ['is of no known kind', change(0, 'x')], ['is of no known kind', change(0, null)], ['is of no known kind', [...good, 1, 2]],
    ['was last modified at -1', [...good, -1]], ['was last modified at 0.5', [...good, 0.5]], ["was last modified at '1'", [...good, '1']],
    ['was last modified at 1e+300', [...good, 1e300]],
    ['is of no known kind', good.slice(0, 6)], ['is of no known kind', ['d', 'a', 0o755, 1]], ['is of no known kind', ['l', 'a', 'b', 1]],
    ['for a path', change(1, 7)], ['for a path', change(1, '')], ['for a path', change(1, null)], ['for a path', change(1, 'a\0b')],
    ['for a path', change(1, 'x'.repeat(5000))], ['for a path', change(1, '\ud83d')], ['for a path', []],
    ['for its mode', change(2, -1)], ['for its mode', change(2, 0o1000)], ['for its mode', change(2, '420')], ['for its mode', change(2, 1.5)],
    ['bytes at 0 of a pack', change(3, 0)], ['bytes at 0 of a pack', change(3, 262_145)], ['bytes at 0 of a pack', change(3, '10')],
    ['bytes at 0 of a pack', change(3, -1)], ['has no digest', change(4, name.toUpperCase())], ['has no digest', change(4, name.slice(1))],
    ['has no digest', change(4, [name])], ['is in a pack that is not named', change(5, 1)], ['is in a pack that is not named', change(5, -1)],
    ['is in a pack that is not named', change(5, 'length')], ['is in a pack that is not named', change(5, 0.5)],
    ['bytes at -1 of a pack', change(6, -1)], ['bytes at 4456439 of a pack', change(6, 4_456_439)], ['of a pack', change(6, null)],
    ['has no list of chunks', ['c', 'a', 0o644, 10, name]], ['has no list of chunks', ['c', 'a', 0o644, 10, [`${name}~`]]],
    ['has no list of chunks', ['c', 'a', 0o644, 10, ['../manifest']]], ['has 10 bytes in 0 chunks', ['c', 'a', 0o644, 10, []]],
    ['has 10 bytes in 2 chunks', ['c', 'a', 0o644, 10, [name, name]]], ['bytes in 1 chunks', ['c', 'a', 0o644, 1e300, [name]]],
    ['bytes in 0 chunks', ['c', 'a', 0o644, -5, []]], ['bytes in 1 chunks', ['c', 'a', 0o644, 0.5, [name]]],
    ['for a target', ['l', 'a', 7]], ['for a target', ['l', 'a', '']], ['for its mode', ['d', 'a', null]],
  ])('%s: %j', (message, entry) => {
    expect(() => decodeEntry(entry)).toThrow(DamagedError);
    expect(() => decodeEntry(entry)).toThrow(message);
    expect(() => decodeEntry(entry)).toThrow(/^tree is damaged: line 3 /);
  });
  test.each<[string, readonly string[]]>([
    ['line 1 is missing, or not whole', []], ['line 1 is no JSON', ['']], ['line 1 has no counts', ['{}']], ['line 1 has no counts', ['[1]']],
    ['line 1 has no counts', ['[0,-1]']], ['line 1 has no counts', ['[0,1.5]']], ['line 1 has more packs, 1, than entries, 0', ['[1,0]']],
    ['line 1 has 1000001 entries, of at most 1000000', ['[0,1000001]']], ['line 2 is missing', ['[0,1]']],
    ['line 2 is no name of a pack', ['[1,1]', '"objects"']], ['line 2 is no JSON', ['[1,1]', digestOf('pack')]],
    ['line 3 is not in the order of paths', ['[0,2]', '["d","b",1]', '["d","a",1]']],
    ['line 3 is not in the order of paths', ['[0,2]', '["d","b",1]', '["d","b",1]']],
    ['line 2 is one more than there should be', ['[0,1]', '["d","b",1]', '["d","c",1]']],
    ['line 2 has more than 1048576 bytes', ['[0,1]', ' '.repeat(1_048_577)]],
  ])('%s', (message, lines) => {
    expect(() => decodeTree(lines.length === 0 ? Buffer.concat(sealSync('tree', Buffer.from('x'), 'none')) : text(lines))).toThrow(message);
  });
});

test('sums are within the limits', () => {
  const entries = [packed('a'), packed('b', { offset: 10 })];
  const bytes = encodeTree({ entries });
  expect(decodeTree(bytes, { maxEntries: 2, maxBytes: 20 })).toEqual({ entries });
  expect(() => decodeTree(bytes, { maxEntries: 1 })).toThrow('line 1 has 2 entries, of at most 1');
  expect(() => decodeTree(bytes, { maxBytes: 19 })).toThrow('line 4 makes more than 19 bytes of files');
  const huge = ['c', 'a', 0o644, 65 * 1024 ** 3, Array.from({ length: 65 * 128 }, () => digestOf('chunk'))];
  expect(() => decodeEntry(huge)).toThrow('makes more than 68719476736 bytes of files');
});

test('lists within lists, a megabyte of them, are nothing but damaged', () => {
  for (const deep of ['['.repeat(1_000_000), `${'['.repeat(500_000)}${']'.repeat(500_000)}`, `[${'[],'.repeat(300_000)}[]]`]) {
    expect(() => decodeTree(text(['[0,1]', deep]))).toThrow(DamagedError);
    expect(() => decodeTree(text([deep]))).toThrow(DamagedError);
  }
});

test('a tree is stored once, under its digest or another name, and read', async () => {
  const objects = new WatchedObjects();
  const store = openContentStore(objects);
  const { object, digest } = await storeTree(store, objects, TREE);
  expect(object).toBe(`objects/${sha256(encodeTree(TREE))}`);
  expect(digest).toBe(treeDigest(TREE));
  expect(await storeTree(store, objects, TREE)).toEqual({ object, digest });
  expect(await readTree(objects, object)).toEqual(TREE);
  await expect(readTree(objects, object, { maxEntries: 1 })).rejects.toMatchObject({ object, message: expect.stringContaining(`tree ${object}`) });

  store.avoid([object]);
  const other = (await storeTree(store, objects, TREE)).object;
  expect(other).toMatch(new RegExp(`^${object}~`));
  expect(await readTree(objects, other)).toEqual(TREE);
});

test('a tree object that is missing, another, torn or no tree is damaged; a failure of the store is that', async () => {
  const objects = new WatchedObjects();
  const store = openContentStore(objects);
  const { object } = await storeTree(store, objects, TREE);
  const bytes = encodeTree(TREE);
  for (const planted of [bytes.subarray(0, -1), Buffer.from('x'), encodeTree({ entries: [] })]) {
    await objects.plant(object, planted);
    await expect(readTree(objects, object)).rejects.toMatchObject({ code: 'E_TASK_DAMAGED', object });
  }
  await objects.delete([object]);
  await expect(readTree(objects, object)).rejects.toThrow(`object ${object} is not there`);
  const location = store.add(contentOf('one'));
  await store.flush();
  await expect(readTree(objects, (location as { slice: { pack: string } }).slice.pack)).rejects.toThrow('it does not begin as a tree does');
  await expect(readTree(objects, 'manifest')).rejects.toThrow('"manifest" is no object\'s key');
  objects.before = () => { throw new Error('out of order'); };
  await expect(readTree(objects, object)).rejects.toThrow('out of order');
});
