// What a claim gives: figures of us, of peers and of the least that any of them could need.

/**
 * @typedef {{ name: string, role: 'ours' | 'peer' | 'limit' | 'other', value: number, low?: number, high?: number }} Figure
 * `other` is shown, not compared: the same client in another setting.
 * @typedef {{ claim: string, title: string, unit: string, better: 'lower' | 'higher', goal: number | null, figures: Figure[] }} Result
 */

/**
 * Figures from what `inTurn` gives.
 *
 * @param {Map<string, Record<string, { value: number, low: number, high: number }>>} medians
 * @param {string} figure which of the measured ones
 * @param {{ names?: Record<string, string>, limit?: string, others?: readonly string[] }} roles
 */
export function figuresOf(medians, figure, { names = {}, limit, others = [] } = {}) {
  return [...medians].map(([subject, figures]) => ({
    name: names[subject] ?? subject,
    role: subject === 'ours' ? 'ours' : subject === limit ? 'limit' : others.includes(subject) ? 'other' : 'peer',
    ...figures[figure],
  }));
}

/** The record that `--json` writes: the best peer stands for all. A peer that never answered is as good as the cap it was given. */
export function recordOf({ claim, unit, better, goal, figures }) {
  const ours = figures.find(({ role }) => role === 'ours').value;
  const limit = figures.find(({ role }) => role === 'limit');
  const peer = figures.filter(({ role, value }) => role === 'peer' && !Number.isNaN(value))
    .sort((a, b) => better === 'lower' ? a.value - b.value : b.value - a.value)[0];
  return {
    claim, unit, better,
    ours: rounded(ours),
    peer: rounded(peer?.value), peerName: peer?.name ?? null,
    limit: rounded(limit?.value), limitName: limit?.name ?? null,
    goal,
    ratio: peer === undefined ? null : rounded(ours === peer.value ? 1 : ours / peer.value),
  };
}

export function isReached({ better, goal, ours }) {
  return goal === null ? undefined : better === 'lower' ? ours <= goal : ours >= goal;
}

/** Four digits; JSON has no infinity, so what never came is null. */
function rounded(value) {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : null;
}
