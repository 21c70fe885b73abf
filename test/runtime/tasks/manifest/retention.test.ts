import { retained, type RetentionLimits } from '../../../../runtime/tasks/manifest/retention';
import { invalidated, withEpoch, withRecords } from '../../../../runtime/tasks/manifest/rules';
import type { Manifest, TaskRecord } from '../../../../runtime/tasks/manifest/shapes';
import { digestOf, folderOf, manifestOf, recordOf } from './samples';

const DAY = 24 * 3_600_000;
const NOW = 100 * DAY;
const LIMITS: RetentionLimits = { now: NOW, maxAge: 30 * DAY };
const aged = (name: string, days: number, given: Partial<TaskRecord> = {}) => recordOf(name, { created: NOW - days * DAY, ...given });
const written = (manifest: Manifest): Manifest => ({ ...manifest, revision: manifest.revision + 1 });
const names = (of: readonly TaskRecord[]) => of.map(({ id }) => id).sort();

test('what is not too old, nor too much, stays; nothing changes', () => {
  const manifest = manifestOf({ records: [aged('a', 30), aged('b', 0)], folders: [folderOf('f', { created: NOW - DAY })] });
  expect(retained(manifest, { ...LIMITS, maxBytes: 300 })).toEqual({ manifest, dropped: [], folders: [] });
  expect(retained(manifest, LIMITS).manifest).toBe(manifest);
});

test('what is too old goes, and what says that it is of the far future', () => {
  const manifest = manifestOf({
    records: [aged('a', 31), aged('b', -31), aged('c', 29)], folders: [folderOf('f', { created: NOW - 31 * DAY }), folderOf('g', { created: NOW })],
  });
  const kept = retained(manifest, LIMITS);
  expect([names(kept.dropped), kept.folders.map(({ name }) => name)]).toEqual([['Task_a', 'Task_b'], ['f']]);
  expect([names([...kept.manifest.records.values()]), [...kept.manifest.folders.keys()]]).toEqual([['Task_c'], ['g']]);
});

test('of what is too much the oldest goes, results and folders alike', () => {
  const records = [aged('a', 5, { bytes: 10 }), aged('b', 4, { bytes: 50 }), aged('c', 3, { bytes: 1 }), aged('d', 1, { bytes: 60 })];
  const folders = [folderOf('f', { created: NOW - 2 * DAY, bytes: 40 }), folderOf('g', { created: NOW - 6 * DAY, bytes: 0 })];
  const manifest = manifestOf({ records, folders });
  const kept = retained(manifest, { ...LIMITS, maxBytes: 110 });
  expect([names(kept.dropped), kept.folders.map(({ name }) => name)]).toEqual([['Task_a', 'Task_b'], ['g']]);
  expect(retained(manifest, { ...LIMITS, maxBytes: 59 }).manifest.records.size).toBe(0);
});

test('eight results of a task stay, and of those that cannot be valid again only one that is the newest', () => {
  const of = (task: string, days: number, given: Partial<TaskRecord> = {}) => aged(`${task} ${days}`, days, { id: task, ...given });
  const past = { validity: { kind: 'ttl', until: NOW } } as const;
  const records = [
    ...Array.from({ length: 10 }, (_, i) => of('many', i + 1)), of('spent', 1, past), of('spent', 2, past), of('spent', 3),
    of('run', 2, { validity: { kind: 'run', run: 'r' } }), of('run', 1), of('run', 0, { validity: { kind: 'run', run: 'r' } }),
  ];
  const { dropped } = retained(manifestOf({ records }), LIMITS);
  expect(dropped.map(({ id, created }) => `${id} ${(NOW - created) / DAY}`)).toEqual(['many 9', 'many 10', 'spent 2', 'run 2']);
});

describe('what has to be remembered of invalidations and epochs', () => {
  const epoch = (name: string, seen: number) => recordOf(name, { seen, created: NOW, validity: { kind: 'epoch', name: 'e' } });
  const first = manifestOf({ records: [epoch('a', 3), recordOf('b', { seen: 3, created: NOW })] });
  const marked = written(withEpoch(written(invalidated(first, ['Task_b', 'output'], { downstream: true }).manifest), 'e'));
  const seen = written(retained(marked, LIMITS).manifest);
  const later = written(seen);
  const limits = (days: number) => ({ ...LIMITS, now: NOW + days * DAY });

  test('is remembered until a day after somebody has seen how old it is', () => {
    expect(seen.horizon).toEqual({ revision: 0, next: marked.revision, time: NOW });
    expect(retained(later, limits(1)).manifest).toBe(later);
    const forgotten = retained(later, limits(1.01)).manifest;
    expect([forgotten.invalidated.size, forgotten.epochs.size]).toEqual([0, 0]);
    expect(forgotten.horizon).toEqual({ revision: marked.revision, next: later.revision, time: NOW + 1.01 * DAY });
    expect(retained(written(forgotten), limits(2.1)).manifest.horizon).toEqual(forgotten.horizon); // nothing is left to be forgotten
  });

  test('what comes after that is remembered for another day', () => {
    const more = written(withEpoch(seen, 'later'));
    const once = retained(more, limits(1.01)).manifest;
    expect([[...once.epochs.keys()], once.invalidated.size]).toEqual([['later'], 0]);
    expect(retained(written(once), limits(2.01)).manifest.epochs.size).toBe(1);
    expect(retained(written(once), limits(2.02)).manifest.epochs.size).toBe(0);
  });

  test('nothing becomes valid by it that was not', () => {
    const forgotten = written(retained(later, limits(1.01)).manifest);
    expect([...forgotten.records.keys()]).toEqual([]);
    const late = [epoch('a', 3), recordOf('b', { seen: 3 }), recordOf('c', { seen: marked.revision - 1, requires: [digestOf('key b')] })];
    expect(withRecords(forgotten, late, () => []).manifest).toBe(forgotten);
    expect(withRecords(forgotten, [recordOf('b', { seen: marked.revision })], () => []).manifest.records.size).toBe(1);
  });

  test('a time of the far future is not waited for', () => {
    const wrong: Manifest = { ...later, horizon: { revision: 1, next: 2, time: NOW + 1000 * DAY } };
    expect(retained(wrong, LIMITS).manifest.horizon).toEqual({ revision: 1, next: later.revision, time: NOW });
  });
});
