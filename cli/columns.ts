import { cells } from './cells.js';
import { wrapped } from './wrapped.js';

export interface ColumnsOptions {
  /** Cells of a line: a row that is longer goes on in the next, between columns and then between words. @default Infinity */
  readonly width?: number;
  /** Whether all columns but the first are to the right. @default false */
  readonly right?: boolean;
}

/** Spaces before the rest of a row. */
const INDENT = 6;

/** Lines of columns; rows may have fewer cells than others. */
export function columns(rows: readonly (readonly string[])[], { width = Infinity, right = false }: ColumnsOptions = {}): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => { widths[i] = Math.max(widths[i] ?? 0, cells(cell)); });
  const padded = (cell: string, i: number) => {
    const space = ' '.repeat(widths[i]! - cells(cell));
    return right && i > 0 ? space + cell : cell + space;
  };
  return rows.map((row) => {
    const line = row.map(padded).join('  ').trimEnd();
    return cells(line) <= width ? line : folded(row, row.map(padded), widths, width);
  }).join('\n');
}

/** All rows are parted at the same column; only the last may be longer than others. */
function folded(row: readonly string[], padded: readonly string[], widths: readonly number[], width: number): string {
  const lines: string[] = [];
  let line = '';
  row.forEach((cell, i) => {
    if (i === 0) line = padded[i]!;
    else if (cells(line) + 2 + (i === widths.length - 1 ? cells(cell) : widths[i]!) <= width) line += `  ${padded[i]}`;
    else if (cell !== '') {
      lines.push(line);
      line = ' '.repeat(INDENT) + padded[i];
    }
  });
  return [...lines, line].map((each) => wrapped(each.trimEnd(), width, INDENT)).join('\n');
}
