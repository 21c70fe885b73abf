import { failureOf } from './advice.js';
import { isSameVersion, lookAt } from './look.js';
import type { RestoreOutcome } from './outcome.js';
import type { PacedStore } from './paced-store.js';
import { isPassing } from './patience.js';
import type { RestoreStep } from './plan.js';

/** What DeleteParameters takes at once. */
export const DELETE_BATCH = 10;

const ATTEMPTS = 3;

/** Deletes parameters that were created later. Each is looked at right before: only the very version that the plan saw is deleted. */
export async function deleteSteps(store: PacedStore, steps: readonly RestoreStep[], signal?: AbortSignal): Promise<readonly RestoreOutcome[]> {
  const outcomes = new Map<string, RestoreOutcome>();
  const settle = (name: string, outcome: Omit<RestoreOutcome, 'name' | 'action'>) => outcomes.set(name, { name, action: 'delete', ...outcome });
  let sent = new Set<string>();
  const wanted = [...new Map(steps.map((step) => [step.name, step])).values()]; // AWS refuses a call that names one twice
  for (let attempt = 1; outcomes.size < wanted.length; attempt += 1) {
    const open = wanted.filter(({ name }) => !outcomes.has(name));
    try {
      const live = await lookAt(store, open.map(({ name }) => name));
      const names: string[] = [];
      for (const { name, current } of open) {
        const found = live.get(name);
        const isSeen = isSameVersion(found, current);
        if (found === undefined) settle(name, { status: sent.has(name) ? 'done' : 'already' });
        else if (isSeen) names.push(name);
        else settle(name, { status: 'conflict', code: 'E_CONFIG_RESTORE_CONFLICT', message: 'it has changed since the plan: it is left alone' });
      }
      if (names.length === 0) continue;
      signal?.throwIfAborted();
      const isStill = async () => {
        const found = await lookAt(store, names);
        const are = names.every((name) => isSameVersion(found.get(name), live.get(name) ?? null));
        if (are) sent = new Set([...sent, ...names]);
        return are;
      };
      const answer = await store.writeIf<{ readonly DeletedParameters?: readonly string[] }>('DeleteParameters', { Names: names }, isStill);
      if (answer === undefined) continue; // the next look tells which of them has changed
      for (const name of answer.DeletedParameters ?? []) settle(name, { status: 'done' });
      if (attempt >= ATTEMPTS) break;
    } catch (error) {
      signal?.throwIfAborted();
      if (isPassing(error) && attempt < ATTEMPTS) continue;
      for (const { name } of open.filter((each) => !outcomes.has(each.name))) settle(name, { status: 'failed', ...failureOf(error, 'deleting it') });
    }
  }
  return steps.map(({ name }) => outcomes.get(name)
    ?? { name, action: 'delete', status: 'failed', code: 'E_CONFIG_RESTORE', message: 'AWS has not deleted it: run the restore again later' });
}
