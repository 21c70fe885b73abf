import { cleared, invalidated, withEpoch } from './rules.js';
import type { Manifest } from './shapes.js';

/**
 * Does in a manifest what was cleared, invalidated and begun anew in another one since it was last done: so a copy of a result that came from there
 * is valid no longer than what it is a copy of. What is made from a result goes with it where it does there.
 *
 * Everything is dropped where nobody knows what was done: the other one has forgotten it, or is an older one than before.
 *
 * @param name of the other one
 * @returns the same one if nothing changes
 */
export function following(manifest: Manifest, name: string, other: Manifest): Manifest {
  const at = manifest.followed.get(name) ?? 0;
  const since = (marks: ReadonlyMap<string, number>) => new Set([...marks].flatMap(([each, mark]) => mark > at ? [each] : []));
  const [names, epochs] = [since(other.invalidated), since(other.epochs)];
  const isUnknown = other.revision < at || other.horizon.revision > at;
  if (!isUnknown && other.cleared <= at && names.size + epochs.size === 0 && other.horizon.next <= at) return manifest;
  let next = isUnknown || other.cleared > at ? cleared(manifest) : withoutMadeFrom(manifest, names);
  next = invalidated(next, names, { downstream: false }).manifest;
  for (const epoch of epochs) next = withEpoch(next, epoch);
  return { ...next, followed: new Map(manifest.followed).set(name, other.revision) };
}

/** Without results whose own key, or one that they were made from, is among these, and what was made from those. */
function withoutMadeFrom(manifest: Manifest, keys: ReadonlySet<string>): Manifest {
  const gone = [...manifest.records.values()].filter(({ key, requires }) => keys.has(key) || requires.some((required) => keys.has(required)));
  return invalidated(manifest, gone.map(({ id }) => id), { downstream: true }).manifest;
}
