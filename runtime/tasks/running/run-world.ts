import type { KnownInstance } from '../definition/instance.js';
import type { TaskNode } from '../definition/graph.js';
import type { Mark } from '../storage/shapes.js';
import type { TaskTelemetry } from '../telemetry.js';
import type { RunnerEvents } from './events.js';
import type { GuardedStorage } from './guarded-storage.js';
import type { Forced, RunnerSettings } from './settings.js';
import type { TaskState } from './task-state.js';
import type { Turns } from './turns.js';

/** What the tasks of one run have in common. */
export interface RunWorld {
  readonly settings: RunnerSettings;
  readonly forced: Forced;
  readonly storage: GuardedStorage;
  readonly telemetry: TaskTelemetry;
  /** Aborts when the run is stopped. */
  readonly signal: AbortSignal;
  /** What the manifests were when the run began: what was cleared or invalidated since then is not made valid again by it. */
  readonly mark: Mark;
  readonly turns: Turns;
  stateOf(node: TaskNode): TaskState;
  /** Milliseconds since the run began. */
  elapsed(): number;
  /** A folder that is not there yet. */
  newFolder(): string;
  emit<E extends keyof RunnerEvents>(event: E, message: Omit<RunnerEvents[E], 'runId'>): void;
}

/** Whether results of a task may be reused and kept. */
export function isReusable(task: KnownInstance, world: Pick<RunWorld, 'storage'>): boolean {
  const { kind, policy } = task.definition;
  return kind !== 'trigger' && policy !== 'never' && world.storage.allows(task.family);
}
