import type { Row } from './local-name.js';
import { byName, mergeRows } from './merge-rows.js';
import type { NamesReader } from './names-reader.js';

/** Rows that are held before they are sorted and put away, by the length of their JSON and names. */
const RUN_LENGTH = 1 << 20;
/** What a row takes beside its texts. */
const ROW_LENGTH = 40;

/** Rows in any order, of one name more than one: put away in sorted parts, so that memory does not grow with their number. */
export class SortedRuns implements Iterable<Row> {
  /** Rows that were added. */
  count = 0;
  private held: Row[] = [];
  private length = 0;
  private readonly runs: NamesReader[] = [];

  /** @param putAway keeps rows that come ascending by name */
  constructor(private readonly putAway: (rows: Iterable<Row>) => NamesReader) {}

  add(row: Row): void {
    this.count += 1;
    this.held.push(row);
    this.length += row.name.length + row.json.length + ROW_LENGTH;
    if (this.length < RUN_LENGTH) return;
    const run = sorted(this.held);
    [this.held, this.length] = [[], 0];
    this.runs.push(this.putAway(run));
  }

  /** Ascending by name; of each name the newest row. */
  [Symbol.iterator](): Iterator<Row> {
    return mergeRows([...this.runs.map((run) => run.from()), sorted(this.held)]);
  }

  /** The rows are needed no longer. */
  close(): void {
    for (const run of this.runs) run.close();
  }
}

function sorted(rows: readonly Row[]): Row[] {
  const newest = new Map<string, Row>();
  for (const row of rows) if ((newest.get(row.name)?.changed ?? -Infinity) <= row.changed) newest.set(row.name, row);
  return [...newest.values()].sort(byName);
}
