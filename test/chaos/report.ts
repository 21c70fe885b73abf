import Table from 'cli-table3';
import type { TierReport } from './chaos';
import type { ChaosOptions } from './options';

/** For machines. */
export function asJson({ seed, seconds }: ChaosOptions, reports: readonly TierReport[]) {
  return { ok: brokenOf(reports).length === 0, seed, seconds, tiers: reports };
}

/** For people: what was done to each tier, and what came of it. */
export function asTables(reports: readonly TierReport[]): string {
  const faults = newTable(['tier', 'fault', 'met']);
  const answers = newTable(['tier', 'operation or answer', 'times']);
  const invariants = newTable(['tier', 'invariant', 'checked', 'broken']);
  for (const { tier, faults: met, operations, answers: given, invariants: kept } of reports) {
    faults.push(...rows(tier, Object.entries(met)));
    answers.push(...rows(tier, Object.entries(operations)));
    answers.push(...rows(tier, Object.entries(given).map(([answer, times]) => [`→ ${shortened(answer)}`, times])));
    invariants.push(...kept.map(({ invariant, checked, broken }) => [tier, invariant, grouped(checked), grouped(broken)]));
  }
  const took = reports.map((report) => {
    const phases = Object.entries(report.took).map(([phase, seconds]) => `${phase} ${seconds} s`);
    return `${report.tier}: ${phases.join(', ')}`;
  });
  return [...[faults, answers, invariants].map(String), ...took].join('\n');
}

/** A line for each broken invariant, and examples below it. */
export function brokenOf(reports: readonly TierReport[]): string[] {
  return reports.flatMap(({ tier, invariants }) => invariants.filter(({ broken }) => broken > 0).map(({ invariant, checked, broken, examples }) =>
    [`not ok ${tier}: ${invariant} (${broken} of ${checked})`, ...examples.map((example) => `  ${example.replace(/\n/g, '\n  ')}`)].join('\n')));
}

/** What repeats the run. */
export function commandOf({ seconds, seed, tiers }: ChaosOptions): string {
  return ['npm run chaos --', `--seconds ${seconds}`, `--seed ${seed}`, ...tiers.map((tier) => `--tier ${tier}`)].join(' ');
}

function newTable(head: readonly string[]) {
  const { isTTY } = process.stdout;
  const colAligns = head.map((title) => ['met', 'times', 'checked', 'broken'].includes(title) ? 'right' as const : 'left' as const);
  return new Table({ head: [...head], colAligns, style: { compact: true, head: isTTY ? ['bold'] : [], border: isTTY ? ['grey'] : [] } });
}

const rows = (tier: string, entries: readonly (readonly [string, number])[]) => entries.map(([name, times]) => [tier, name, grouped(times)]);
const grouped = (value: number): string => value.toLocaleString('en-US');
const shortened = (text: string): string => text.length > 80 ? `${text.slice(0, 79)}…` : text;
