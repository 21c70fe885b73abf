import type { Clock } from '../../resilience/clock.js';
import type { Duration } from '../../resilience/duration.js';
import type { TaskStorageOptions } from '../storage/options.js';
import type { ResultStorage } from '../storage/shapes.js';
import type { RunnerEvent } from './events.js';

/** How tasks are run. Where their results are kept is said by a `storage`, or by the same options that `TaskStorage.open` has. */
export interface TaskRunnerOptions extends Omit<TaskStorageOptions, 'parts'> {
  /** In place of one that is opened by the other options. It is not closed with the runner. */
  readonly storage?: ResultStorage;
  /** Tasks at once. @default 8 */
  readonly workers?: number;
  /** Processes that have the same share results of policy `run`. @default - random */
  readonly runId?: string;
  /** Folder that `files(…)` are relative to. @default process.cwd() */
  readonly root?: string;
  /**
   * Tasks that run although a result of them is there; the new one takes its place. Names of families or ids, `*` for any part of a name; true: all.
   * @default false
   */
  readonly force?: boolean | readonly string[];
  /** The same task does not run in two processes at once either: who comes second waits, and takes the result of the first. @default false */
  readonly lease?: boolean;
  /** Whether tasks that do not require a failed one are run all the same. @default true */
  readonly continueOnFailure?: boolean;
  /** How long a task may go on after its signal has aborted. Then the run goes on without it, and its result is not kept. @default 5s */
  readonly grace?: Duration;
  /**
   * Longest that storage may take for one result. To keep it, it has a second more for each MiB of its files, and 5 more to keep others together with
   * it. Then the run goes on without it.
   * @default 30s
   */
  readonly storageTimeout?: Duration;
  /** Where files of results are until they are kept. @default os.tmpdir() */
  readonly temporary?: string;
  /** Kept with each result, beside the run's id: whoever made it. */
  readonly producer?: Readonly<Record<string, string>>;
  /** Told of everything that happens; what it throws is ignored. The same is published on `TASK_CHANNELS`. */
  readonly onEvent?: (event: RunnerEvent) => void;
  /** Stops all runs. @default - none */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** What is different in one run. */
export interface RunOptions extends Pick<TaskRunnerOptions, 'force' | 'onEvent'> {
  /** Stops this run. */
  readonly signal?: AbortSignal;
}
