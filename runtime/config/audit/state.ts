import { CONFIG_ACTION } from '../../../lib/contract/config.js';
import { isPut, type AuditRecord } from '../tables/audit-record.js';
import { foldRecords, type AuditEntry } from './fold.js';
import { generationsOf, type Generation } from './generations.js';

/** A parameter at an instant, as far as the log knows. */
export interface StateAtInstant {
  /** Whether it existed. Where that is uncertain, what was known last. */
  readonly exists: boolean;
  /** The put of the version that it had. Absent: it did not exist, or the log knows of it only by its labels or its deletion. */
  readonly put?: AuditRecord;
  /** Labels of its versions, those that were moved while the log was kept. */
  readonly labels: ReadonlyMap<number, readonly string[]>;
  /** The instant lies between these times, exclusively, and at one between them it was created or deleted. Unix epoch milliseconds. */
  readonly uncertain?: { readonly after: number; readonly before: number };
  /** Where it did not exist: what was deleted last, and between which times, as far as the records go. */
  readonly deleted?: { readonly put?: AuditRecord; readonly after: number; readonly before: number };
}

const NO_LABELS: ReadonlyMap<number, readonly string[]> = new Map();

/**
 * What a parameter was at an instant; what happened at that very instant is included.
 *
 * @param records of one name, ascending, back to the instant's last deletion or creation at least. Those of later than the instant may tell
 * when a deletion was, of which only a conclusion is known before
 * @param time Unix epoch milliseconds
 */
export function stateAt(records: readonly AuditRecord[], time: number): StateAtInstant {
  const generations = generationsOf(foldRecords(records));
  const place = generations.findIndex(({ end }) => end === undefined || time < end.before);
  if (place < 0) return gone(generations.at(-1), time);
  const generation = generations[place];
  if (time < generation.begin) {
    const former = generations[place - 1];
    const after = former?.end?.before ?? 0;
    return { ...gone(former, time), ...(!generation.isCreation && time > after && { uncertain: { after, before: generation.begin } }) };
  }
  const { end } = generation;
  const put = putAt(generation.entries, time);
  return {
    exists: true,
    ...(put && { put }),
    labels: labelsAt(generation.entries, time),
    ...(end !== undefined && time > end.after && { uncertain: end }),
  };
}

function gone(former: Generation | undefined, time: number): StateAtInstant {
  const none = { exists: false, labels: NO_LABELS };
  if (former?.end === undefined) return none;
  const put = putAt(former.entries, time);
  return { ...none, deleted: { ...former.end, ...(put && { put }) } };
}

/** The highest version, or a put of a version that is not known, after it. */
function putAt(entries: readonly AuditEntry[], time: number): AuditRecord | undefined {
  let last: AuditRecord | undefined;
  for (const entry of entries) {
    if (!isPut(entry) || entry.time > time) continue;
    if (last?.version === undefined || entry.version === undefined || entry.version >= last.version) last = entry;
  }
  return last;
}

/** A label is on one version at most. */
function labelsAt(entries: readonly AuditEntry[], time: number): ReadonlyMap<number, readonly string[]> {
  const versions = new Map<string, number>();
  for (const entry of entries) {
    if (entry.labels === undefined || entry.time > time) continue;
    const version = entry.version ?? putAt(entries, entry.time)?.version;
    for (const label of entry.labels) {
      if (entry.action === CONFIG_ACTION.label && version !== undefined) versions.set(label, version);
      else if (entry.action === CONFIG_ACTION.unlabel && (version === undefined || versions.get(label) === version)) versions.delete(label);
    }
  }
  const labels = new Map<number, string[]>();
  for (const [label, version] of versions) labels.set(version, [...labels.get(version) ?? [], label].sort());
  return labels;
}
