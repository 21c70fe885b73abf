import { failureOf } from './advice.js';
import { differencesOf, type ContentMember } from './content.js';
import { labelWork } from './labels-step.js';
import { liveValue, liveVersions } from './live.js';
import { present } from './plan-members.js';
import type { RestoreStep } from './plan.js';
import type { PutStepOptions } from './put-step.js';

/** What a verification found: the parameter is as the plan wants it, it differs, it could not be read, or the plan leaves it alone. */
export interface VerifyOutcome {
  readonly name: string;
  readonly status: 'same' | 'differs' | 'failed' | 'skipped';
  /** What differs: `existence` if there is one where there should be none, or the other way round. */
  readonly differences?: readonly (ContentMember | 'value' | 'labels' | 'existence')[];
  readonly code?: string;
  readonly message?: string;
  readonly notes?: readonly string[];
}

/** Compares a parameter as it is with what a step wants. */
export async function verifyStep({ store, values, time, now, signal }: PutStepOptions, step: RestoreStep): Promise<VerifyOutcome> {
  const { name, action, wanted, reason, detail } = step;
  if (action === 'skip') return present({ name, status: 'skipped', code: reason, message: detail });
  try {
    const versions = await liveVersions(store.read, name);
    const latest = versions.at(-1);
    if (wanted === null || latest === undefined) {
      return (latest === undefined) === (wanted === null) ? { name, status: 'same' } : { name, status: 'differs', differences: ['existence'] };
    }
    const differences: NonNullable<VerifyOutcome['differences']>[number][] = [...differencesOf(latest, wanted, now())];
    const isVersion = latest.version === wanted.version && latest.lastModified === wanted.lastModified;
    if (!isVersion && await liveValue(store.read, name, latest) !== await values.valueOf(name, wanted, versions)) differences.push('value');
    const { moves, removals, notes } = labelWork(step, versions, time);
    if (moves.length + removals.length > 0) differences.push('labels');
    return present({
      name, status: differences.length > 0 ? 'differs' : 'same', differences: differences.length > 0 ? differences : undefined,
      notes: notes.length > 0 ? notes : undefined,
    });
  } catch (error) {
    signal?.throwIfAborted();
    return { name, status: 'failed', ...failureOf(error, 'looking at it') };
  }
}
