import type { ParameterMetadata } from '../tables/parameter-metadata.js';

/** Version of the plan's form. */
export const RESTORE_PLAN_VERSION = 1;

/** What is to be as it was. */
export interface RestoreQuery {
  /** All names of a path: `/app` is `/app` itself and everything below `/app/`. */
  readonly prefix?: string;
  /** These names. */
  readonly names?: readonly string[];
  /** The instant, in Unix epoch milliseconds. */
  readonly time: number;
  /** Whether what was created after the instant is removed: parameters, and labels. @default false */
  readonly removeLater?: boolean;
  /** Whether destinations of replication rules are restored too; replication may write them again. @default false */
  readonly includeReplicas?: boolean;
}

/** What a plan was made of, and for. */
export interface RestorePlanHeader {
  readonly version: typeof RESTORE_PLAN_VERSION;
  readonly footprint: string;
  readonly account: string;
  readonly region: string;
  readonly query: RestoreQuery;
  /** When the plan was begun, in Unix epoch milliseconds. */
  readonly created: number;
  /** What whoever reads the plan should know: what could not be read, what it leaves alone. */
  readonly notes: readonly string[];
}

/**
 * What is done with a parameter:
 * - `put`: the version of the instant is written again, as a new version, or as a new parameter if there is none
 * - `delete`: it was created later, and is removed
 * - `label`: its value is the right one, but its labels have changed
 * - `skip`: nothing, and why
 */
export type RestoreAction = 'put' | 'delete' | 'label' | 'skip';

/**
 * Why:
 * - `changed`: another version was written since
 * - `deleted`: it has been deleted since
 * - `created-later`: it did not exist then
 * - `labels`: labels have been moved since
 * - `replica`: replication writes it
 * - `uncertain`: whether it existed then is not known: it was deleted at some time around the instant
 * - `not-in-log`: the log does not reach back that far for it
 * - `value-not-kept`: neither the log nor Parameter Store has the value
 */
export const RESTORE_REASONS = [
  'changed', 'deleted', 'created-later', 'labels', 'replica', 'uncertain', 'not-in-log', 'value-not-kept',
] as const;
export type RestoreReason = typeof RESTORE_REASONS[number];

/** The version of a parameter that the plan was made over. Another one at the time of applying is a conflict. */
export interface SeenVersion {
  readonly version: number;
  /** Unix epoch milliseconds. */
  readonly lastModified: number;
  readonly type?: string;
}

/** The version that is wanted back, without its value; and without policies that had come into effect by the time of the plan. */
export interface WantedVersion extends Omit<ParameterMetadata, 'name' | 'lastModifiedUser'> {
  /** The audit record that tells of it. */
  readonly recordId: string;
}

/** Where labels were, version by label. */
export type LabelPlaces = Readonly<Record<string, number>>;

/** What is done with one parameter. It never has a value. */
export interface RestoreStep {
  readonly name: string;
  readonly action: RestoreAction;
  readonly reason: RestoreReason;
  /** What more there is to know, in words. */
  readonly detail?: string;
  /** What there was when the plan was made; null: no parameter. */
  readonly current: SeenVersion | null;
  /** What there was at the instant; null: no parameter, or not known. */
  readonly wanted: WantedVersion | null;
  /** Labels at the instant. Absent: the log tells of no change since; those of the wanted version go with it to the new one. */
  readonly labels?: LabelPlaces;
  /** Labels that were made after the instant, and are removed. */
  readonly laterLabels?: readonly string[];
  /** Whether it is, or was, a SecureString. */
  readonly secret: boolean;
}

/** A plan: its header, then a step for each parameter that is concerned, in the order of names. A stream of steps can be gone through once. */
export interface RestorePlan {
  readonly header: RestorePlanHeader;
  readonly steps: AsyncIterable<RestoreStep> | Iterable<RestoreStep>;
}

/** A plan that is held in memory as a whole. */
export interface CollectedRestorePlan extends RestorePlan {
  readonly steps: readonly RestoreStep[];
}

/** All of a plan, to look at or to apply more than once. Takes about 1 KB of memory a step. */
export async function collectPlan({ header, steps }: RestorePlan): Promise<CollectedRestorePlan> {
  const collected: RestoreStep[] = [];
  for await (const step of steps) collected.push(step);
  return { header, steps: collected };
}
