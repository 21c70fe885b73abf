import type { Digest } from '../content/shapes.js';
import type { PartChange } from '../definition/part-changes.js';
import type { TaskKind } from '../definition/shapes.js';
import type { Validity } from '../manifest/shapes.js';
import type { TierName } from '../storage/tier.js';

/**
 * - `reuse`: there is a valid result
 * - `run`: it would run
 * - `unknown`: a task that it requires would run; if that one's result is what it was before, a result of this one may be reused
 * - `fail`: an input of it cannot be read, or a task that it requires would fail
 */
export type PlanAction = 'reuse' | 'run' | 'unknown' | 'fail';

/**
 * - `valid`: there is a result of this key that may be reused
 * - `no result`: the task has none
 * - `key changed`: it has one, which was made of something else
 * - `expired`: it has one that was made of the same: its time, run or epoch is over, or it was invalidated or cleared
 * - `policy never`, `trigger`, `switched off`: it is never reused
 * - `forced`: somebody asked for it
 * - `required task runs`: so its key is not known yet
 * - `no key`: an input of it cannot be read
 * - `required task fails`: so it would be skipped
 */
export type PlanReason = 'valid' | 'no result' | 'key changed' | 'expired' | 'policy never' | 'trigger' | 'switched off' | 'forced'
  | 'required task runs' | 'no key' | 'required task fails';

/** What would become of one task. */
export interface PlanEntry {
  readonly id: string;
  readonly family: string;
  readonly kind: TaskKind;
  /** Without those that are private. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly action: PlanAction;
  readonly reason: PlanReason;
  /** The reason in words: `key changed: env.STAGE, input.template`. */
  readonly detail: string;
  /** What has changed since the last result. Of `key changed` alone. */
  readonly changes: readonly PartChange[];
  /** Whether `verify` looks first if it would be reused: then it may run all the same. */
  readonly verifies: boolean;
  /** SHA-256 of all that the result depends on, where it is known. */
  readonly key?: Digest;
  /** Milliseconds that the result took which would be reused. */
  readonly saves?: number;
  /** Ids of the tasks that it requires. */
  readonly requires: readonly string[];
}

/** What a run would do, as far as is known before it. */
export interface TaskPlan {
  /** In the order of the graph: each after what it requires. */
  readonly entries: readonly PlanEntry[];
  readonly counts: Readonly<Record<PlanAction, number>>;
  /** Milliseconds that the results took that would be reused. */
  readonly saves: number;
}

/**
 * - `same`, `changed`: as it was when the last result was made, or not
 * - `added`, `removed`: there was none then, or is none now
 * - `unknown`: a task that it requires has to run first
 * - `new`: there is no last result
 */
export type PartState = 'same' | 'changed' | 'added' | 'removed' | 'unknown' | 'new';

/** One part of a key. */
export interface ExplainedPart extends PartChange {
  readonly state: PartState;
}

/** The newest result of a task, valid or not. */
export interface LastResult {
  readonly key: Digest;
  /** Unix epoch milliseconds, by the store's clock. */
  readonly created: number;
  /** Milliseconds that it took. */
  readonly duration: number;
  /** Of its value and files. */
  readonly bytes: number;
  readonly version: string;
  /** Whoever made it: `run`, and what the runner was given. */
  readonly producer: Readonly<Record<string, string>>;
  readonly tier: TierName;
  readonly scope: string;
  readonly validity: Validity;
  /** The same in words: `until 2030-01-01T00:00:00.000Z`. */
  readonly validityText: string;
  /** Whether it may still be reused, by a task of its key. */
  readonly valid: boolean;
}

/** Why a task would run, or not. */
export interface TaskExplanation {
  readonly plan: PlanEntry;
  /** By name. None where an input cannot be read: `plan.detail` says which. */
  readonly parts: readonly ExplainedPart[];
  readonly last?: LastResult;
  /** Tasks that come before it, directly or not, and would not be reused. */
  readonly before: readonly PlanEntry[];
}
