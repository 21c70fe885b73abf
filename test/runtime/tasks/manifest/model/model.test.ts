import type { ObjectStore } from '../../../../../runtime/stores/object-store';
import { decodeTree } from '../../../../../runtime/tasks/content/tree';
import { DamagedError } from '../../../../../runtime/tasks/errors';
import { World } from './world';

/** Without threads, whose order nobody knows: the same seed is the same history. */
jest.mock('../../../../../runtime/tasks/content/tree-store', () => ({
  readTree: async (objects: ObjectStore, key: string) => {
    const bytes = await objects.get(key);
    if (bytes === undefined) throw new DamagedError(`${key} is not there`);
    return decodeTree(bytes);
  },
}));

jest.setTimeout(900_000);

/** `MANIFEST_RUNS=20000` for long; `MANIFEST_SEED=…` for the same again. */
const RUNS = Number(process.env.MANIFEST_RUNS ?? 2_000);
const SEED = Number(process.env.MANIFEST_SEED ?? Date.now() % 2 ** 31);

/** Runs, clears, invalidations, epochs, retention and collections at once; requests that fail, answers that are lost, processes that are killed. */
describe('after each request, those results are valid that have to be, and all that the manifest names is there', () => {
  test.each([
    ['a good store', { share: 0.3, faults: 0, runs: 60, collections: 80, longest: 500 }],
    ['a bad store', { share: 0.4, faults: 4, runs: 60, collections: 80, longest: 500 }],
    ['a store where much is collected', { share: 0.3, faults: 1, runs: 45, collections: 90, longest: 60 }],
  ])('%s', async (name, { share, ...options }) => {
    const total = { commits: 0, refused: 0, deleted: 0 };
    for (let seed = SEED; seed < SEED + RUNS * share; seed++) {
      const world = new World(seed, options);
      await world.play();
      await world.finish();
      if (world.broken.length > 0) throw new Error(`seed ${seed}, ${name}:\n${world.broken.slice(0, 3).join('\n')}`);
      total.commits += world.seen.commits;
      total.refused += world.seen.refused;
      total.deleted += world.seen.deleted;
    }
    process.stdout.write(`manifest model: seeds from ${SEED}, ${name}: ${JSON.stringify(total)}\n`);
    expect(Math.min(total.commits, total.deleted)).toBeGreaterThan(RUNS * share);
    expect(total.refused).toBeGreaterThan(0);
  });
});
