import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { show } from '../../errors.js';
import { graphOf, type TaskGraph } from '../definition/graph.js';
import type { TaskInstance } from '../definition/shapes.js';
import { invalid } from '../errors.js';
import { TaskStorage } from '../storage/task-storage.js';
import type { ResultStorage } from '../storage/shapes.js';
import { TaskTelemetry } from '../telemetry.js';
import type { TaskStats } from '../storage/reporter.js';
import type { RunnerEvent } from './events.js';
import { explanationOf } from './explain.js';
import { FinishedRun } from './finished-run.js';
import { GuardedStorage } from './guarded-storage.js';
import type { RunOptions, TaskRunnerOptions } from './options.js';
import type { TaskRun } from './run-shapes.js';
import { planOf, type PlanOptions } from './plan.js';
import type { TaskExplanation, TaskPlan } from './plan-shapes.js';
import { RunSession } from './run-session.js';
import { summaryOf } from './run-summary.js';
import type { RunWorld } from './run-world.js';
import { forcedBy, functionOf, settingsOf, signalOf, type Forced, type RunnerSettings } from './settings.js';
import { StopSignal } from './stop-signal.js';
import { statesOf } from './task-state.js';
import { Turns } from './turns.js';

/** A storage that is open, and what is counted on it. */
interface Opened {
  readonly storage: ResultStorage;
  readonly telemetry: TaskTelemetry;
  readonly guarded: GuardedStorage;
}

/**
 * Runs tasks: each once, after those that it requires, and only if there is no valid result of it.
 *
 * A cache that fails is never a task's trouble, unless `strict`: then it is run. `TASK_CHANNELS` and the run's summary tell.
 */
export class TaskRunner {
  private readonly settings: RunnerSettings;
  private readonly turns = new Turns();
  private readonly runs = new Set<Promise<unknown>>();
  /** Of this runner alone. It is made with the first file. */
  private readonly folder: string;
  private folders = 0;
  private opening?: Promise<Opened>;
  private closing?: Promise<void>;

  /** @throws InvalidArgumentError `E_TASK_OPTION`, `E_DURATION` that names the option */
  constructor(private readonly options: TaskRunnerOptions = {}) {
    this.settings = settingsOf(options);
    this.folder = join(this.settings.temporary, `cache-tiers-tasks-${randomUUID()}`);
  }

  /** What processes have the same that share results of policy `run`. */
  get runId(): string {
    return this.settings.runId;
  }

  /**
   * Runs tasks, and before them what they require. A task that fails is told by the run that this resolves to: see `throwIfFailed`.
   *
   * @throws TaskError `E_TASK_CYCLE`; `E_TASK_STORE` if manifests cannot be read and the runner is `strict`
   * @throws InvalidArgumentError `E_TASK_DEFINITION`, `E_TASK_OPTION`
   */
  async run(tasks: readonly TaskInstance[], options: RunOptions = {}): Promise<TaskRun> {
    const graph = this.graphOf(tasks);
    const forced = this.forcedBy(options);
    functionOf('onEvent', options.onEvent);
    const stop = new StopSignal([this.settings.signal, signalOf(options.signal)]);
    const run = this.runGraph(graph, { forced, stop, listeners: [this.settings.onEvent, options.onEvent] });
    this.runs.add(run);
    return run.finally(() => {
      this.runs.delete(run);
      stop.close();
    });
  }

  /**
   * What `run` would do. Runs nothing, verifies nothing and keeps nothing.
   *
   * @throws as `run`, and what the storage fails with
   */
  async plan(tasks: readonly TaskInstance[], options: Pick<RunOptions, 'force' | 'signal'> = {}): Promise<TaskPlan> {
    const graph = this.graphOf(tasks);
    return this.look(options, (storage, how) => planOf(graph, storage, how));
  }

  /**
   * Why `run` would run a task, or would not: which part of what it depends on has changed since its last result.
   *
   * @throws as `plan`
   */
  async explain(task: TaskInstance, options: Pick<RunOptions, 'force' | 'signal'> = {}): Promise<TaskExplanation> {
    this.graphOf([task]);
    return this.look(options, (storage, how) => explanationOf(task, storage, how));
  }

