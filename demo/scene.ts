/** What a step did, as its tier counts it, by the name of what is counted. */
export type Numbers = Readonly<Record<string, number>>;

/** A column of the table of a scene's numbers. */
export interface Column {
  /** Name of what is counted. */
  readonly of: string;
  readonly title: string;
  /** @default - the number */
  show?(value: number): string;
}

/** Something that is better seen than told. */
export interface Exhibit {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What a step saw: in a few words, and maybe a table that is printed at the end. */
export type Seen = string | { readonly words: string; readonly exhibit: Exhibit };

/** One thing that a scene shows. It throws if what it claims is not so. */
export interface Step {
  readonly title: string;
  run(): Promise<Seen>;
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
  readonly columns: readonly Column[];
  open(): OpenScene;
}

/** Something was not as the demo says. */
export class ClaimError extends Error {}

/** @throws ClaimError unless it holds */
export function claim(what: string, actual: number, relation: '=' | '≤' | '≥', expected: number): void {
  const holds = relation === '=' ? actual === expected : relation === '≤' ? actual <= expected : actual >= expected;
  if (!holds) throw new ClaimError(`${what}: ${actual}, expected ${relation} ${expected}`);
}

export const NOTHING: Numbers = {};

export function sum<N extends Numbers>(all: readonly N[]): N {
  const total: Record<string, number> = {};
  for (const numbers of all) for (const [name, value] of Object.entries(numbers)) total[name] = (total[name] ?? 0) + value;
  return total as N;
}

export function difference(after: Numbers, before: Numbers): Numbers {
  return Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]));
}
