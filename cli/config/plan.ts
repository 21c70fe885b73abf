import { columns } from '../columns.js';
import type { Io } from '../context.js';
import { count, printable } from '../format.js';

/** A line of what will be done. */
export interface PlanLine {
  /** `+` is added, `~` changed, `-` deleted, `=` stays, `!` cannot be done. */
  readonly sign: '+' | '~' | '-' | '=' | '!';
  readonly name: string;
  /** What is said of it: columns, from outside as they are. */
  readonly says?: readonly string[];
}

/** Lines that are shown before only their number is. */
const MOST = 1000;

/** Shows on standard error what will be done, before it is asked whether it shall be. */
export function showPlan(io: Io, title: string, lines: readonly PlanLine[]): void {
  const shown = lines.slice(0, MOST);
  const rows = shown.map(({ sign, name, says = [] }) => [`  ${sign} ${printable(name)}`, ...says.map(printable)]);
  const rest = lines.length - shown.length;
  const more = rest > 0 ? `  … and ${count(rest)} more\n` : '';
  io.stderr.write(`${title}\n${rows.length === 0 ? '' : `${columns(rows)}\n`}${more}`);
}
