import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { matchesName } from '../../../lib/contract/tasks.js';
import { show } from '../../errors.js';
import { systemClock, type Clock } from '../../resilience/clock.js';
import { milliseconds, type Duration } from '../../resilience/duration.js';
import type { KnownInstance } from '../definition/instance.js';
import { invalid } from '../errors.js';
import type { RunnerEvent } from './events.js';
import type { TaskRunnerOptions } from './options.js';

/** Timers end at 24 days. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** A runner's options, checked, with defaults. Times are milliseconds. */
export interface RunnerSettings {
  readonly workers: number;
  readonly runId: string;
  /** Absolute. */
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly strict: boolean;
  readonly force: Forced;
  readonly lease: boolean;
  readonly continueOnFailure: boolean;
  readonly grace: number;
  readonly storageTimeout: number;
  readonly temporary: string;
  readonly producer: Readonly<Record<string, string>>;
  readonly onEvent?: (event: RunnerEvent) => void;
  readonly signal?: AbortSignal;
  readonly clock: Clock;
}

/** Whether a task is to run although a result of it is there. */
export type Forced = (task: Pick<KnownInstance, 'id' | 'family'>) => boolean;

/** @throws InvalidArgumentError `E_TASK_OPTION`, `E_DURATION` that names the option */
export function settingsOf(options: TaskRunnerOptions): RunnerSettings {
  return {
    workers: workersOf(options.workers ?? 8),
    runId: text('runId', options.runId ?? randomUUID()),
    root: resolve(text('root', options.root ?? process.cwd())),
    env: options.env ?? process.env,
    strict: flag('strict', options.strict ?? false),
    force: forcedBy(options.force),
    lease: flag('lease', options.lease ?? false),
    continueOnFailure: flag('continueOnFailure', options.continueOnFailure ?? true),
    grace: time('grace', options.grace ?? '5s', 0),
    storageTimeout: time('storageTimeout', options.storageTimeout ?? '30s', 1),
    temporary: resolve(text('temporary', options.temporary ?? tmpdir())),
    producer: producerOf(options.producer ?? {}),
    onEvent: functionOf('onEvent', options.onEvent),
    signal: signalOf(options.signal),
    clock: options.clock ?? systemClock,
  };
}

/** @throws InvalidArgumentError `E_TASK_OPTION` */
export function forcedBy(force: TaskRunnerOptions['force'] = false): Forced {
  if (typeof force === 'boolean') return () => force;
  if (!Array.isArray(force) || !force.every((pattern) => typeof pattern === 'string')) {
    throw invalid(`force must be true, false or a list of names of families or ids, got ${show(force)}`);
  }
  return ({ id, family }) => force.some((pattern: string) => matchesName(pattern, family) || matchesName(pattern, id));
}

/** @throws InvalidArgumentError `E_TASK_OPTION` */
export function signalOf(signal: AbortSignal | undefined): AbortSignal | undefined {
  if (signal === undefined || typeof signal?.throwIfAborted === 'function') return signal; // perhaps of another realm
  throw invalid(`signal must be an AbortSignal, got ${show(signal)}`);
}

/** @throws InvalidArgumentError `E_TASK_OPTION` */
export function functionOf<F>(name: string, value: F): F {
  if (value === undefined || typeof value === 'function') return value;
  throw invalid(`${name} must be a function, got ${show(value)}`);
}

function workersOf(workers: number): number {
  if (Number.isSafeInteger(workers) && workers >= 1 && workers <= 10_000) return workers;
  throw invalid(`workers must be a whole number from 1 to 10000, got ${show(workers)}`);
}

function producerOf(producer: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const isRecord = typeof producer === 'object' && producer !== null && !Array.isArray(producer);
  if (isRecord && Object.values(producer).every((value) => typeof value === 'string')) return { ...producer };
  throw invalid(`producer must be an object of strings, got ${show(producer)}`);
}

function text(name: string, value: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw invalid(`${name} must be a string with something in it, got ${show(value)}`);
}

function flag(name: string, value: boolean): boolean {
  if (typeof value === 'boolean') return value;
  throw invalid(`${name} must be true or false, got ${show(value)}`);
}

function time(name: string, value: Duration, least: number): number {
  const length = milliseconds(name, value);
  if (length >= least && length <= MAX_TIMEOUT) return length;
  throw invalid(`${name} must be from ${least} ms to 24 days, got ${show(value)}`);
}
