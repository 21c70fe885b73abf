import type { CacheTiersError } from '../../errors.js';
import type { FileHashes } from '../definition/input-files.js';
import type { TaskNode } from '../definition/graph.js';
import { ReadyQueue } from './ready-queue.js';
import type { RunWorld } from './run-world.js';
import { named } from './task-context.js';
import { cancelled, skipped } from './task-errors.js';
import { TaskExecution } from './task-execution.js';
import type { TaskState } from './task-state.js';

/** One run: gives tasks to workers, each once what it requires has a result, until all of them have ended. */
export class RunSession {
  private readonly ready = new ReadyQueue<TaskState>(comesBefore);
  private readonly free: number[];
  private readonly workers: number;
  private readonly hashes: FileHashes = new Map();
  /** Tasks of which not all is done. */
  private left: number;
  private stopped?: { readonly because: string; readonly cause: unknown };
  private finish!: () => void;

  constructor(private readonly states: ReadonlyMap<string, TaskState>, private readonly world: RunWorld) {
    this.left = states.size;
    this.workers = Math.min(world.settings.workers, states.size);
    this.free = Array.from({ length: this.workers }, (_, i) => i);
  }

  /** Resolves once all is done. Never fails. */
  async run(): Promise<void> {
    const { signal } = this.world;
    const done = new Promise<void>((resolve) => { this.finish = resolve; });
    if (this.left === 0) this.finish();
    for (const state of this.states.values()) if (state.waiting === 0) this.ready.push(state);
    const stop = () => this.stop('the run was stopped', signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    this.fill();
    await done.finally(() => signal.removeEventListener('abort', stop));
  }

  /** Gives work to all who have none. */
  private fill(): void {
    while (this.free.length > 0) {
      const state = this.ready.pop();
      if (state === undefined) return;
      void this.execute(state, this.takeWorker());
    }
  }

  private async execute(state: TaskState, worker: number): Promise<void> {
    const { world } = this;
    state.started = world.elapsed();
    state.worker = worker;
    world.emit('start', { ...named(state), worker });
    const execution = new TaskExecution(state, world, this.hashes);
    await execution.run();
    this.free.push(worker);
    if (state.made !== undefined) this.release(state.node);
    else this.withdraw(state);
    this.fill();
    if (this.free.length === this.workers) void world.storage.hurry();
    await execution.after;
    if (state.status === 'failed') this.failed(state);
    this.end(state);
  }

  /** The same few workers have the work, so that there are as few lanes in a picture as can be. */
  private takeWorker(): number {
    const least = Math.min(...this.free);
    this.free.splice(this.free.indexOf(least), 1);
    return least;
  }

  private release(node: TaskNode): void {
    for (const dependent of node.dependents) {
      const state = this.world.stateOf(dependent);
      state.waiting--;
      if (state.waiting === 0 && state.status === undefined) this.ready.push(state);
    }
  }

  /** What requires it, however far away, cannot be run. */
  private withdraw(without: TaskState): void {
    this.failed(without);
    const way = [without];
    for (let next = way.pop(); next !== undefined; next = way.pop()) {
      for (const node of next.node.dependents) {
        const state = this.world.stateOf(node);
        if (state.status !== undefined) continue;
        this.endWithout(state, 'skipped', skipped(state.id, without.id, without.error));
        way.push(state);
      }
    }
  }

  private failed({ id, error, status }: TaskState): void {
    if (status === 'failed' && !this.world.settings.continueOnFailure) this.stop(`nothing was started after ${id} had failed`, error);
  }

  /** Nothing is started any more. */
  private stop(because: string, cause: unknown): void {
    if (this.stopped !== undefined) return;
    this.stopped = { because, cause };
    this.ready.clear();
    for (const state of this.states.values()) {
      if (state.started === undefined && state.status === undefined) this.endWithout(state, 'cancelled', cancelled(state.id, because, cause));
    }
  }

  private endWithout(state: TaskState, status: 'skipped' | 'cancelled', error: CacheTiersError): void {
    state.end(status, error);
    this.end(state);
  }

  private end(state: TaskState): void {
    const total = this.states.size;
    this.left--;
    this.world.emit('finish', { ...named(state), outcome: state.outcome(), done: total - this.left, total });
    this.world.telemetry.tick();
    if (this.left === 0) this.finish();
  }
}

/** Higher priority first, then the longest chain that waits, then the order of the graph. */
function comesBefore(a: TaskState, b: TaskState): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority;
  return a.height === b.height ? a.order < b.order : a.height > b.height;
}
