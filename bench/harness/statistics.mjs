export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function shuffled(values) {
  const copy = [...values];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy;
}

/**
 * Measures every subject once a round, in an order of its own each round, so that a busy moment of the machine hits all alike.
 *
 * @param {readonly string[]} subjects
 * @param {(subject: string) => Promise<Record<string, number>>} take
 * @returns {Promise<Map<string, Record<string, { value: number, low: number, high: number }>>>} medians and ranges by subject and figure
 */
export async function inTurn(subjects, rounds, take) {
  const samples = new Map(subjects.map((subject) => [subject, []]));
  for (let round = 0; round < rounds; round++) {
    for (const subject of shuffled(subjects)) samples.get(subject).push(await take(subject));
  }
  return new Map([...samples].map(([subject, taken]) => [subject, summary(taken)]));
}

/** What `inTurn` gives, less what one of the subjects needs: bare Node, for processes that do something in it. That subject is no longer in it. */
export function beyond(medians, subject) {
  const least = medians.get(subject);
  const less = ({ value, low, high }, { value: base }) => ({ value: value - base, low: low - base, high: high - base });
  return new Map([...medians].filter(([name]) => name !== subject).map(([name, figures]) =>
    [name, Object.fromEntries(Object.entries(figures).map(([figure, taken]) => [figure, less(taken, least[figure])]))]));
}

export function summary(samples) {
  return Object.fromEntries(Object.keys(samples[0]).map((figure) => {
    const values = samples.map((sample) => sample[figure]);
    return [figure, { value: median(values), low: Math.min(...values), high: Math.max(...values) }];
  }));
}
