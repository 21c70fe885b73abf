import type { TaskOutcome } from '../run-shapes.js';

/** What is drawn for one task, or for several that are too short to be seen one by one. */
export interface Bar {
  readonly lane: number;
  /** From the left edge of all bars. */
  readonly x: number;
  readonly width: number;
  readonly outcomes: readonly TaskOutcome[];
}

export interface Bars {
  readonly bars: readonly Bar[];
  readonly lanes: number;
  /** Workers that had work and are not drawn. */
  readonly hidden: number;
}

/** More lanes are no picture. */
const MAX_LANES = 64;
/** Of all lanes. Short tasks are drawn together so that there are no more. */
const MAX_BARS = 2000;
/** The least that can be seen, in pixels. */
const MIN_WIDTH = 1.5;
/** Shorter ones are drawn together, in pixels. */
const MIN_CELL = 4;

/** @param width pixels of the whole time @param wall milliseconds of it */
export function barsOf(outcomes: readonly TaskOutcome[], width: number, wall: number): Bars {
  const started = outcomes.filter((outcome): outcome is Started => outcome.started !== undefined && outcome.worker !== undefined);
  const workers = started.reduce((most, { worker }) => Math.max(most, worker + 1), 0);
  const lanes = Math.min(workers, MAX_LANES);
  const scale = width / Math.max(wall, 1);
  const cell = Math.max(MIN_CELL, 2 * width * lanes / MAX_BARS);
  const alone: Bar[] = [];
  const together = new Map<string, Started[]>();
  for (const outcome of started) {
    if (outcome.worker >= lanes) continue;
    if (outcome.duration * scale >= cell) alone.push(barOf([outcome], scale, width));
    else {
      const place = `${outcome.worker} ${Math.floor(outcome.started * scale / cell)}`;
      const others = together.get(place);
      if (others === undefined) together.set(place, [outcome]);
      else others.push(outcome);
    }
  }
  return { bars: [...[...together.values()].map((several) => barOf(several, scale, width)), ...alone], lanes, hidden: workers - lanes };
}

type Started = TaskOutcome & Required<Pick<TaskOutcome, 'started' | 'worker'>>;

function barOf(outcomes: readonly Started[], scale: number, width: number): Bar {
  let from = Infinity;
  let to = 0;
  for (const { started, duration } of outcomes) {
    from = Math.min(from, started);
    to = Math.max(to, started + duration);
  }
  const x = Math.min(from * scale, width - MIN_WIDTH);
  return { lane: outcomes[0].worker, x, width: Math.min(Math.max((to - from) * scale, MIN_WIDTH), width - x), outcomes };
}
