import { milliseconds } from '../../resilience/duration.js';
import { LeftBehindError, pause } from './bounded.js';
import { LostFilesError, WatchedFiles } from './lost-files.js';
import type { RunWorld } from './run-world.js';
import { StagedOutput } from './staged-output.js';
import { boundedBy, contextOf, named } from './task-context.js';
import { failureOf } from './task-errors.js';
import type { TaskState } from './task-state.js';

/** Longest wait between two tries, in milliseconds. */
const MAX_DELAY = 300_000;

/** What a task has returned and written. */
export interface Returned {
  readonly value: unknown;
  readonly output: StagedOutput;
  /** Milliseconds of the try that made it. */
  readonly duration: number;
}

/**
 * Runs a task, as often as it may be tried.
 *
 * @throws TaskError of the last try; LostFilesError of one that is no failure of the task's; the world's signal's reason
 */
export async function tryTask(state: TaskState, world: RunWorld): Promise<Returned> {
  const { retries = 0, retryDelay = '1s' } = state.node.task.definition;
  for (let attempt = state.attempts + 1; ; attempt++) {
    try {
      return await tryOnce(state, world, attempt);
    } catch (error) {
      if (isStop(error, world) || error instanceof LostFilesError) throw error;
      const failure = failureOf(state.id, error);
      if (attempt > retries || error instanceof LeftBehindError || world.signal.aborted) throw failure;
      const delay = Math.round(Math.random() * Math.min(MAX_DELAY, milliseconds('retryDelay', retryDelay) * 2 ** (attempt - 1)));
      world.telemetry.add('retries');
      world.emit('retry', { ...named(state), attempt, delay, error });
      await pause(delay, world.signal, world.settings.clock);
    }
  }
}

/** Whether something failed because the run was stopped. */
export function isStop(error: unknown, { signal }: Pick<RunWorld, 'signal'>): boolean {
  return signal.aborted && (error === signal.reason || (error instanceof LeftBehindError && error.asked === signal.reason));
}

async function tryOnce(state: TaskState, world: RunWorld, attempt: number): Promise<Returned> {
  const run = state.node.task.definition.run as (context: object) => unknown;
  const output = new StagedOutput(world.newFolder());
  state.attempts = attempt;
  world.telemetry.add('executions');
  world.emit('attempt', { ...named(state), attempt });
  const began = world.elapsed();
  const files = new WatchedFiles();
  try {
    const value = await boundedBy(state, world, (signal) => run({ ...contextOf(state, world, { signal, attempt, files }), output }));
    files.check(); // it may have gone on without them
    return { value, output, duration: Math.max(0, world.elapsed() - began) };
  } catch (error) {
    await output.drop();
    if (error instanceof LeftBehindError || isStop(error, world)) throw error;
    files.check();
    throw error;
  }
}
