import type { Row } from './local-name.js';

/** A row as a line: name, tab, `A` or `D` and the time of the change, tab, JSON. JSON escapes tabs and line ends, and no name has them. */
export function lineOf({ name, changed, active, json }: Row): string {
  return `${name}\t${active ? 'A' : 'D'}${changed}\t${json}\n`;
}

/** @returns undefined if it is no such line */
function rowOfLine(line: string): Row | undefined {
  const first = line.indexOf('\t');
  const second = line.indexOf('\t', first + 1);
  const changed = Number(line.slice(first + 2, second));
  const state = line[first + 1];
  if (first < 1 || second < 0 || !Number.isFinite(changed) || (state !== 'A' && state !== 'D')) return undefined;
  return { name: line.slice(0, first), changed, active: state === 'A', json: line.slice(second + 1) };
}

/** Where the first line begins whose name is not less, in lines that are in order. Makes no rows of those before. */
export function seekLine(text: string, name: string): number {
  let [low, high] = [0, text.length]; // both are where lines begin, or the end
  while (low < high) {
    const start = text.lastIndexOf('\n', ((low + high) >> 1) - 1) + 1;
    const end = text.indexOf('\n', start);
    if (text.slice(start, Math.max(text.indexOf('\t', start), start)) >= name) high = start;
    else low = end < 0 ? text.length : end + 1;
  }
  return low;
}

/** Rows one at a time, from where a line begins; `undefined` for a line that is none. */
export function* linesOf(text: string, from = 0): Generator<Row | undefined> {
  for (let start = from; start < text.length;) {
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
