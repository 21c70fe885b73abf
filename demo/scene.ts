/** What a step did, as the memo client counts it; other tiers count what they have of these. */
export interface Numbers {
  readonly calls: number;
  readonly executions: number;
  readonly memoryHits: number;
  readonly tableHits: number;
  /** Calls that waited for another call's value. */
  readonly joins: number;
  /** Milliseconds. */
  readonly timeSaved: number;
}

/** One thing that a scene shows. It throws if what it claims is not so. */
export interface Step {
  readonly title: string;
  /** @returns what was seen, in a few words */
  run(): Promise<string>;
}

/** A scene that was set up; its steps run one after the other. */
export interface OpenScene {
  readonly steps: readonly Step[];
  /** All that was counted so far, in all processes. */
  numbers(): Promise<Numbers>;
  /** Ends servers and processes. Also called in the middle of a step. */
  close(): Promise<void>;
}

/** One tier at work. Each tier adds a file to demo/scenes, and its scene to the list in demo/main.ts. */
export interface Scene {
  readonly name: string;
  readonly title: string;
  open(): OpenScene;
}

/** Something was not as the demo says. */
export class ClaimError extends Error {}

/** @throws ClaimError unless it holds */
export function claim(what: string, actual: number, relation: '=' | '≤' | '≥', expected: number): void {
  const holds = relation === '=' ? actual === expected : relation === '≤' ? actual <= expected : actual >= expected;
  if (!holds) throw new ClaimError(`${what}: ${actual}, expected ${relation} ${expected}`);
}

export const NOTHING: Numbers = { calls: 0, executions: 0, memoryHits: 0, tableHits: 0, joins: 0, timeSaved: 0 };

export function sum(all: readonly Numbers[]): Numbers {
  return combine(all, (values) => values.reduce((a, b) => a + b, 0));
}

export function difference(after: Numbers, before: Numbers): Numbers {
  return combine([after, before], ([a, b]) => a - b);
}

function combine(all: readonly Numbers[], how: (values: number[]) => number): Numbers {
  const names = Object.keys(NOTHING) as (keyof Numbers)[];
  return Object.fromEntries(names.map((name) => [name, how(all.map((each) => each[name]))])) as unknown as Numbers;
}
