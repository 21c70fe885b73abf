import type { Row } from './local-name.js';
import { byName, mergeRows } from './merge-rows.js';
import type { NamesReader } from './names-reader.js';
import { lineOf, rowsOfLines } from './row-lines.js';

/** Rows that are held before they are sorted and put away, in bytes. */
const RUN_BYTES = 512 << 10;

/**
 * Rows in any order, of one name more than one: put away in sorted parts, so that memory does not grow with their number. What is held is bytes, not
 * objects: a hundred thousand of these, each alive for a while, would make the heap several times as large.
 */
export class SortedRuns implements Iterable<Row> {
  /** Rows that were added. */
  count = 0;
  private held = Buffer.alloc(0);
  private length = 0;
  private readonly runs: NamesReader[] = [];

  /** @param putAway keeps rows that come ascending by name */
  constructor(private readonly putAway: (rows: Iterable<Row>) => NamesReader) {}

  add(row: Row): void {
    const line = lineOf(row);
    const most = line.length * 3; // bytes of a text in UTF-8
    if (this.length > 0 && this.length + most > RUN_BYTES) {
      const run = this.sorted();
      this.length = 0;
      this.runs.push(this.putAway(run));
    }
    if (this.held.length < this.length + most) this.grow(this.length + most);
    this.length += this.held.write(line, this.length);
    this.count += 1;
  }

  /** Ascending by name; of each name the newest row. */
  [Symbol.iterator](): Iterator<Row> {
    return mergeRows([...this.runs.map((run) => run.from()), this.sorted()]);
  }

  /** The rows are needed no longer. */
  close(): void {
    for (const run of this.runs) run.close();
  }

  private sorted(): Row[] {
    const newest = new Map<string, Row>();
    for (const row of rowsOfLines(this.held.toString('utf8', 0, this.length))!) {
      if ((newest.get(row.name)?.changed ?? -Infinity) <= row.changed) newest.set(row.name, row);
    }
    return [...newest.values()].sort(byName);
  }

  private grow(least: number): void {
    const larger = Buffer.allocUnsafe(Math.max(least, Math.min(RUN_BYTES, this.held.length * 2), 4_096));
    this.held.copy(larger, 0, 0, this.length);
    this.held = larger;
  }
}
