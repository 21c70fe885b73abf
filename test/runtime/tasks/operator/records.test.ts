import type { Kept, Manifest, TaskRecord } from '../../../../runtime/tasks/manifest/shapes';
import { recordsOf } from '../../../../runtime/tasks/operator/records';
import type { TaskPlace } from '../../../../runtime/tasks/storage/shapes';

/** A place that has records of these times, in this order. */
function placeWith(times: Readonly<Record<string, number>>): TaskPlace {
  const records = Object.entries(times).map(([key, created], i) => [key, {
    key, id: `Make_${key}`, family: 'Make', digest: key, created, added: i + 1, seen: i, validity: { kind: 'forever' },
  } as unknown as Kept<TaskRecord>] as const);
  const current = { revision: 9, cleared: 0, invalidated: new Map(), epochs: new Map(), records: new Map(records) } as unknown as Manifest;
  return { tier: 'remote', scope: 'main', objects: { place: 'here' }, manifest: { current, now: () => 1e6 } } as unknown as TaskPlace;
}

const keys = (...places: TaskPlace[]) => recordsOf(places).map(({ record: { key } }) => key);

test('the youngest is first', () => {
  expect(keys(placeWith({ a: 1000, b: 9000 }), placeWith({ c: 5000 }))).toEqual(['b', 'c', 'a']);
});

test('of one place, what came later is younger, though a clock of whole seconds says that it is a little older', () => {
  expect(keys(placeWith({ a: 10_900, b: 10_050 }))).toEqual(['b', 'a']);
});

test('what came later and is much older is that: it was made elsewhere', () => {
  expect(keys(placeWith({ a: 90_000, b: 10_000 }))).toEqual(['a', 'b']);
});
