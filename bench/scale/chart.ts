// A picture a tier, both axes logarithmic: load and cost above, how much of each limit is used below.
import { CURVES, curve, line, picture, text } from '../pictures/svg.js';
import { share, type Estimate } from './estimate.js';
import { short } from './table.js';

const [WIDTH, LEFT, PLOT, LEGEND] = [860, 60, 500, 580];
const [TOP, HEIGHT, GAP, FOOT] = [46, 210, 64, 34];

interface Series {
  readonly name: string;
  readonly values: readonly number[];
}

interface Panel {
  readonly title: string;
  readonly series: readonly Series[];
  readonly low: number;
  readonly high: number;
  readonly label: (value: number) => string;
}

/** @param estimates from the lowest rate to the highest */
export function chartOf(title: string, request: string, estimates: readonly Estimate[], caption: string): string {
  const rates = estimates.map(({ requests }) => requests);
  const of = (name: string, value: (estimate: Estimate) => number): Series => ({ name, values: estimates.map(value) });
  const load: Panel = {
    title: 'load and cost', low: 1e-2, high: 1e7, label: (value) => short(value),
    series: [of('reads/s', ({ reads }) => reads), of('writes/s', ({ writes }) => writes), of('USD/month', ({ usdPerMonth }) => usdPerMonth),
      of('processes', ({ processes }) => processes)],
  };
  const limits: Panel = {
    title: 'share of each limit', low: 1e-4, high: 1e3, label: (value) => `${short(value * 100)} %`,
    series: estimates[0]!.uses.map(({ what }, i) => of(what, ({ uses }) => share(uses[i]!))),
  };
  const second = TOP + HEIGHT + GAP;
  const height = second + HEIGHT + FOOT + 36;
  return picture(`${title}: load, cost and limits from ${short(rates[0]!)} to ${short(rates.at(-1)!)} requests a second`, WIDTH, height, [
    text(16, 24, `${title}, by ${request} a second`, { bold: true }),
    ...panel(load, rates, TOP), ...panel(limits, rates, second),
    text(16, height - 14, caption, { soft: true, size: 12 }),
  ]);
}

function panel({ title, series, low, high, label }: Panel, rates: readonly number[], top: number): string[] {
  if (series.length > CURVES) throw new Error(`a picture has ${CURVES} colours, not ${series.length}: add some, or leave out a limit`);
  const [least, most] = [rates[0]!, rates.at(-1)!];
  const x = (rate: number) => LEFT + Math.log(rate / least) / Math.log(most / least) * PLOT;
  const y = (value: number) => top + HEIGHT - Math.log(Math.min(high, Math.max(low, value)) / low) / Math.log(high / low) * HEIGHT;
  const parts = [text(LEFT, top - 6, title, { soft: true })];
  for (let value = low; value <= high * 1.01; value *= 10) {
    parts.push(line(Math.abs(value - 1) < 0.5 && title.startsWith('share') ? 'goal' : 'grid', LEFT, y(value), LEFT + PLOT, y(value)));
    parts.push(text(LEFT - 6, y(value) + 4, label(value), { anchor: 'end', soft: true, size: 11 }));
  }
  for (let rate = least; rate <= most * 1.01; rate *= 10) {
    parts.push(line('grid', x(rate), top, x(rate), top + HEIGHT));
    parts.push(text(x(rate), top + HEIGHT + 16, short(rate), { anchor: 'middle', soft: true, size: 11 }));
  }
  series.forEach(({ name, values }, color) => {
    parts.push(curve(color, values.map((value, i) => [x(rates[i]!), y(value)] as const)));
    parts.push(curve(color, [[LEGEND, top + 12 + color * 20], [LEGEND + 20, top + 12 + color * 20]]));
    parts.push(text(LEGEND + 28, top + 16 + color * 20, name, { size: 12 }));
  });
  return parts;
}
