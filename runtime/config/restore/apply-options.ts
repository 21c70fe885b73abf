import { InvalidArgumentError, show } from '../../errors.js';
import type { RestoreProgress } from './outcome.js';

export const CONCURRENCY = 16;
const MAX_CONCURRENCY = 1_000;
/** Longest time that a timer takes, in milliseconds. */
const MAX_TIME = 2 ** 31 - 1;

export interface ApplyOptions {
  /** Ends it, between two calls: then its reason is thrown. Applying the same plan again goes on from there. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RestoreProgress) => void;
  /**
   * Where a parameter has a hundred versions and the oldest has a label, AWS takes no more: `keep` reports that, `remove` takes the label off.
   * @default keep
   */
  readonly oldestLabels?: 'keep' | 'remove';
  /** Calls of Parameter Store a second to begin with; the pace finds out by itself what AWS bears. @default - 20 reads, 3 writes */
  readonly pace?: { readonly reads?: number; readonly writes?: number };
  /** Steps at once, up to 1,000. @default 16 */
  readonly concurrency?: number;
  /** Milliseconds that AWS may refuse to create a name after its deletion; so long it is tried. @default 60000 */
  readonly recreateWithin?: number;
  /** Milliseconds before something that was refused, or whose answer was lost, is looked at again. @default 1000 */
  readonly lookAgainAfter?: number;
}

/**
 * A pace or a number that is none would let everything go at once, or nothing ever.
 *
 * @throws InvalidArgumentError `E_CONFIG_RESTORE_OPTION`
 */
export function checkOptions(
  { pace = {}, concurrency = CONCURRENCY, oldestLabels = 'keep', recreateWithin = 0, lookAgainAfter = 0 }: ApplyOptions,
): void {
  if (!Number.isSafeInteger(concurrency) || concurrency < 1 || concurrency > MAX_CONCURRENCY) {
    throw wrong('concurrency', `a whole number from 1 to ${MAX_CONCURRENCY}`, concurrency);
  }
  for (const [kind, rate] of Object.entries(pace)) {
    if (rate !== undefined && !(rate > 0 && rate < Infinity)) throw wrong(`pace.${kind}`, 'calls a second, more than 0', rate);
  }
  for (const [option, time] of Object.entries({ recreateWithin, lookAgainAfter })) {
    if (!(time >= 0 && time <= MAX_TIME)) throw wrong(option, 'milliseconds, 0 or more', time);
  }
  if (oldestLabels !== 'keep' && oldestLabels !== 'remove') throw wrong('oldestLabels', '"keep" or "remove"', oldestLabels);
}

const wrong = (option: string, must: string, value: unknown): InvalidArgumentError =>
  new InvalidArgumentError('E_CONFIG_RESTORE_OPTION', `${option} must be ${must}, got ${show(value)}`);
