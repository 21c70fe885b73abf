import type { RunSummary, TaskOutcome } from './run-shapes.js';

/** What a runner tells while it runs, in the order in which it happens. */
export interface RunnerEvents {
  /** A run begins. Tasks, each once, in the order of the graph. */
  begin: { readonly runId: string; readonly tasks: readonly { readonly id: string; readonly family: string }[]; readonly workers: number };
  /** A worker took a task: it is looked up first. */
  start: TaskEvent & { readonly worker: number };
  /** It waits, as another process runs it. */
  wait: TaskEvent;
  /** It is run. Number of the try. */
  attempt: TaskEvent & { readonly attempt: number };
  /** It failed, and is tried again after so many milliseconds. */
  retry: TaskEvent & { readonly attempt: number; readonly delay: number; readonly error: unknown };
  /** `verify` found that a result no longer holds, or threw; or its files cannot be had any more, even if it was finished: it is run again. */
  stale: TaskEvent & { readonly error?: unknown };
  /** What the task said of itself. */
  progress: TaskEvent & { readonly share?: number; readonly note?: string };
  /** It has its result: those that require it may start. It is not kept yet. */
  made: TaskEvent & { readonly duration: number };
  /** All is done with it. */
  finish: TaskEvent & { readonly outcome: TaskOutcome; readonly done: number; readonly total: number };
  /** A run is over. */
  end: { readonly runId: string; readonly summary: RunSummary };
}

export interface TaskEvent {
  readonly runId: string;
  readonly id: string;
  readonly family: string;
}

/** One of them, with its name in `event`. */
export type RunnerEvent = { [E in keyof RunnerEvents]: { readonly event: E } & RunnerEvents[E] }[keyof RunnerEvents];
