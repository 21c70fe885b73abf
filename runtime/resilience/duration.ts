import { InvalidArgumentError } from '../errors.js';

/** Milliseconds, or a number with a unit: `'500ms'`, `'30s'`, `'5m'`, `'1h'`, `'7d'`. Never bare seconds. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Milliseconds of a duration.
 *
 * @param option the option's name, for the error
 * @throws InvalidArgumentError `E_DURATION` if it is not a duration of zero or more
 */
export function milliseconds(option: string, value: Duration): number {
  if (typeof value === 'number' && value >= 0) return value;
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(value) : null;
  if (match) return Number(match[1]) * UNITS[match[2]];
  throw new InvalidArgumentError('E_DURATION',
    `${option} must be milliseconds or a number with a unit such as '30s' or '5m', got ${typeof value === 'string' ? `'${value}'` : String(value)}`);
}
