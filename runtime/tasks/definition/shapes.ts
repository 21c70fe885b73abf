import type { TaskKind } from '../../../lib/contract/tasks.js';
import type { Duration } from '../../resilience/duration.js';
import type { ParamArguments, ParamSpecs, ParamValues } from './params.js';

export type { TaskKind };

/**
 * How long a result may be reused:
 * - `never`: it is not stored
 * - `run`: within one run, also by the processes that share its `runId`
 * - `{ ttl }`: so long, from when it was made
 * - `forever`: as long as its key stays the same
 * - `{ epoch }`: until somebody begins a new epoch of that name
 */
export type TaskPolicy = 'never' | 'run' | 'forever' | { readonly ttl: Duration } | { readonly epoch: string };

/** What a trigger may say: nothing of it is reused. */
export type TriggerPolicy = 'never';

/**
 * Something beside the parameters that the result depends on: files, read when the key is made, or any data.
 * A function is called when the key is made.
 */
export type TaskInput = FilesInput | DataInput;

/** Made by `files('templates/*.yaml')`: contents and relative paths of the files that match, in order. */
export interface FilesInput {
  readonly kind: 'files';
  /** Relative to the runner's `root`; `*` within a name, `**` for folders. */
  readonly patterns: readonly string[];
}

/** Made by `data(value)`: any structured-cloneable value. */
export interface DataInput {
  readonly kind: 'data';
  readonly value: unknown;
}

/** A result as others see it. */
export interface TaskResult<V = unknown> {
  readonly value: V;
  /** Its files, if it has any. */
  readonly files: ResultFiles;
}

/**
 * Files of a result. They are fetched when they are asked for. A task that asks for those of one that it requires, and cannot have them, is run again
 * once that one was.
 */
export interface ResultFiles {
  /** Relative paths, with `/`. */
  readonly paths: readonly string[];
  /** A file's content. @throws TaskError `E_TASK_DAMAGED` if it is not to be had any more */
  read(path: string): Promise<Uint8Array>;
  /** Copies one file, or all of them, below a folder; returns its path. @throws as `read` */
  copy(folder: string, path?: string): Promise<string>;
}

/** Where `run` puts the files that belong to its result: all of them are taken when it returns, none if it throws. */
export interface TaskOutput {
  /** The absolute path of a file with this relative path; folders on the way are made. */
  path(relative: string): string;
}

/** Tasks that a task requires, by the name that it calls them by: one, or a list. */
export type Requirements = Readonly<Record<string, TaskInstance<unknown> | readonly TaskInstance<unknown>[]>>;

export type ResultsOf<R> = { readonly [N in keyof R]: R[N] extends TaskInstance<infer V> ? TaskResult<V>
  : R[N] extends readonly TaskInstance<infer V>[] ? readonly TaskResult<V>[] : never };

/** What `run` and `verify` are given. */
export interface TaskContext<P, R> {
  readonly params: P;
  readonly requires: ResultsOf<R>;
  /** Aborts when the run is stopped or the task takes longer than it may. */
  readonly signal: AbortSignal;
  /** 1 for the first. */
  readonly attempt: number;
  /** Says how far it is: a number from 0 to 1, a text, or both. */
  progress(share: number | undefined, note?: string): void;
}

export interface RunContext<P, R> extends TaskContext<P, R> {
  readonly output: TaskOutput;
}

export interface VerifyContext<P, R, V> extends TaskContext<P, R> {
  readonly value: V;
  readonly files: ResultFiles;
}

interface Common<P extends ParamSpecs, R extends Requirements, V> {
  /** The task's name: letters, digits, `_`, `.` and `-`, 100 at most, the first one a letter, a digit or `_`. One family has one definition. */
  readonly family: string;
  /** Every parameter is declared: one that is not is an error. @default - none */
  readonly params?: P;
  /**
   * Tasks whose results this one needs, by name. They are run before it, and their results are part of its key. Of the same parameters it has to
   * make the same tasks. Stands before `run`, whose `requires` has its type from here.
   */
  readonly requires?: (params: ParamValues<P>) => R;
  /** What else the result depends on, by name. A function is called when the key is made. */
  readonly inputs?: Readonly<Record<string, TaskInput>> | ((params: ParamValues<P>) => Readonly<Record<string, TaskInput>>);
  /** Environment variables that the result depends on. One that is not set is another value than an empty one. */
  readonly env?: readonly string[];
  /** Changes when the code changes what it makes. @default '1' */
  readonly version?: string;
  /** Among those that can run, the higher is first. @default 0 */
  readonly priority?: number;
  /** How often it is tried after a failure. @default 0 */
  readonly retries?: number;
  /** Wait before the second try, doubled for each further one, at most 5 minutes; how long it is up to that, chance decides. @default '1s' */
  readonly retryDelay?: Duration;
  /** Longest that one try may take. @default - no limit */
  readonly timeout?: Duration;
  /** Does it. What it returns is the value, which must be data that JSON keeps; it may be undefined. */
  run(context: RunContext<ParamValues<P>, R>): V | Promise<V>;
}

/** A task that finds something out. Its result may be reused. */
export interface ReadTaskDefinition<P extends ParamSpecs, R extends Requirements, V> extends Common<P, R, V> {
  readonly kind: 'read';
  readonly policy: TaskPolicy;
  readonly verify?: undefined;
}

/** A task that brings something about. Its result may be reused, and looked after. */
export interface EnsureTaskDefinition<P extends ParamSpecs, R extends Requirements, V, W = V> extends Common<P, R, V> {
  readonly kind: 'ensure';
  readonly policy: TaskPolicy;
  /**
   * Looks whether what was brought about still holds. Where it returns false, or throws, the task runs again. Where it uses `value`, it stands
   * after `run`, which that has its type from.
   * @default - a result that is valid is believed
   */
  verify?(context: VerifyContext<ParamValues<P>, R, W>): boolean | Promise<boolean>;
}

/** A task that is run each time. */
export interface TriggerTaskDefinition<P extends ParamSpecs, R extends Requirements, V> extends Common<P, R, V> {
  readonly kind: 'trigger';
  readonly policy?: TriggerPolicy;
  readonly verify?: undefined;
}

/** `W` is what `verify` takes the value for: what `run` returns, where that is known by then. */
export type TaskDefinition<P extends ParamSpecs = ParamSpecs, R extends Requirements = Requirements, V = unknown, W = V>
  = | ReadTaskDefinition<P, R, V> | EnsureTaskDefinition<P, R, V, W> | TriggerTaskDefinition<P, R, V>;

/** A family of tasks: called with parameters, it names one of them. The same parameters name the same task. */
export interface TaskFamily<P extends ParamSpecs, V> {
  /** @throws InvalidArgumentError `E_TASK_PARAM` for a parameter that is missing, undeclared, of a wrong type or not among its values */
  (...params: Record<never, never> extends ParamArguments<P> ? [params?: ParamArguments<P>] : [params: ParamArguments<P>]): TaskInstance<V>;
  readonly family: string;
  readonly kind: TaskKind;
}

/** One task: a family with values for its parameters. */
export interface TaskInstance<V = unknown> {
  /** `Family_<up to three parameters>_<hash>`: the same for the same family and significant parameters. */
  readonly id: string;
  readonly family: string;
  /** Parameters without those that are private, as JSON has them: a date is a text. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Makes the type of the value known. Never there. */
  readonly _value?: V;
}
