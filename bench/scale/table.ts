// What a person reads: a table a tier, as Markdown, so that the docs show what the command prints.
import { over, share, tightest, type Estimate, type Workload } from './estimate.js';

const SCALES = [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k']] as const;

/** Three digits at the most: nobody should believe more. */
export function short(value: number): string {
  const [factor, letter] = SCALES.find(([least]) => value >= least) ?? [1, ''];
  const scaled = value / factor;
  if (scaled > 0 && scaled < 0.01) return '<0.01';
  return `${Number(scaled.toPrecision(scaled >= 100 ? 3 : 2))}${letter === '' ? '' : ` ${letter}`}`;
}

export function percent(value: number): string {
  const percents = value * 100;
  if (percents > 0 && percents < 0.1) return '<0.1 %';
  return `${percents >= 1_000 ? short(percents) : Number(percents.toPrecision(percents >= 10 ? 3 : 2))} %`;
}

export function tableOf(estimates: readonly Estimate[]): string {
  const layers = Object.keys(estimates[0]!.layers);
  const hasIndex = estimates.some(({ indexMemory }) => indexMemory !== undefined);
  const hasEvents = estimates.some(({ events }) => events !== undefined);
  const head = [
    'requests/s', 'processes', ...layers, 'reads/s', 'writes/s', 'hottest partition',
    ...hasIndex ? ['index, bytes'] : [], ...hasEvents ? ['events/s'] : [], 'USD/month', 'nearest limit',
  ];
  const rows = estimates.map((each) => {
    const nearest = tightest(each.uses);
    return [
      short(each.requests), short(each.processes), ...layers.map((layer) => percent(each.layers[layer]!)),
      short(each.reads), short(each.writes), percent(share(each.hottest)),
      ...hasIndex ? [short(each.indexMemory ?? 0)] : [], ...hasEvents ? [short(each.events ?? 0)] : [],
      short(each.usdPerMonth), `${share(nearest) > 1 ? '**over** ' : ''}${nearest.what}: ${percent(share(nearest))}`,
    ];
  });
  return [head, head.map((_, i) => i < head.length - 1 ? '---:' : '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Which limits are exceeded, from which rate on, and what to do: the first one first. */
export function breaksOf(estimates: readonly Estimate[]): string {
  const first = new Map<string, string>();
  for (const { requests, uses } of estimates) {
    for (const { what, load, limit, unit, then } of over(uses)) {
      if (!first.has(what)) first.set(what, `- at ${short(requests)}/s: ${what}, ${short(load)} of ${short(limit)} ${unit}. Then: ${then}.`);
    }
  }
  return first.size > 0 ? [...first.values()].join('\n') : '- nothing, up to here.';
}

export function workloadOf(work: Workload): string {
  return Object.entries(work).map(([name, value]) => `${name} ${value}`).join(', ');
}
