import { pagesOf } from '../../stores/dynamodb-pages.js';
import { inOrder } from '../audit/in-order.js';
import { stateOfName } from '../audit/name-state.js';
import type { AuditReader, AuditReadOptions } from '../audit/reader.js';
import { stateAt, type StateAtInstant } from '../audit/state.js';
import { isPut, type AuditRecord } from '../tables/audit-record.js';

/** Names whose records are read at the same time. */
const CONCURRENCY = 8;

/** Records of one name that are held; of those that are older, puts that have been overwritten long ago are let go. */
const MAX_HELD = 2_000;

/** What the log tells of a name at an instant. */
export interface NameState {
  readonly name: string;
  readonly state: StateAtInstant;
  /** The newest record that was read of it. */
  readonly newest?: AuditRecord;
}

/** Names one by one. */
export function statesOfNames(
  reader: AuditReader, names: readonly string[], time: number, options: AuditReadOptions = {},
): AsyncGenerator<NameState> {
  return inOrder(names, CONCURRENCY, async (name) => {
    return { name, state: await stateOfName(reader, name, time, options) };
  });
}

/** All names of the log, in no order. Reads the whole of it, and holds the records of one name. */
export async function* statesOfAll(reader: AuditReader, time: number, options: AuditReadOptions = {}): AsyncGenerator<NameState> {
  let run: Run | undefined;
  for await (const { records } of pagesOf((after) => reader.scan({ ...options, ...(after !== undefined && { after }) }))) {
    for (const record of records) {
      if (run?.name !== record.name) {
        if (run !== undefined) yield run.state(time);
        run = new Run(record.name);
      }
      run.add(record, time);
    }
  }
  if (run !== undefined) yield run.state(time);
}

class Run {
  private records: AuditRecord[] = [];
  constructor(readonly name: string) {}

  add(record: AuditRecord, time: number): void {
    this.records.push(record);
    if (this.records.length < 2 * MAX_HELD || record.time > time) return;
    const old = this.records.length - MAX_HELD;
    this.records = this.records.filter((each, i) => i >= old || !isPut(each));
    // What is left are labels and deletions; of these the newest say what is now.
    if (this.records.length >= 2 * MAX_HELD) this.records = this.records.slice(-MAX_HELD);
  }

  state(time: number): NameState {
    const { name, records } = this;
    return { name, state: stateAt(records, time), newest: records[records.length - 1]! };
  }
}
