import type { RestoreAction } from './plan.js';

/**
 * What came of a step:
 * - `done`: carried out
 * - `already`: everything was as wanted before
 * - `conflict`: the parameter is another than the plan saw: left alone
 * - `failed`: refused, and why; the other steps go on
 * - `skipped`: the plan says so
 */
export type RestoreStatus = 'done' | 'already' | 'conflict' | 'failed' | 'skipped';

/** What came of one step. It never has a value. */
export interface RestoreOutcome {
  readonly name: string;
  readonly action: RestoreAction;
  readonly status: RestoreStatus;
  /** Version that has the wanted value now. */
  readonly version?: number;
  /** Stable, for programs: of `failed` and `conflict`. */
  readonly code?: string;
  /** What happened, and what to do. */
  readonly message?: string;
  /** What could not be restored beside the value, or was done beside it. */
  readonly notes?: readonly string[];
}

/** How far an apply or a verification has come. */
export interface RestoreProgress {
  /** Steps that have come to their end. */
  readonly steps: number;
  /** All steps there are, where that is known: of a plan that is held in memory. */
  readonly total?: number;
  readonly counts: Readonly<Partial<Record<string, number>>>;
  /** Writes a second that are tried at present. */
  readonly writesPerSecond: number;
}
