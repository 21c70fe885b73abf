// Averages of one key that is kept for a while, then made anew by whoever asks next.

/** Probability that fewer than so many requests come where `mean` are to be expected (Poisson). */
export function fewerThan(count: number, mean: number): number {
  let term = Math.exp(-mean);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    sum += term;
    term *= mean / (i + 1);
  }
  return Math.min(1, sum);
}

/** Beyond so many renewals the long-run mean is as good. */
const EXACT = 60;

/**
 * How often one process asks the store for a key while an entry lasts: it asks with its first request, then answers alone for `alone` seconds,
 * and asks again with the first request after that.
 *
 * @param rate requests a second of the key in this process
 * @param lasts seconds for which the entry is there
 * @param begun whether the process begins with the entry in its memory: it has made it
 */
export function looks(rate: number, lasts: number, alone: number, begun: boolean): number {
  if (alone <= 0) return rate * lasts;
  if (lasts / alone > EXACT) return Math.max(0, lasts - (begun ? alone : 0)) / (alone + 1 / rate);
  let sum = 0;
  for (let n = 1; ; n++) {
    const left = lasts - (begun ? n : n - 1) * alone;
    if (left <= 0) return sum;
    sum += 1 - fewerThan(n, rate * left); // the n-th look comes in time if n requests do
  }
}

/**
 * Seconds for which the least recently used values of a full memory stay (Che's approximation): as many are asked for within them as there is room.
 *
 * @param rates groups of keys, each with its requests a second in this process
 */
export function residence(rates: readonly { readonly keys: number; readonly rate: number }[], room: number): number {
  const keys = rates.reduce((sum, group) => sum + group.keys, 0);
  if (keys <= room) return Infinity;
  const held = (seconds: number) => rates.reduce((sum, group) => sum + group.keys * -Math.expm1(-group.rate * seconds), 0);
  let [low, high] = [0, 1];
  while (held(high) < room && high < 1e12) high *= 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (held(middle) < room) low = middle;
    else high = middle;
  }
  return high;
}
