import { CONFIG_ACTION, CONFIG_RECORD_ID } from '../../../lib/contract/config.js';
import { isConcluded } from '../audit/fold-deletions.js';
import { stateOfName } from '../audit/name-state.js';
import type { AuditReader } from '../audit/reader.js';
import { stateAt, type StateAtInstant } from '../audit/state.js';
import { isDeletion, isLostPut, isPut, type AuditRecord } from '../tables/audit-record.js';
import { recordsSince, type LaterEvents } from './later-events.js';

/** What a parameter was at an instant. */
export interface RecordedState extends Pick<StateAtInstant, 'exists' | 'put' | 'uncertain'> {
  /** Version by label. Absent: not looked for, as nothing has happened to them since. */
  readonly labels?: ReadonlyMap<string, number>;
  /** Labels that have been moved since, and were on no version then. */
  readonly laterLabels: readonly string[];
}

/** Records that nearly always suffice. */
const LOOK = 3;

/** What is read after the instant where the log has nothing before. */
const LOOK_AFTER = 4;

/**
 * What a parameter was at an instant, by as few records as possible: most often the newest before it. All records of a parameter are read only
 * where its labels must be known from the log, as they have been moved, or have gone with the parameter.
 */
export async function recordedState(
  reader: AuditReader, name: string, time: number, later: LaterEvents, signal?: AbortSignal,
): Promise<RecordedState> {
  if (later.labels || later.deleted) {
    return { ...await wholeState(reader, name, time, signal), laterLabels: [], ...(later.labels && await labelsSince(reader, name, time, signal)) };
  }
  const newest = await reader.newest(name, time, LOOK, { values: true, signal });
  if (newest.length === 0) {
    const { records } = await reader.page({ name }, { from: CONFIG_RECORD_ID.since(time + 1), limit: LOOK_AFTER, signal });
    return records.length === 0 ? { exists: false, laterLabels: [], uncertain: { after: 0, before: Infinity } } : stateOf(stateAt(records, time));
  }
  const plain = plainState(newest, time);
  return plain ? { ...plain, laterLabels: [] } : stateOf(await stateOfName(reader, name, time, { values: true, signal }));
}

/** The state where the newest records leave no doubt: a put that Parameter Store had, or a deletion. */
function plainState(newest: readonly AuditRecord[], time: number): Pick<StateAtInstant, 'exists' | 'put'> | undefined {
  if (newest.some((record) => isLostPut(record) || (isConcluded(record) && record.time > time))) return undefined;
  const [first] = newest;
  // An event has whole seconds. A deletion that stands at another time was put after a record of its second, and may not have ended that.
  if (first !== undefined && isDeletion(first)) return first.eventId !== undefined && first.time % 1_000 !== 0 ? undefined : { exists: false };
  const put = newest.find((record) => !isLabel(record));
  return put !== undefined && isPut(put) && put.version !== undefined ? { exists: true, put } : undefined;
}

async function wholeState(reader: AuditReader, name: string, time: number, signal?: AbortSignal): Promise<RecordedState> {
  const state = await stateOfName(reader, name, time, { values: true, signal });
  const labels = [...state.labels].flatMap(([version, all]) => all.map((label) => [label, version] as const));
  return { ...stateOf(state), labels: new Map(labels) };
}

async function labelsSince(reader: AuditReader, name: string, time: number, signal?: AbortSignal): Promise<Pick<RecordedState, 'laterLabels'>> {
  const seen = new Set<string>();
  for await (const record of recordsSince(reader, name, time, signal)) {
    if (isLabel(record)) for (const label of record.labels ?? []) seen.add(label);
  }
  return { laterLabels: [...seen].sort() };
}

const isLabel = ({ action }: AuditRecord): boolean => action === CONFIG_ACTION.label || action === CONFIG_ACTION.unlabel;

function stateOf({ exists, put, uncertain }: StateAtInstant): RecordedState {
  return { exists, laterLabels: [], ...(put && { put }), ...(uncertain && { uncertain }) };
}