  /** Waits for runs that are under way, and deletes files of results that were not kept. A storage that was given stays open. */
  close(): Promise<void> {
    return this.closing ??= this.end();
  }

  private async runGraph(graph: TaskGraph, { forced, stop, listeners }: RunParts): Promise<TaskRun> {
    const { settings, turns } = this;
    const { runId, clock, workers } = settings;
    const { telemetry, guarded } = await this.open();
    const states = statesOf(graph.nodes.values());
    const before = telemetry.stats();
    const began = clock.now();
    const emit: RunWorld['emit'] = (event, message) => {
      const full = { runId, ...message } as never;
      telemetry.publish(event, () => full);
      for (const listener of listeners) tell(listener, { event, ...full as object } as RunnerEvent);
    };
    telemetry.add('tasks', states.size);
    emit('begin', { tasks: [...states.values()].map(({ id, family }) => ({ id, family })), workers });
    await guarded.refresh(stop.signal).catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
    });
    const session = new RunSession(states, {
      settings, forced, storage: guarded, telemetry, signal: stop.signal, mark: guarded.mark(), turns, emit,
      stateOf: ({ task }) => states.get(task.id)!,
      elapsed: () => clock.now() - began,
      newFolder: () => join(this.folder, String(++this.folders)),
    });
    await session.run();
    await guarded.settled();
    const run = new FinishedRun(states, (outcomes) => {
      const counters = difference(telemetry.stats(), before);
      const { storeErrors } = counters;
      const storeErrorMessages = telemetry.lastStoreErrors(storeErrors);
      return summaryOf(outcomes, { runId, wall: clock.now() - began, storeErrors, storeErrorMessages, counters });
    });
    emit('end', { summary: run.summary });
    telemetry.flush();
    return run;
  }

  private async look<T>(options: Pick<RunOptions, 'force' | 'signal'>, work: (storage: ResultStorage, how: PlanOptions) => Promise<T>): Promise<T> {
    const { runId: run, root, env } = this.settings;
    const force = this.forcedBy(options);
    const stop = new StopSignal([this.settings.signal, signalOf(options.signal)]);
    try {
      const { storage, guarded } = await this.open();
      await guarded.refresh(stop.signal);
      return await work(storage, { run, root, env, force, signal: stop.signal });
    } finally {
      stop.close();
    }
  }

  private graphOf(tasks: readonly TaskInstance[]): TaskGraph {
    if (this.closing !== undefined) throw invalid('the runner was closed: make another one');
    if (!Array.isArray(tasks)) throw invalid(`tasks must be a list of tasks, got ${show(tasks)}`);
    return graphOf(tasks);
  }

  private forcedBy({ force }: Pick<RunOptions, 'force'>): Forced {
    return force === undefined ? this.settings.force : forcedBy(force);
  }

  private open(): Promise<Opened> {
    return this.opening ??= this.openStorage();
  }

  private async openStorage(): Promise<Opened> {
    const { storageTimeout: timeout, strict, clock } = this.settings;
    const storage: ResultStorage = this.options.storage ?? await TaskStorage.open({ ...this.options, parts: { clock: this.options.clock } });
    const telemetry = storage.telemetry ?? new TaskTelemetry({ scope: 'none', namespace: 'none', emf: false, clock });
    return { storage, telemetry, guarded: new GuardedStorage(storage, { timeout, strict, clock, telemetry }) };
  }

  private async end(): Promise<void> {
    await Promise.allSettled(this.runs);
    await rm(this.folder, { recursive: true, force: true });
    if (this.options.storage === undefined) await (await this.opening?.catch(() => undefined))?.storage.close();
  }
}

interface RunParts {
  readonly forced: Forced;
  readonly stop: StopSignal;
  readonly listeners: readonly TaskRunnerOptions['onEvent'][];
}

/** What a listener throws is its own trouble. */
function tell(listener: TaskRunnerOptions['onEvent'], event: RunnerEvent): void {
  try {
    listener?.(event);
  } catch { /* as the option says */ }
}

function difference(after: TaskStats, before: TaskStats): TaskStats {
  return Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - before[name as keyof TaskStats]])) as TaskStats;
}
