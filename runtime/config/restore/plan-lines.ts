import type { RestorePlan } from './plan.js';

/** Of the first line, so that a file is known for what it is. */
export const PLAN_FORMAT = 'cache-tiers-restore-plan';

/**
 * A plan as lines of JSON: a header, the steps, and an end that says how many they are. Made as they are read, so a plan of any
 * length takes little memory.
 */
export async function* planLines({ header, steps }: RestorePlan): AsyncGenerator<string, void, undefined> {
  yield `${JSON.stringify({ format: PLAN_FORMAT, ...header })}\n`;
  let count = 0;
  for await (const step of steps) {
    count += 1;
    yield `${JSON.stringify(step)}\n`;
  }
  yield `${JSON.stringify({ end: true, steps: count })}\n`;
}
