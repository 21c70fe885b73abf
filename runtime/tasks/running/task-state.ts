import type { CacheTiersError } from '../../errors.js';
import type { Digest } from '../content/shapes.js';
import type { TaskNode } from '../definition/graph.js';
import type { TaskResult } from '../definition/shapes.js';
import type { KeptResult } from '../storage/shapes.js';
import type { RunReason, TaskOutcome, TaskStatus } from './run-shapes.js';

/** A result in a run, and what those who require it need to know of it. */
export interface MadeResult {
  readonly result: TaskResult;
  /** Not known if storage failed to give it: then those who require it have no key. */
  readonly digest?: Digest;
  /** Keys of the records that stand for it: its own, or, if it is not kept, those that it was made from. */
  readonly lineage: readonly Digest[];
}

/** One task of a run, as far as it is. */
export class TaskState {
  status?: TaskStatus;
  reason?: RunReason;
  error?: CacheTiersError;
  attempts = 0;
  started?: number;
  ended?: number;
  saved = 0;
  from?: TaskOutcome['from'];
  kept: KeptResult['places'] = [];
  worker?: number;
  key?: Digest;
  made?: MadeResult;
  /** Set once files of its first result could not be had. Resolves once it has another one, or has none; `after`, once that is kept. */
  remade?: Promise<{ readonly after: Promise<void> }>;
  /** Tasks on the longest chain that waits for it, itself counted. */
  height = 1;
  /** Tasks that it requires and that have no result yet. */
  waiting: number;

  /** @param order in the graph */
  constructor(readonly node: TaskNode, readonly order: number) {
    this.waiting = node.required.length;
  }

  get id(): string {
    return this.node.task.id;
  }

  get family(): string {
    return this.node.task.family;
  }

  get priority(): number {
    return this.node.task.definition.priority ?? 0;
  }

  end(status: TaskStatus, error?: CacheTiersError): void {
    this.status = status;
    this.error = error;
  }

  outcome(): TaskOutcome {
    const { id, family, reason, error, attempts, started, ended, saved, from, kept, worker, key, node, status = 'cancelled' } = this;
    const duration = started === undefined || ended === undefined ? 0 : Math.max(0, ended - started);
    return Object.freeze({
      id, family, params: node.task.params, status, ...(reason && { reason }), ...(error && { error }), attempts,
      ...(started !== undefined && { started }), ...(ended !== undefined && { ended }), duration, saved, ...(from && { from }), kept,
      ...(worker !== undefined && { worker }), ...(key !== undefined && { key }), requires: node.required.map(({ task }) => task.id),
    });
  }
}

/** States of all tasks, by id, in the order of the graph. */
export function statesOf(nodes: Iterable<TaskNode>): ReadonlyMap<string, TaskState> {
  const states = new Map<string, TaskState>();
  for (const node of nodes) states.set(node.task.id, new TaskState(node, states.size));
  for (const state of [...states.values()].reverse()) {
    for (const { task } of state.node.dependents) state.height = Math.max(state.height, 1 + states.get(task.id)!.height);
  }
  return states;
}
