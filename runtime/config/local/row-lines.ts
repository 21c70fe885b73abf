import type { Row } from './local-name.js';

/** A row as a line: name, tab, `A` or `D` and the time of the change, tab, JSON. JSON escapes tabs and line ends, and no name has them. */
export function lineOf({ name, changed, active, json }: Row): string {
  return `${name}\t${active ? 'A' : 'D'}${changed}\t${json}\n`;
}

/** @returns undefined if it is no such line */
export function rowOfLine(line: string): Row | undefined {
  const first = line.indexOf('\t');
  const second = line.indexOf('\t', first + 1);
  const changed = Number(line.slice(first + 2, second));
  const state = line[first + 1];
  if (first < 1 || second < 0 || !Number.isFinite(changed) || (state !== 'A' && state !== 'D')) return undefined;
  return { name: line.slice(0, first), changed, active: state === 'A', json: line.slice(second + 1) };
}

/** Rows one at a time; `undefined` for a line that is none. */
export function* linesOf(text: string): Generator<Row | undefined> {
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', start);
    yield end < 0 ? undefined : rowOfLine(text.slice(start, end));
    start = end < 0 ? text.length : end + 1;
  }
}

/** @returns undefined if one of the lines is no row */
export function rowsOfLines(text: string): Row[] | undefined {
  const rows: Row[] = [];
  for (const row of linesOf(text)) {
    if (row === undefined) return undefined;
    rows.push(row);
  }
  return rows;
}
