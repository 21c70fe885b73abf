import type { CacheTiersError } from '../../errors.js';
import type { Clock } from '../../resilience/clock.js';
import type { Duration } from '../../resilience/duration.js';
import type { TaskInstance, TaskResult } from '../definition/shapes.js';
import type { TaskStorageOptions } from '../storage/options.js';
import type { ResultStorage, TierName } from '../storage/shapes.js';
import type { TaskStats } from '../telemetry.js';
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

/**
 * - `reused`: a result that was there is its result
 * - `ran`: it was run, and has a result
 * - `failed`: it was run, or was to be, and has none
 * - `skipped`: a task that it requires has none
 * - `cancelled`: the run was stopped before it had one
 */
export type TaskStatus = 'reused' | 'ran' | 'failed' | 'skipped' | 'cancelled';

/**
 * Why a task ran:
 * - `new`: there was no valid result
 * - `forced`: `force` said so
 * - `stale`: there was one, and `verify` found that it no longer holds, or its files could not be had any more
 * - `uncached`: it is never cached, switched off, or has no key as storage could not give the digest of what it requires
 */
export type RunReason = 'new' | 'forced' | 'stale' | 'uncached';

/** What became of one task. */
export interface TaskOutcome {
  readonly id: string;
  readonly family: string;
  /** Without those that are private. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly status: TaskStatus;
  /** Of those that ran, or failed in it. */
  readonly reason?: RunReason;
  /** Of those that failed, were skipped or cancelled. */
  readonly error?: CacheTiersError;
  /** How often it was tried in this run. */
  readonly attempts: number;
  /** Milliseconds since the run began. Those that never started have neither. */
  readonly started?: number;
  readonly ended?: number;
  /** Milliseconds that it took in this run, from its start to its result, with waits between tries. */
  readonly duration: number;
  /** Milliseconds that the reused result took when it was made. */
  readonly saved: number;
  /** Where the reused result was. */
  readonly from?: { readonly tier: TierName; readonly scope: string };
  /** Where the new result was kept. None: nowhere. */
  readonly kept: readonly { readonly tier: TierName; readonly scope: string }[];
  /** Which worker had it, from 0. */
  readonly worker?: number;
  /** SHA-256 of all that the result depends on, if it is one that can be cached. */
  readonly key?: string;
  /** Ids of the tasks that it requires. */
  readonly requires: readonly string[];
}

/** A run in numbers. Times are milliseconds. */
export interface RunSummary {
  readonly runId: string;
  readonly tasks: number;
  readonly counts: Readonly<Record<TaskStatus, number>>;
  /** Of those that ran. */
  readonly reasons: Readonly<Record<RunReason, number>>;
  readonly retries: number;
  /** Sum of what the reused results took when they were made. */
  readonly saved: number;
  /** From the first thing that was done to the last. */
  readonly wall: number;
  /** Sum of all tasks. */
  readonly busy: number;
  /** The longest chain of tasks of which each waited for the one before. */
  readonly criticalPath: { readonly duration: number; readonly ids: readonly string[] };
  /** Failures of storage that nobody was told of. */
  readonly storeErrors: number;
  /** What the last ones said, 10 at most. */
  readonly storeErrorMessages: readonly string[];
  /** What was counted while the run lasted, in storage too: requests, bytes, rejected results. */
  readonly counters: TaskStats;
}

/** What became of a run. */
export interface TaskRun {
  /** In the order of the graph: each after what it requires. */
  readonly outcomes: readonly TaskOutcome[];
  /** Those that failed themselves. */
  readonly failed: readonly TaskOutcome[];
  readonly summary: RunSummary;
  /** Whether every task has a result. */
  readonly ok: boolean;
  /** @throws InvalidArgumentError if it is not one of the run */
  outcomeOf(task: TaskInstance): TaskOutcome;
  /** The value is frozen. @throws TaskError with the task's own error if it has no result; InvalidArgumentError if it is not one of the run */
  resultOf<V>(task: TaskInstance<V>): TaskResult<V>;
  /** @throws RunError `E_TASK_FAILED` unless every task has a result */
  throwIfFailed(): void;
  /** For machines: summary and outcomes. Private parameters are not in it. */
  toJSON(): RunReport;
  /** An SVG picture of what ran when, what was reused and what that saved. */
  timeline(): string;
  /** Writes it to a file; folders on the way are made. */
  writeTimeline(path: string): Promise<void>;
}

/** An outcome, with its error as text. */
export type OutcomeReport = Omit<TaskOutcome, 'error'> & { readonly error?: { readonly code: string; readonly message: string } };

export interface RunReport {
  readonly summary: RunSummary;
  readonly outcomes: readonly OutcomeReport[];
}
