import { MemoryObjectStore } from '../../../../runtime/stores/memory-object-store';
import { Place } from '../../../../runtime/tasks/storage/place';
import { LONGEST_PAUSE, RecordWriter, type Draft } from '../../../../runtime/tasks/storage/record-writer';
import type { TaskRecord } from '../../../../runtime/tasks/manifest/shapes';
import { manifestOf, recordOf } from '../manifest/samples';

/** A place that has so many results, whose writer rests until it is told to go on. */
class World {
  readonly place = new Place({
    tier: 'remote', scope: 'main', namespace: 'default', mode: { reads: true, writes: true }, store: new MemoryObjectStore(), timeout: 10_000,
    strict: true, reporter: { add() {}, storeError() {}, rejected() {} },
  });

  readonly pauses: number[] = [];
  goOn = () => {};
  readonly writer = new RecordWriter(this.place, (milliseconds, signal) => new Promise((resolve) => {
    this.pauses.push(milliseconds);
    this.goOn = resolve;
    signal.addEventListener('abort', () => resolve(), { once: true });
  }));

  async begin(records: number): Promise<void> {
    await this.place.refresh();
    await this.place.manifest.update((empty) => manifestOf({ revision: empty.revision + 1, records: recordsOf(records) }));
  }

  write(name: string, given: Partial<TaskRecord> = {}): Promise<TaskRecord | undefined> {
    const draft: Draft = {
      prepare: () => Promise.resolve({ record: recordOf(name, { seen: this.place.manifest.current.revision, ...given }), objects: () => new Set() }),
    };
    return this.writer.write(draft);
  }
}

function recordsOf(count: number): TaskRecord[] {
  return Array.from({ length: count }, (_, i) => recordOf(`old ${i}`, { seen: 0 }));
}

test('where the manifest is large, results that come one by one are written together after a pause, and at once where somebody waits', async () => {
  const world = new World();
  await world.begin(10_000);
  await world.write('first');
  const before = world.place.manifest.current.revision;
  const written = ['a', 'b', 'c'].map((name) => world.write(name));
  await new Promise(setImmediate);
  expect(world.place.manifest.current.revision).toBe(before);
  world.goOn();
  await Promise.all(written);
  expect(world.place.manifest.current.revision).toBe(before + 1);
  const last = world.write('d');
  const end = world.writer.hurry();
  expect(await last).toBeDefined();
  expect(await world.write('e')).toBeDefined();
  end();
  expect(world.pauses).toEqual([2000.2, expect.closeTo(2000.8)]);
});

test.each([[100, []], [60_000, [LONGEST_PAUSE]]])('of %d results it makes the pauses %j', async (records, pauses) => {
  const world = new World();
  await world.begin(records);
  await world.write('a');
  expect(world.pauses).toEqual(pauses);
});

test('a record that is outdated is not taken for kept where an older one of the same result is still there', async () => {
  const world = new World();
  await world.begin(0);
  const validity = { kind: 'epoch', name: 'e' } as const;
  await world.write('a', { validity });
  const { revision } = await world.place.manifest.update((newest) => ({ ...newest, epochs: new Map([['e', newest.revision + 1]]) }));
  expect(await world.write('a', { validity, seen: revision - 1 })).toBeUndefined();
});
