import { columns } from '../columns.js';
import type { Io } from '../context.js';
import { count, printable } from '../format.js';
import { widthOf, wrapped } from '../wrapped.js';

/** A line of what will be done. */
export interface PlanLine {
  /** `+` is added, `~` changed, `-` deleted, `=` stays, `!` cannot be done. */
  readonly sign: '+' | '~' | '-' | '=' | '!';
  readonly name: string;
  /** What is said of it: columns, from outside as they are. */
  readonly says?: readonly string[];
}

/** Lines that are shown before only their number is: of a plan of any length, no more need be kept. */
export const PLAN_LINES = 1000;

export interface PlanOptions {
  /** Lines there are, where not all are passed. @default - all are passed */
  readonly total?: number;
  /** Where lines are that are not shown. */
  readonly elsewhere?: string;
}

/** Shows on standard error what will be done, before it is asked whether it shall be. */
export function showPlan(io: Io, title: string, lines: readonly PlanLine[], { total = lines.length, elsewhere }: PlanOptions = {}): void {
  const shown = lines.slice(0, PLAN_LINES);
  const rows = shown.map(({ sign, name, says = [] }) => [`  ${sign} ${printable(name)}`, ...says.map(printable)]);
  tell(io, title);
  if (rows.length > 0) io.stderr.write(`${columns(rows, { width: widthOf(io.stderr) })}\n`);
  const rest = total - shown.length;
  if (rest > 0) tell(io, `  … and ${count(rest)} more${elsewhere === undefined ? '' : `: ${elsewhere}`}`);
}

/** A line of a plan that is for reading, wrapped at a terminal. @param line printable */
export function tell({ stderr }: Io, line: string): void {
  stderr.write(`${wrapped(line, widthOf(stderr), 6)}\n`);
}
