import { milliseconds } from '../../resilience/duration.js';
import type { TaskNode } from '../definition/graph.js';
import type { TaskContext, TaskResult } from '../definition/shapes.js';
import { runBounded } from './bounded.js';
import type { WatchedFiles } from './lost-files.js';
import type { RunWorld } from './run-world.js';
import type { TaskState } from './task-state.js';

type Context = TaskContext<unknown, Readonly<Record<string, TaskResult | readonly TaskResult[]>>>;

/** How an event says which task it is about. */
export function named({ id, family }: TaskState): { readonly id: string; readonly family: string } {
  return { id, family };
}

export interface Try {
  readonly signal: AbortSignal;
  /** 1 for the first. */
  readonly attempt: number;
  /** Through which it gets the results that it requires. */
  readonly files: WatchedFiles;
}

/** What `run` and `verify` are given. All that a task requires has its result. */
export function contextOf(state: TaskState, world: RunWorld, { signal, attempt, files }: Try): Context {
  const { task, requires } = state.node;
  const resultOf = (node: TaskNode) => files.resultOf(world.stateOf(node));
  const results = Object.entries(requires).map(([name, one]) => [name, isMany(one) ? one.map(resultOf) : resultOf(one)] as const);
  return {
    params: task.values, requires: Object.fromEntries(results) as unknown as Context['requires'], signal, attempt,
    progress: (share, note) => {
      if (state.status !== undefined) return; // it was left behind, and still talks
      const known = share === undefined ? undefined : Math.min(1, Math.max(0, Number(share) || 0));
      world.emit('progress', { ...named(state), ...(known !== undefined && { share: known }), ...(note !== undefined && { note: String(note) }) });
    },
  };
}

/** Runs what a task defines, for as long as it may take. @throws as `runBounded` */
export function boundedBy<T>(state: TaskState, { settings, signal }: RunWorld, run: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
  const { timeout } = state.node.task.definition;
  const { grace, clock } = settings;
  return runBounded(run, { signal, timeout: timeout === undefined ? undefined : milliseconds('timeout', timeout), grace, clock });
}

export function isMany(one: TaskNode | readonly TaskNode[]): one is readonly TaskNode[] {
  return Array.isArray(one);
}
