import { CURRENT, PENDING, PREVIOUS, type Labels, type SecretVersions } from './versions';
import { keysToPrune, withoutKeys } from '../../runtime/live/keys/rotation';

/** On a version that is made without the retired keys, until it is current and all is done. */
const PRUNED = 'LIVE_PRUNED';

export interface PruneOptions {
  readonly versions: SecretVersions;
  /** Milliseconds. */
  readonly retention: number;
  readonly now: () => number;
  readonly newToken: () => string;
}

export interface Pruning {
  /** For the log. */
  readonly outcome: string;
  /** Versions of the keys that are gone. */
  readonly gone: readonly string[];
}

/**
 * Takes the keys away that have been retired for longer than the retention.
 *
 * A rotation may run at the same time. `AWSCURRENT` is moved from the version that was read, which Secrets Manager compares:
 * - the rotation ends first: the move fails, nothing is changed, and the next run tries again;
 * - the rotation was begun before the move, and ends after it: its version was made from the former one, so keys that were taken away here may
 *   be in it again (though `createSecret` leaves them out by itself); they are taken away once more by a later run;
 * - nothing that is needed is ever lost, as a version is only made with fewer keys than the one that it takes the place of.
 *
 * Killed in between, it leaves a version that is not current and has a label of its own, which the next run takes; or a current version with that
 * label, of which the next run tidies up.
 */
export async function prune(options: PruneOptions): Promise<Pruning> {
  const { versions, retention, now, newToken } = options;
  const labels = await versions.labels();
  const current = labels.holderOf(CURRENT);
  if (current === undefined) return nothing('the secret has no value');
  if (labels.has(current, PRUNED)) await tidy(versions, labels, current);
  const pending = labels.holderOf(PENDING);
  if (pending !== undefined && pending !== current) return nothing('a rotation is under way');
  // A rotation that took long was dated when it began: until its end, the key that it retired was in use.
  if (now() - labels.changed < retention) return nothing('the secret was changed a short time ago');

  const read = await versions.current();
  const gone = keysToPrune(read.master, now(), retention);
  if (gone.length === 0) return nothing('there is none to be removed');
  // Left by the last rotation. On a version that is no longer current it would mean that one is under way.
  if (pending === read.id && !await versions.move(PENDING, pending)) return nothing('a rotation has begun');
  const token = newToken();
  await versions.put(token, withoutKeys(read.master, gone), PRUNED);
  if (!await versions.move(CURRENT, read.id, token)) {
    await versions.move(PRUNED, token);
    return nothing('another version has become current meanwhile');
  }
  const all = await tidy(versions, await versions.labels(), token);
  return { outcome: all ? 'removed' : `removed, but for the former version, whose label ${PREVIOUS} the service did not take away`, gone };
}

/**
 * The version before still has the keys: without a label, Secrets Manager deletes it.
 *
 * @returns whether nothing has them that can be read; otherwise the next rotation takes the label away
 */
async function tidy(versions: SecretVersions, labels: Labels, current: string): Promise<boolean> {
  const previous = labels.holderOf(PREVIOUS);
  const taken = previous === undefined || await versions.move(PREVIOUS, previous) || !(await versions.labels()).has(previous, PREVIOUS);
  await versions.move(PRUNED, current);
  return taken;
}

function nothing(outcome: string): Pruning {
  return { outcome, gone: [] };
}
