import { printable } from './format.js';

/** Stands for a secret, whatever its length. */
export const MASK = '********';

/** Characters of a value that are shown in a plan. */
const LONGEST = 60;

/** A value as a plan shows it: on one line, cut where it is long; of a SecureString nothing. */
export function shownValue(value: string, type: string | undefined): string {
  if (type === 'SecureString') return MASK;
  const text = printable(value);
  return `"${text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}"`;
}
