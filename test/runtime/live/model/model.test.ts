import fc from 'fast-check';
import { calm, rough } from './commands';
import { World } from './world';

jest.mock('../../../../runtime/live/flight/segment-sizes', () => ({ segmentSize: (index: number) => [1024, 2048][index] ?? 4096 }));
jest.setTimeout(600_000);

/** `MODEL_RUNS=5000` for long; `MODEL_SEED=…`, perhaps with `MODEL_PATH=…`, for the same again. */
const RUNS = Number(process.env.MODEL_RUNS ?? 40);
const SEED = Number(process.env.MODEL_SEED ?? Date.now() % 2 ** 31);

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance', 'hrtime'] });
  jest.spyOn(Math, 'random').mockReturnValue(0); // nothing but the scheduler chooses
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

/** Four clients in processes of their own; index, bucket and executions answer in any order. */
describe('whole results, none that was invalid, one execution at a time, and everybody is answered', () => {
  test.each([['queries and invalidations', calm], ['everything that may happen', rough]])('%s', async (_, commands) => {
    await fc.assert(fc.asyncProperty(fc.scheduler(), commands, fc.boolean(), async (scheduler, given, steady) => {
      const world = new World(scheduler, steady);
      await world.run(given);
      await world.close();
      jest.clearAllTimers();
      expect(world.broken).toEqual([]);
    }), { numRuns: RUNS, seed: SEED, path: process.env.MODEL_PATH });
  });
});
