import type { TaskOutcome, TaskRun, TaskStatus } from '../run-shapes.js';
import { barsOf, type Bar } from './bars.js';
import { STYLE } from './style.js';
import { cut, duration, escaped, tickText } from './text.js';

const WIDTH = 1200;
const LEFT = 88;
const RIGHT = 16;
const PLOT = WIDTH - LEFT - RIGHT;
const HEAD = 150;
const LANE = 28;
const BAR = 22;
/** Half of a tick's text, in pixels. */
const TICK_TEXT = 24;
/** Of one character of a label, in pixels. */
const CHARACTER = 6.4;
/** Failed tasks whose messages are written below. */
const SHOWN_FAILURES = 8;
/** At the most. Times that people count in, in milliseconds; larger ones are multiples of the last. */
const TICKS = 8;
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 10e3, 15e3, 30e3, 60e3, 120e3, 300e3, 600e3, 900e3, 1800e3, 3600e3];

/** From the worst on: it is what several tasks in one bar are coloured by. */
const STATUSES: readonly TaskStatus[] = ['failed', 'cancelled', 'skipped', 'ran', 'reused'];

/** An SVG picture of a run: a lane for each worker, a bar for each task. No scripts, no references, no private parameters. */
export function drawTimeline({ outcomes, summary }: Pick<TaskRun, 'outcomes' | 'summary'>): string {
  const end = outcomes.reduce((latest, { ended = 0 }) => Math.max(latest, ended), 1);
  const { bars, lanes, hidden } = barsOf(outcomes, PLOT, end);
  const notes = notesOf(outcomes, hidden);
  const bottom = HEAD + lanes * LANE;
  const height = bottom + 34 + notes.length * 18;
  const { criticalPath: path } = summary;
  const title = `${tasksText(summary.tasks)} in ${duration(summary.wall)}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="t d">`,
    `<title id="t">${escaped(title)}</title>`,
    `<desc id="d">${escaped(`${countsText(summary.counts)}; saved ${duration(summary.saved)}`)}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${height}"/>`,
    text(16, 32, title, 'title'),
    text(16, 54, `run ${cut(summary.runId, 60)} · critical path ${duration(path.duration)} through ${tasksText(path.ids.length)}`, 'note'),
    ...drawLegend(summary.counts),
    ...drawSaved(summary.busy, summary.saved),
    ...drawAxis(end, bottom),
    ...Array.from({ length: lanes }, (_, lane) => text(16, HEAD + lane * LANE + 15, `worker ${lane + 1}`, 'note')),
    ...bars.map(drawBar),
    ...notes.map((note, i) => text(16, bottom + 44 + i * 18, note, 'note')),
    '</svg>',
    '',
  ].join('\n');
}

function drawLegend(counts: Readonly<Record<TaskStatus, number>>): string[] {
  let x = 16;
  return [...STATUSES].reverse().flatMap((status) => {
    const label = `${counts[status]} ${status}`;
    const at = x;
    x += 30 + label.length * 7;
    return [`<rect class="${status}" x="${at}" y="70" width="12" height="12" rx="2"/>`, text(at + 18, 80, label, 'note')];
  });
}

/** What was worked, and what did not have to be. */
function drawSaved(busy: number, saved: number): string[] {
  const share = saved / Math.max(busy + saved, 1);
  const worked = round(PLOT * (1 - share));
  return [
    text(16, 109, 'saved', 'note'),
    `<rect class="ran" x="${LEFT}" y="96" width="${worked}" height="16"/>`,
    `<rect class="reused" x="${round(LEFT + worked)}" y="96" width="${round(PLOT - worked)}" height="16"/>`,
    text(LEFT, 128, `worked ${duration(busy)} · saved ${duration(saved)} (${Math.round(share * 100)} % of what it would have been)`, 'note'),
  ];
}

function drawAxis(end: number, bottom: number): string[] {
  const step = STEPS.find((each) => end / each <= TICKS) ?? Math.ceil(end / TICKS / STEPS.at(-1)!) * STEPS.at(-1)!;
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => {
    const x = round(LEFT + PLOT * i * step / end);
    const anchor = i === 0 ? 'start' : x > WIDTH - RIGHT - TICK_TEXT ? 'end' : 'middle';
    return `<line class="tick" x1="${x}" y1="${HEAD - 6}" x2="${x}" y2="${bottom}"/>`
      + `<text class="note" x="${x}" y="${bottom + 16}" text-anchor="${anchor}">${escaped(tickText(i * step))}</text>`;
  });
}

