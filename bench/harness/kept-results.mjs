// Results that are kept beside the bench, one file a claim, so that anyone can draw its picture again.
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '..', 'results');

/** JSON has neither infinity nor `NaN`: what never came, and what came wrong. */
const named = (value) => value === Infinity ? 'never' : Number.isNaN(value) ? 'error' : Number(value.toPrecision(4));

/** How busy the machine is: the mean number of processes that wanted a processor in the last minute. */
export const load = () => Number(loadavg()[0].toFixed(1));

/**
 * @param {string} claim
 * @param {import('./result.mjs').Result[]} results
 * @param {{ quick: boolean, load: [number, number] }} run
 */
export function keep(claim, results, { quick, load }) {
  const kept = {
    claim,
    date: new Date().toISOString().slice(0, 10),
    command: `npm run bench -- ${claim} --keep${quick ? ' --quick' : ''}`,
    node: process.version,
    processors: availableParallelism(),
    load: [Math.min(...load), Math.max(...load)],
    quick,
    results: results.map(({ figures, ...result }) => ({
      ...result,
      goal: result.goal === null ? null : named(result.goal),
      figures: figures.map(({ name, role, value }) => ({ name, role, value: named(value) })),
    })),
  };
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${claim}.json`), `${JSON.stringify(kept, undefined, 2)}\n`);
}
