import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { LocalConfigCache } from '../../../../runtime/config/local/local-config-cache';
import { cacheOf, listed, RemoteModel } from './remote-model';

jest.setTimeout(60_000);

const MINUTE = 60_000;
const DAY = 86_400_000;
const NAMES = ['/app', '/app/a', '/app/a/b', '/app/b', '/b', 'c'];

type Step = (world: World) => unknown;

/** A table, and some processes with copies in one home; their clocks differ. */
class World {
  readonly remote = new RemoteModel();
  readonly caches: LocalConfigCache[];
  readonly home?: string;

  constructor(inMemory: boolean, clocks: readonly number[], readonly renewed = { epochs: 1 }) {
    if (!inMemory) this.home = mkdtempSync(join(tmpdir(), 'model-'));
    this.caches = clocks.map((off) => cacheOf(this.remote, { home: this.home ?? false, now: () => this.remote.now + off }));
    this.remote.pageRows = 2;
  }

  /** A base or a state that something has written into. */
  damage(at: number): void {
    if (this.home === undefined) return;
    const folder = join(this.home, 'cache', '123456789012', 'eu-west-3', 'main');
    for (const name of readdirSync(folder)) {
      if (name.startsWith('full.')) continue; // a lease that was damaged is waited for until it ends
      const bytes = readFileSync(join(folder, name));
      if (bytes.length > 0) bytes[at % bytes.length] ^= 1;
      writeFileSync(join(folder, name), bytes);
    }
  }
}

const name = fc.constantFrom(...NAMES);
const which = fc.nat(2);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: name.map((each): Step => ({ remote }) => remote.put(each)) },
  { weight: 4, arbitrary: name.map((each): Step => ({ remote }) => remote.delete(each)) },
  { weight: 6, arbitrary: which.map((i): Step => ({ caches }) => caches[i].sync()) },
  { weight: 1, arbitrary: which.map((i): Step => ({ caches }) => caches[i].sync({ full: true })) },
  { weight: 2, arbitrary: which.map((): Step => ({ caches }) => Promise.all(caches.map((cache) => cache.sync()))) },
  { weight: 2, arbitrary: which.map((i): Step => ({ caches }) => caches[i].open()) },
  { weight: 3, arbitrary: fc.tuple(which, name).map(([i, each]): Step => async ({ caches }) => {
    await caches[i].put(each, { version: 1 });
    expect(caches[i].get(each)).toBeDefined();
  }) },
  { weight: 2, arbitrary: fc.tuple(which, name).map(([i, each]): Step => async ({ caches }) => {
    await caches[i].delete(each);
    expect(caches[i].get(each)).toBeUndefined();
  }) },
  { weight: 4, arbitrary: fc.constantFrom(1, 1_000, MINUTE, 7 * MINUTE, DAY, 20 * DAY, 35 * DAY).map((ms): Step => ({ remote }) => remote.live(ms)) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 4 * MINUTE }).map((lag): Step => ({ remote }) => { remote.lag = lag; }) },
  { weight: 1, arbitrary: fc.nat(3_000).map((at): Step => (world) => world.damage(at)) },
  { weight: 1, arbitrary: fc.constant<Step>(({ remote, renewed }) => { remote.clear(`epoch ${renewed.epochs += 1}`); }) },
);
const clocks = fc.tuple(fc.constantFrom(0, -3 * DAY, 50 * DAY), fc.constantFrom(0, 4 * DAY, -50 * DAY), fc.constant(0));

const RUNS = Number(process.env.MODEL_RUNS ?? 150);

test.each([['files', false], ['memory', true]])('whatever happens, a copy comes to say what the table says: in %s', async (_, inMemory) => {
  await fc.assert(fc.asyncProperty(clocks, fc.array(step, { minLength: 1, maxLength: 40 }), async (offs, steps) => {
    const world = new World(inMemory, offs);
    try {
      await world.caches[2].sync();
      for (const each of steps) {
        await each(world);
        for (const { view } of world.caches) view.prefix(''); // never an error, but what is there may be old
      }
      const { remote, caches } = world;
      remote.live(11 * MINUTE); // all rows are visible, no own change is waited for any more
      for (const cache of caches) {
        await cache.sync();
        await cache.sync();
        expect(listed(cache)).toEqual(remote.truth());
        expect(cache.count()).toBe(remote.truth().length);
      }
    } finally {
      if (world.home) rmSync(world.home, { recursive: true });
    }
  }), { numRuns: RUNS });
});