function drawBar({ lane, x, width, outcomes }: Bar): string {
  const status = STATUSES.find((each) => outcomes.some((outcome) => outcome.status === each))!;
  const y = HEAD + lane * LANE;
  const left = round(LEFT + x);
  const label = cut(labelOf(outcomes), Math.floor((width - 8) / CHARACTER));
  const box = `x="${left}" y="${y}" width="${round(width)}" height="${BAR}" rx="3"`;
  return `<g><title>${escaped(titleOf(outcomes))}</title><rect class="${status}" ${box}/>`
    + `${label.length > 3 ? text(round(left + 4), y + 15, label, 'label') : ''}</g>`;
}

function labelOf(outcomes: readonly TaskOutcome[]): string {
  const [{ family, status, saved }] = outcomes;
  if (outcomes.length > 1) return `${outcomes.length} tasks`;
  return status === 'reused' ? `reused: ${family}, saved ${duration(saved)}` : `${status}: ${family}`; // the status stays where it is cut
}

function titleOf(outcomes: readonly TaskOutcome[]): string {
  return outcomes.length > 1 ? titleOfMany(outcomes) : titleOfOne(outcomes[0]);
}

function titleOfMany(outcomes: readonly TaskOutcome[]): string {
  const saved = outcomes.reduce((sum, outcome) => sum + outcome.saved, 0);
  const names = outcomes.slice(0, 3).map(({ id }) => cut(id, 60)).join(', ');
  const what = `${outcomes.length} tasks: ${countsText(countsOf(outcomes))}${saved > 0 ? `; saved ${duration(saved)}` : ''}`;
  return `${what}\n${names}${outcomes.length > 3 ? ', …' : ''}`;
}

function titleOfOne({ id, status, reason, attempts, saved, params, error, duration: took }: TaskOutcome): string {
  const tries = attempts > 1 ? `, ${attempts} tries` : '';
  return [
    cut(id, 200),
    `${status}${reason ? ` (${reason})` : ''} in ${duration(took)}${tries}${saved > 0 ? `, saved ${duration(saved)}` : ''}`,
    ...(Object.keys(params).length > 0 ? [cut(JSON.stringify(params), 200)] : []),
    ...(error ? [cut(error.message, 200)] : []),
  ].join('\n');
}

function notesOf(outcomes: readonly TaskOutcome[], hidden: number): string[] {
  const failed = outcomes.filter(({ status }) => status === 'failed');
  const without = outcomes.filter(({ started }) => started === undefined);
  return [
    ...failed.slice(0, SHOWN_FAILURES).map(({ id, error }) => cut(`failed: ${error?.message ?? id}`, 170)),
    ...(failed.length > SHOWN_FAILURES ? [`and ${failed.length - SHOWN_FAILURES} more failed`] : []),
    ...(without.length > 0 ? [`never started: ${countsText(countsOf(without))}`] : []),
    ...(hidden > 0 ? [`${hidden} more workers are not shown`] : []),
  ];
}

function countsOf(outcomes: readonly TaskOutcome[]): Record<TaskStatus, number> {
  const counts: Record<TaskStatus, number> = { failed: 0, cancelled: 0, skipped: 0, ran: 0, reused: 0 };
  for (const { status } of outcomes) counts[status]++;
  return counts;
}

function tasksText(count: number): string {
  return count === 1 ? '1 task' : `${count} tasks`;
}

function countsText(counts: Readonly<Record<TaskStatus, number>>): string {
  const parts = [...STATUSES].reverse().filter((status) => counts[status] > 0).map((status) => `${counts[status]} ${status}`);
  return parts.join(', ') || 'no tasks';
}

function text(x: number, y: number, content: string, kind: 'title' | 'note' | 'label'): string {
  return `<text class="${kind}" x="${x}" y="${y}">${escaped(content)}</text>`;
}

/** Two digits are enough for a picture. */
function round(pixels: number): number {
  return Math.round(pixels * 100) / 100;
}
