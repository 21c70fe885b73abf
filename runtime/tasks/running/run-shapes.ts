import type { CacheTiersError } from '../../errors.js';
import type { TaskInstance, TaskResult } from '../definition/shapes.js';
import type { TaskStats } from '../storage/reporter.js';
import type { TierName } from '../storage/tier.js';

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
