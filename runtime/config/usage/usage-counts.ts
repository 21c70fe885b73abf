import { isRecord } from '../is-record.js';

/** Upper ends of the buckets of durations, in milliseconds; the last bucket has no end. */
export const DURATION_BUCKETS = [10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000] as const;

/** How often a command ended so, and how often it took how long: one number for each of `DURATION_BUCKETS`, and one for longer. */
export interface UsageCount {
  readonly count: number;
  readonly durations: readonly number[];
}

/** By command, then by outcome. */
export type UsageCounts = Readonly<Record<string, Readonly<Record<string, UsageCount>>>>;

/** What the file of counts says. */
export interface UsageContent {
  /** When counting began, in Unix epoch milliseconds. */
  readonly since: number;
  /** When a report was tried last, in Unix epoch milliseconds. */
  readonly reported?: number;
  readonly counts: UsageCounts;
}

/** Only words from the program's own list are counted by name: nothing that a user types can look like them and be many. */
const COMMAND = /^[a-z][a-z-]{0,19}(?: [a-z][a-z-]{0,19}){0,2}$/;
const OUTCOME = /^[A-Za-z][A-Za-z0-9_]{0,39}$/;
const OTHER = 'other';
const MAX_COMMANDS = 64;
const MAX_OUTCOMES = 16;
const BUCKETS = DURATION_BUCKETS.length + 1;

export function emptyUsage(since: number, reported?: number): UsageContent {
  return { since, counts: {}, ...(reported === undefined ? {} : { reported }) };
}

/** One more. What does not look like a command or an outcome, or would be one too many, is counted as `other`. */
export function withOne(counts: UsageCounts, command: string, outcome: string, milliseconds: number): UsageCounts {
  const durations = Array.from({ length: BUCKETS }, () => 0);
  const bucket = DURATION_BUCKETS.findIndex((end) => milliseconds <= end);
  durations[bucket < 0 ? BUCKETS - 1 : bucket] = 1;
  return merged(counts, { [command]: { [outcome]: { count: 1, durations } } });
}

/** The sum of both. */
export function merged(one: UsageCounts, other: UsageCounts): UsageCounts {
  const sum = new Map(Object.entries(one).map(([command, outcomes]) => [command, new Map(Object.entries(outcomes))]));
  for (const [name, outcomes] of Object.entries(other)) {
    const command = keyFor(sum, name, COMMAND, MAX_COMMANDS);
    const found = sum.get(command) ?? new Map<string, UsageCount>();
    sum.set(command, found);
    for (const [outcomeName, { count, durations }] of Object.entries(outcomes)) {
      const outcome = keyFor(found, outcomeName, OUTCOME, MAX_OUTCOMES);
      const before = found.get(outcome);
      found.set(outcome, {
        count: (before?.count ?? 0) + count,
        durations: durations.map((duration, index) => duration + (before?.durations[index] ?? 0)),
      });
    }
  }
  return Object.fromEntries([...sum].map(([command, outcomes]) => [command, Object.fromEntries(outcomes)]));
}

/** A later time has no date. */
const LAST_TIME = 8.64e15;

/** Reads any bytes; what is no count is left out. @returns undefined if it is something else altogether */
export function decodeUsage(bytes: Buffer): UsageContent | undefined {
  let found: unknown;
  try { found = JSON.parse(bytes.toString()); } catch { return undefined; }
  if (!isRecord(found) || !isNumber(found.since) || found.since > LAST_TIME || !isRecord(found.counts)) return undefined;
  const counts = Object.entries(found.counts).map(([command, outcomes]) => [command, isRecord(outcomes) ? countsOf(outcomes) : {}] as const);
  return { ...emptyUsage(found.since, isNumber(found.reported) ? found.reported : undefined), counts: merged({}, Object.fromEntries(counts)) };
}

function countsOf(outcomes: Record<string, unknown>): Record<string, UsageCount> {
  return Object.fromEntries(Object.entries(outcomes).flatMap(([outcome, value]) => isCount(value) ? [[outcome, value]] : []));
}

function isCount(value: unknown): value is UsageCount {
  return isRecord(value) && isNumber(value.count) && Array.isArray(value.durations) && value.durations.length === BUCKETS
    && value.durations.every(isNumber);
}

function keyFor(known: ReadonlyMap<string, unknown>, name: string, shape: RegExp, max: number): string {
  return known.has(name) || (shape.test(name) && known.size < max - 1) ? name : OTHER;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
