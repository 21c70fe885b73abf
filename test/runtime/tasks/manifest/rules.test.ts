import { cleared, invalidated, isValid, withEpoch, withFolder, withRecords } from '../../../../runtime/tasks/manifest/rules';
import type { Manifest, TaskRecord } from '../../../../runtime/tasks/manifest/shapes';
import { digestOf, folderOf, manifestOf, objectOf, recordOf } from './samples';

type Given = Parameters<typeof manifestOf>[0];
const NONE = () => [];
const AT = { now: 5_000, run: 'this' };
const ids = ({ records }: Manifest) => [...records.values()].map(({ id }) => id);
const key = (name: string) => digestOf(`key ${name}`);
/** As `ManifestFile` writes it. */
const written = (manifest: Manifest): Manifest => ({ ...manifest, revision: manifest.revision + 1 });
const merge = (manifest: Manifest, ...records: TaskRecord[]) => written(withRecords(manifest, records, NONE).manifest);

describe('isValid', () => {
  test.each<[string, Partial<TaskRecord>, Given, boolean]>([
    ['for ever', {}, {}, true],
    ['a ttl, before it ends', { validity: { kind: 'ttl', until: 5_001 } }, {}, true],
    ['a ttl, when it ends', { validity: { kind: 'ttl', until: 5_000 } }, {}, false],
    ['of this run', { validity: { kind: 'run', run: 'this' } }, {}, true],
    ['of another run', { validity: { kind: 'run', run: 'that' } }, {}, false],
    ['of an epoch that nobody began', { validity: { kind: 'epoch', name: 'e' } }, {}, true],
    ['of this epoch', { seen: 4, validity: { kind: 'epoch', name: 'e' } }, { epochs: new Map([['e', 4]]) }, true],
    ['of the epoch before', { seen: 3, validity: { kind: 'epoch', name: 'e' } }, { epochs: new Map([['e', 4]]) }, false],
    ['for ever, whatever epoch began', { seen: 3 }, { epochs: new Map([['e', 4]]) }, true],
    ['seen at a clear', { seen: 4 }, { cleared: 4 }, true],
    ['seen before a clear', { seen: 3 }, { cleared: 4 }, false],
    ['seen at its invalidation', { seen: 4 }, { invalidated: new Map([['Task_a', 4]]) }, true],
    ['seen before its invalidation', { seen: 3 }, { invalidated: new Map([['Task_a', 4]]) }, false],
    ['seen before the invalidation of another', { seen: 3 }, { invalidated: new Map([['Task_b', 4]]) }, true],
    ['seen in a manifest that is no more', { seen: 11 }, {}, false],
  ])('%s', (_, given, manifest, expected) => {
    expect(isValid(recordOf('a', given), manifestOf(manifest), AT)).toBe(expected);
  });
});

describe('withRecords', () => {
  test('adds them with the revision that they come with', () => {
    const { records } = merge(manifestOf({}), recordOf('a', { seen: 10 }), recordOf('b'));
    expect([...records.values()].map(({ id, added }) => [id, added])).toEqual([['Task_a', 11], ['Task_b', 11]]);
  });

  test('is the same manifest where nothing changes, as after a write whose answer was lost', () => {
    const record = recordOf('a', { seen: 10 });
    const once = merge(manifestOf({}), record);
    expect(withRecords(once, [record], NONE)).toEqual({ manifest: once, refused: [] });
    expect(withRecords(once, [record], NONE).manifest).toBe(once);
  });

  const other = digestOf('another result');
  test.each<[string, Partial<TaskRecord> & { added?: number }, Partial<TaskRecord>, boolean]>([
    ['made at the same time', { seen: 5 }, { seen: 5 }, false],
    ['made without knowing of the first', { seen: 5, added: 8 }, { seen: 7 }, false],
    ['made although the first was known', { seen: 5, added: 8 }, { seen: 8 }, true],
    ['made when the first had expired', { seen: 5, validity: { kind: 'ttl', until: 900 } }, { seen: 5 }, true],
    ['made before the first expired', { seen: 5, validity: { kind: 'ttl', until: 1_001 } }, { seen: 5 }, false],
    ['of another run than the first', { seen: 5, validity: { kind: 'run', run: 'x' } }, { seen: 5, validity: { kind: 'run', run: 'y' } }, true],
    ['of the same run', { seen: 5, validity: { kind: 'run', run: 'x' } }, { seen: 5, validity: { kind: 'run', run: 'x' } }, false],
    ['whose first is of an epoch that is over', { seen: 1, added: 9, validity: { kind: 'epoch', name: 'e' } }, { seen: 6 }, true],
  ])('of two with one key, the second one that is %s', (_, first, second, replaces) => {
    const manifest = manifestOf({ records: [recordOf('a', first)], epochs: new Map([['e', 3]]) });
    const { records } = merge(manifest, recordOf('a', { ...second, digest: other }));
    expect(records.get(key('a'))!.digest === other).toBe(replaces);
  });

  test.each<[string, Given]>([
    ['all was cleared', { cleared: 5 }],
    ['its task was invalidated', { invalidated: new Map([['Task_a', 5]]) }],
    ['what it requires was invalidated with what is made from it', { invalidated: new Map([[key('r'), 5]]) }],
    ['it began so long ago that nobody knows', { horizon: { revision: 5, next: 7, time: 1 } }],
    ['the manifest is a new one', { revision: 3 }],
  ])('does not take one that was seen before %s', (_, manifest) => {
    const record = recordOf('a', { seen: 4, requires: [key('r')] });
    expect(ids(merge(manifestOf(manifest), record))).toEqual([]);
    expect(ids(merge(manifestOf({}), record))).toEqual(['Task_a']);
  });

  test('nor what was made from one that it did not take, whenever that comes', () => {
    const [a, b] = [recordOf('a', { seen: 4 }), recordOf('b', { seen: 4, requires: [key('a')] })];
    const c = recordOf('c', { seen: 4, requires: [key('b')] });
    const manifest = manifestOf({ invalidated: new Map([['Task_a', 5]]), records: [recordOf('d', { requires: [key('a')] })] });
    expect(ids(merge(manifest, c, b, a))).toEqual(['Task_d']);
    const later = merge(merge(manifest, a), b);
    expect(ids(merge(later, c))).toEqual(['Task_d']);
    expect(ids(merge(later, { ...c, seen: 5 }))).toEqual(['Task_d', 'Task_c']);
  });

  test('refuses what refers to an object that is condemned', () => {
    const manifest = manifestOf({ condemned: new Map([[objectOf('old'), 1]]) });
    const records = [recordOf('a'), recordOf('b')];
    const merged = withRecords(manifest, records, ({ id }) => [objectOf('new'), ...(id === 'Task_b' ? [objectOf('old')] : [])]);
    expect(ids(merged.manifest)).toEqual(['Task_a']);
    expect(merged.refused).toEqual([records[1]]);
  });
});

