// What a person sees: each claim's figures as they come, and a table at the end.
import { isReached, recordOf } from './result.mjs';

export function format(value) {
  if (value === null || value === undefined) return '-';
  if (Number.isNaN(value)) return 'error';
  if (value === Infinity) return 'never';
  const digits = value === 0 || Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Rows with the first column left and the others right. */
export function table(head, rows) {
  const texts = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...texts.map((row) => row[column].length)));
  const line = (row) => row.map((text, column) => column === 0 ? text.padEnd(widths[column]) : text.padStart(widths[column])).join('  ').trimEnd();
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}

/** One result with all that was measured for it. */
export function details(result) {
  const rows = [...result.figures]
    .sort((a, b) => result.better === 'lower' ? rank(a.value) - rank(b.value) : rank(b.value) - rank(a.value))
    .map(({ name, role, value, low, high }) => [
      `  ${name}${role === 'limit' ? ' (limit)' : ''}`, format(value),
      low === undefined || low === high || Number.isNaN(low) ? '' : `[${format(low)} - ${format(high)}]`,
    ]);
  const goal = result.goal === null ? '' : `, goal ${result.better === 'lower' ? '≤' : '≥'} ${format(result.goal)}`;
  const lines = table(['', 'median', 'range'], rows).split('\n').slice(2);
  return `${result.title} (${result.unit}, ${result.better} is better${goal})\n${lines.join('\n')}\n`;
}

function rank(value) {
  return Number.isNaN(value) ? Infinity : value;
}

export function summary(results) {
  const rows = results.map((result) => {
    const record = recordOf(result);
    const reached = isReached(record);
    return [
      record.claim, record.unit, format(record.ours), peerOf(record, result), record.peerName ?? '-', format(record.ratio),
      format(record.limit), format(record.goal), reached === undefined ? '-' : reached ? 'reached' : 'missed',
    ];
  });
  return table(['claim', 'unit', 'ours', 'best peer', 'which', 'ours/peer', 'limit', 'goal', 'goal is'], rows);
}

function peerOf({ peer, peerName }, { figures }) {
  return peerName === null ? '-' : format(figures.find(({ name }) => name === peerName).value ?? peer);
}
