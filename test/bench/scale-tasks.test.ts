import { triesOf, TASKS, tasks, tasksLoad } from '../../bench/scale/tasks';
import { PRICES } from '../../bench/scale/prices';
import { ManualClock } from '../../runtime/testing';
import { MemoryObjectStore } from '../../runtime/stores/memory-object-store';
import type { ObjectStore } from '../../runtime/stores/object-store';
import { ManifestFile } from '../../runtime/tasks/manifest/manifest-file';
import { World } from '../runtime/tasks/folders/world';
import { pause, seeded } from './support/seeded';

/** What clients ask the bucket, counted. */
class CountedStore extends MemoryObjectStore {
  gets = 0;
  puts = 0;

  override get(...args: Parameters<ObjectStore['get']>) {
    this.gets++;
    return super.get(...args);
  }

  override read(...args: Parameters<ObjectStore['read']>) {
    this.gets++;
    return super.read(...args);
  }

  override create(...args: Parameters<ObjectStore['create']>) {
    this.puts++;
    return super.create(...args);
  }

  override replace(...args: Parameters<ObjectStore['replace']>) {
    this.puts++;
    return super.replace(...args);
  }

  /** Since the last time. */
  taken(): { gets: number; puts: number } {
    const { gets, puts } = this;
    [this.gets, this.puts] = [0, 0];
    return { gets, puts };
  }
}

test('a build pulls and pushes by as many requests as are predicted', async () => {
  const bucket = new CountedStore();
  const world = new World(bucket);
  try {
    const first = world.computer();
    for (let i = 0; i < 300; i++) first.write(`file-${i}.json`, JSON.stringify({ i }));
    await first.cache.push();
    bucket.taken();

    const build = world.computer();
    await build.cache.pull();
    for (let i = 0; i < 3; i++) build.write(`file-${i}.json`, JSON.stringify({ changed: i }));
    await build.cache.push();
    const seen = bucket.taken();

    const told = tasksLoad({ ...TASKS, files: 300, packs: 1 }, 300 * 1e-6); // so few builds that nobody meets another
    expect(seen.gets).toBeCloseTo(told.gets / told.builds, 3);
    expect(seen.puts).toBeCloseTo(told.puts / told.builds, 3);

    expect(await build.cache.pull()).toMatchObject({ outcome: 'unchanged' });
    expect(await build.cache.push()).toMatchObject({ outcome: 'unchanged' });
    const { gets, puts } = bucket.taken();
    expect(puts).toBe(0);
    expect([2, 3, 4]).toContain(gets); // a manifest each; and the tree each, as long as what was written is less than two seconds old
  } finally {
    await world.close();
  }
});

/** Answers after a while, by a clock that is moved. */
class SlowStore extends MemoryObjectStore {
  constructor(private readonly time: ManualClock, private readonly seconds: { read: number; replace: number }) {
    super({ clock: time });
  }

  override async read(...args: Parameters<ObjectStore['read']>) {
    await this.time.sleep(this.seconds.read * 1000 / 2); // on its way there, and back
    const found = await super.read(...args);
    await this.time.sleep(this.seconds.read * 1000 / 2);
    return found;
  }

  override async replace(...args: Parameters<ObjectStore['replace']>) {
    await this.time.sleep(this.seconds.replace * 1000 / 2);
    const etag = await super.replace(...args);
    await this.time.sleep(this.seconds.replace * 1000 / 2);
    return etag;
  }
}

test.each([1, 5, 15])('%i replacements of a manifest a second conflict as often as is predicted', async (rate) => {
  const random = seeded(20261122);
  jest.spyOn(Math, 'random').mockImplementation(random); // how long who was too late waits
  try {
    const [clock, updates] = [new ManualClock(), 300];
    const store = new SlowStore(clock, { read: 0.02, replace: 0.03 });
    let [conflicts, count, done] = [0, 0, 0];
    const writers = Array.from({ length: updates }, (_, i) => {
      const manifest = new ManifestFile(store, { clock, monotonic: () => clock.now(), onConflict: () => conflicts++ });
      return () => manifest.update((newest) => ({ ...newest, epochs: new Map([[`epoch-${i}`, newest.revision + 1]]) })).then(() => { done++; });
    });
    const all: Promise<void>[] = [];
    while (count < updates) {
      await clock.advance(pause(rate, random) * 1000);
      all.push(writers[count++]!());
    }
    for (let i = 0; i < 100 && done < updates; i++) await clock.advance(1_000);
    await Promise.all(all);
    // Each has read before, so a window is from the middle of the read to the middle of the replacement.
    const predicted = triesOf(rate, 0.025) - 1;
    expect(Math.abs(conflicts / updates - predicted)).toBeLessThan(0.05 + 0.25 * predicted);
  } finally {
    jest.restoreAllMocks();
  }
}, 120_000);

test('what is answered adds up, and namespaces divide what conflicts', () => {
  for (const requests of [1, 10, 100, 1e3, 1e4, 1e5, 1e6]) {
    const [one, ten] = [tasks(TASKS, PRICES, requests), tasks({ ...TASKS, namespaces: 10 }, PRICES, requests)];
    expect(Object.values(one.layers).reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 6);
    expect(ten.hottest.load * 10).toBeCloseTo(one.hottest.load, 6);
    expect(ten.reads).toBeLessThanOrEqual(one.reads);
  }
});
