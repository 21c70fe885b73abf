import { isDate } from 'node:util/types';

/** The year 9999 ends all instants that a record's id can bear. */
export const MAX_INSTANT = 253_402_300_799_999;

/** An instant in whole Unix epoch milliseconds. Undefined: it is none that a record could have. */
export function instantOf(value: unknown): number | undefined {
  const time = isDate(value) ? value.getTime() : value;
  return typeof time === 'number' && time >= 0 && time <= MAX_INSTANT ? Math.trunc(time) : undefined;
}
