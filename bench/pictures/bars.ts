// One picture of a claim's kept result: bars of us, of peers and of the least that anybody could need. All its text comes from the result.
import { box, line, picture, text } from './svg.js';

/** `never` and `error` have no bar. */
export type Value = number | 'never' | 'error';

export interface KeptFigure {
  readonly name: string;
  /** `other`: shown, and compared with nobody. */
  readonly role: 'ours' | 'peer' | 'limit' | 'other';
  readonly value: Value;
}

export interface KeptResult {
  readonly claim: string;
  readonly title: string;
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  readonly goal: Value | null;
  readonly figures: readonly KeptFigure[];
}

/** A file of `results/`. */
export interface KeptRun {
  readonly claim: string;
  readonly date: string;
  readonly command: string;
  readonly node: string;
  readonly processors: number;
  /** How busy the machine was before and after, the lower first. */
  readonly load: readonly [number, number];
  readonly quick: boolean;
  readonly results: readonly KeptResult[];
}

const [WIDTH, MARGIN, NAMES, VALUES] = [820, 16, 270, 96];
const [ROW, BAR, HEAD, GAP] = [22, 14, 34, 14];
const FULL = WIDTH - 2 * MARGIN - NAMES - VALUES;
/** A bar that cannot be seen would look like nothing at all. */
const LEAST = 1.5;
/** Room for a figure. */
const LABEL = 50;
const [CAPTION, FOOT] = [17, 12];

/** @param only the ends of names of results that are drawn, `cpu-1`; all without */
export function barsOf(run: KeptRun, only?: readonly string[]): string {
  const wanted = only?.map((end) => `${run.claim}/${end}`);
  const missing = wanted?.find((name) => run.results.every(({ claim }) => claim !== name));
  if (missing !== undefined) throw new Error(`results/${run.claim}.json has no result ${JSON.stringify(missing)}: mend pictures/chosen.ts`);
  const results = run.results.filter(({ claim }) => wanted === undefined || wanted.includes(claim));
  const parts: string[] = [];
  let y = MARGIN;
  for (const result of results) {
    parts.push(...panel(result, y));
    y += HEAD + result.figures.length * ROW + GAP;
  }
  const caption = captionOf(run);
  caption.forEach((part, i) => parts.push(text(MARGIN, y + 10 + i * CAPTION, part, { soft: true, size: 12 })));
  return picture(`${run.claim}: ${results.map(({ title }) => title).join('; ')}`, WIDTH, y + caption.length * CAPTION + FOOT, parts);
}

/** What has to be said with each figure. */
export function captionOf({ date, command, node, processors, load: [least, most], quick }: KeptRun): string[] {
  const load = `load ${least === most ? least : `${least} to ${most}`}${most > processors ? ', a busy machine' : ''}`;
  return [
    `${date}, Node ${node}, ${processors} ${processors === 1 ? 'processor' : 'processors'}, ${load}.`,
    quick ? 'Quick: one round, a look and not a measurement. Compare ratios within the picture.' : 'Medians of several rounds.',
    command,
  ];
}

function panel({ title, unit, better, goal, figures }: KeptResult, top: number): string[] {
  const finite = figures.map(({ value }) => value).filter((value) => typeof value === 'number');
  const largest = Math.max(...finite, typeof goal === 'number' ? goal : 0);
  const scale = (value: number) => value <= 0 ? 0 : Math.max(LEAST, value / largest * FULL);
  const left = MARGIN + NAMES;
  const goalText = goal === null ? '' : `, goal ${better === 'lower' ? '≤' : '≥'} ${shown(goal)}`;
  const parts = [
    text(MARGIN, top + 14, title, { bold: true }),
    text(WIDTH - MARGIN, top + 14, `${unit}, ${better} is better${goalText}`, { anchor: 'end', soft: true }),
  ];
  const mark = typeof goal === 'number' ? left + scale(goal) : -Infinity;
  sorted(figures, better).forEach(({ name, role, value }, i) => {
    const y = top + HEAD - 8 + i * ROW;
    const end = typeof value === 'number' ? left + scale(value) : left;
    const label = end < mark && mark < end + LABEL ? mark : end; // the goal's line crosses no figure
    parts.push(
      text(left - 8, y + 12, role === 'limit' ? `${name} (limit)` : name, { anchor: 'end', bold: role === 'ours' }),
      typeof value === 'number' ? box(role, left, y, end - left, BAR) : '',
      text(label + 6, y + 12, shown(value), { bold: role === 'ours' }),
    );
  });
  if (mark > 0) parts.push(line('goal', mark, top + HEAD - 12, mark, top + HEAD - 10 + figures.length * ROW));
  return parts;
}

/** As many digits as are kept. */
function shown(value: Value): string {
  return typeof value === 'number' ? value.toLocaleString('en-US', { maximumSignificantDigits: 4 }) : value;
}

/** The best first; what has no figure last. */
function sorted(figures: readonly KeptFigure[], better: 'lower' | 'higher'): KeptFigure[] {
  const rank = ({ value }: KeptFigure) => typeof value !== 'number' ? Infinity : better === 'lower' ? value : -value;
  return [...figures].sort((a, b) => rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0);
}
