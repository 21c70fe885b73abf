import { indexOfFirst } from './derivation.js';
import type { MasterKeys } from './master-keys.js';

/**
 * Versions that nothing can be read with any more: retired for longer than `retention`. Never the current one.
 *
 * @param now Unix epoch milliseconds
 * @param retention milliseconds: the longest life of an entry, and the time that clients may go on with the keys that they have read
 */
export function keysToPrune({ current, retired }: MasterKeys, now: number, retention: number): string[] {
  return [...retired].filter(([version, since]) => version !== current && now - since > retention).map(([version]) => version);
}

/** The same without some versions. Index keys stay as they are, also without the first version. */
export function withoutKeys(master: MasterKeys, versions: readonly string[]): MasterKeys {
  const rest = <T>(entries: ReadonlyMap<string, T>) => new Map([...entries].filter(([version]) => !versions.includes(version)));
  return { current: master.current, keys: rest(master.keys), retired: rest(master.retired), index: master.index ?? indexOfFirst(master) };
}

/**
 * The next state: a new version is current, those before are kept for `retention` and end then.
 *
 * @param newKey the new version's master key
 * @param now Unix epoch milliseconds: when the former version is held to have retired, and those that nobody said it of
 * @param retention milliseconds
 */
export function rotated(master: MasterKeys, newKey: string, now: number, retention: number): MasterKeys {
  const { keys, retired, index } = withoutKeys(master, keysToPrune(master, now, retention));
  // Above all that there ever were, as far as they are known: a number means one key.
  const current = String(Math.max(...[...master.keys.keys()].map(Number)) + 1);
  return {
    current,
    keys: new Map([...keys, [current, newKey]]),
    retired: new Map([...keys.keys()].map((version) => [version, retired.get(version) ?? now])),
    index,
  };
}

/** Whether nobody who can read with `before` would lose that by `after`, but for the versions that may be pruned. */
export function keepsWhatIsNeeded(before: MasterKeys, after: MasterKeys, now: number, retention: number): boolean {
  const gone = keysToPrune(before, now, retention);
  const kept = [...before.keys].every(([version, key]) => gone.includes(version) || after.keys.get(version) === key);
  return kept && (before.index ?? indexOfFirst(before)) === (after.index ?? indexOfFirst(after));
}
