import { UsageError } from '../context.js';

/** @returns undefined if nothing is given; @throws UsageError */
export function wholeNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new UsageError(`${option} must be a whole number from 1, got '${text}'`);
}