describe('withFolder', () => {
  const manifest = manifestOf({
    folders: [folderOf('output', { seen: 4 })], condemned: new Map([[objectOf('old'), 1]]), invalidated: new Map([['gone', 6]]), cleared: 2,
  });
  const next = (name: string, seen: number) => folderOf(name, { seen, tree: objectOf('next'), digest: digestOf('next') });

  test.each([
    ['kept', next('output', 5), []],
    ['kept', next('new', 2), []],
    ['kept', folderOf('output', { seen: 1 }), []], // its own, once more
    ['superseded', next('output', 4), []],
    ['outdated', next('gone', 5), []],
    ['outdated', next('output', 1), []],
    ['condemned', next('output', 5), [objectOf('old')]],
  ])('is %s', (outcome, folder, objects) => {
    const merged = withFolder(manifest, folder, objects);
    expect(merged.outcome).toBe(outcome);
    expect(merged.manifest.folders.get(folder.name)?.tree === folder.tree).toBe(outcome === 'kept');
    expect(merged.manifest === manifest).toBe(outcome !== 'kept' || folder.seen === 1);
    const again = withFolder(written(merged.manifest), folder, objects);
    expect(again.outcome === 'kept').toBe(outcome === 'kept');
  });
});

describe('what makes results invalid', () => {
  const chain = manifestOf({
    records: [recordOf('a'), recordOf('b', { requires: [key('a')] }), recordOf('c', { requires: [key('b')] }), recordOf('d')],
    folders: [folderOf('output')],
  });

  test('clear drops all, and what runs under way bring', () => {
    const after = written(cleared(chain));
    expect([after.records.size, after.folders.size]).toEqual([0, 0]);
    expect(ids(merge(after, recordOf('a', { seen: 10 }), recordOf('b', { seen: 11 })))).toEqual(['Task_b']);
    expect(withFolder(after, folderOf('output', { seen: 10 }), []).outcome).toBe('outdated');
  });

  test('invalidation drops those that are named, and keeps them out', () => {
    const { manifest, records } = invalidated(chain, ['Task_a', 'output', 'unknown'], { downstream: false });
    const after = written(manifest);
    expect(records.map(({ id }) => id)).toEqual(['Task_a']);
    expect([ids(after), [...after.folders.keys()]]).toEqual([['Task_b', 'Task_c', 'Task_d'], []]);
    expect(ids(merge(after, recordOf('a', { seen: 10 }), recordOf('unknown', { id: 'unknown' })))).toEqual(ids(after));
    expect(ids(merge(after, recordOf('a', { seen: 11 })))).toContain('Task_a');
  });

  test('with what is made from them, also by runs under way', () => {
    const { manifest, records } = invalidated(chain, ['Task_a'], { downstream: true });
    expect(records.map(({ id }) => id)).toEqual(['Task_a', 'Task_b', 'Task_c']);
    const late = [recordOf('c', { seen: 10, key: key('other c') }), recordOf('e', { seen: 10, requires: [key('b')] })];
    expect(ids(merge(written(manifest), ...late))).toEqual(['Task_d']);
  });

  test('records that require each other, as only an attacker writes them, are followed once', () => {
    const ring = manifestOf({ records: [recordOf('a', { requires: [key('b'), key('a')] }), recordOf('b', { requires: [key('a')] })] });
    expect(invalidated(ring, ['Task_b'], { downstream: true }).records).toHaveLength(2);
    expect(ids(merge(manifestOf({ invalidated: new Map([['Task_b', 9]]) }), ...ring.records.values()))).toEqual([]);
  });

  test('of nothing, nothing changes', () => {
    expect(invalidated(chain, [], { downstream: true })).toEqual({ manifest: chain, records: [] });
  });

  test('an epoch makes those of the ones before invalid, and those that runs under way bring', () => {
    const record = recordOf('a', { seen: 10, validity: { kind: 'epoch', name: 'e' } });
    const after = written(withEpoch(merge(manifestOf({}), record), 'e'));
    expect(isValid(after.records.get(record.key)!, after, AT)).toBe(false);
    expect(ids(merge(after, { ...record, key: key('late') }))).toEqual(['Task_a']);
    expect(isValid(merge(after, { ...record, seen: 12 }).records.get(record.key)!, after, AT)).toBe(true);
  });
});
