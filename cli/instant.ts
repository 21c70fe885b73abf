import { UsageError } from './context.js';

const UNITS: Readonly<Record<string, number>> = {
  ms: 1, s: 1000, sec: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000,
};

const PART = /(\d+(?:\.\d+)?)\s*(ms|sec|s|min|m|h|d|w)/;
const DURATION = new RegExp(`^${PART.source}(?:\\s*${PART.source})*(?:\\s+ago)?$`);
const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?))?(?:\s*(Z|[+-]\d{2}(?::?\d{2})?))?$/i;
const EPOCH = /^\d{9,14}(?:\.\d+)?$/;

/** Numbers below are seconds since 1970, up to the year 5138; from here on they are milliseconds, from 1973. */
const FIRST_MILLISECONDS = 100_000_000_000;

/** Said in the help of commands that take times. */
export const TIMES_HELP = `
Times are ISO 8601 (2026-03-01T12:00:00Z; without a zone it is UTC), seconds or milliseconds since 1970, or how long ago
(2h, "2h ago", 1d12h; units ms s min h d w).`;

/**
 * Reads a time as people write it.
 *
 * @param text ISO 8601, seconds or milliseconds since 1970, a duration before now, or `now`
 * @param option names it in errors: `--time`
 * @returns Unix epoch milliseconds
 * @throws UsageError if it cannot be read, or lies after now
 */
export function instantOf(text: string, option: string, now: number): number {
  const time = read(text.trim(), now);
  if (time === undefined || !Number.isFinite(time)) {
    throw new UsageError(`${option} must be a time such as 2026-03-01T12:00:00Z, 1767225600 or '2h ago', got '${text}'`);
  }
  if (time > now) throw new UsageError(`${option} must not be later than now, got '${text}', which is ${new Date(time).toISOString()}`);
  if (time < 0) throw new UsageError(`${option} must not be before 1970, got '${text}'`);
  return time;
}

function read(text: string, now: number): number | undefined {
  if (text === 'now') return now;
  if (EPOCH.test(text)) return Number(text) < FIRST_MILLISECONDS ? Math.round(Number(text) * 1000) : Math.trunc(Number(text));
  if (DURATION.test(text)) return now - durationOf(text);
  const [, day, clock = '00:00', zone = 'Z'] = ISO.exec(text) ?? [];
  if (day === undefined) return undefined;
  const time = Date.parse(`${day}T${clock.replace(',', '.')}${offsetOf(zone)}`);
  // 31 February would be taken for a day in March.
  return new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day) ? time : undefined;
}

function durationOf(text: string): number {
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(new RegExp(PART, 'g'))) sum += Number(amount) * UNITS[unit!]!;
  return Math.round(sum);
}

/** `+02` and `+0200` as `+02:00`. */
function offsetOf(zone: string): string {
  return zone.toUpperCase() === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`;
}
