import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { show } from '../../errors.js';
import type { TaskInstance, TaskResult } from '../definition/shapes.js';
import { invalid, TaskError } from '../errors.js';
import type { RunReport, RunSummary, TaskOutcome, TaskRun } from './run-shapes.js';
import { RunError } from './run-error.js';
import type { TaskState } from './task-state.js';
import { drawTimeline } from './timeline/draw.js';

/** A run that is over. */
export class FinishedRun implements TaskRun {
  readonly outcomes: readonly TaskOutcome[];
  readonly failed: readonly TaskOutcome[];
  readonly ok: boolean;
  readonly summary: RunSummary;
  readonly #byId: ReadonlyMap<string, TaskOutcome>;
  readonly #results: ReadonlyMap<string, TaskResult>;

  constructor(states: ReadonlyMap<string, TaskState>, summarize: (outcomes: readonly TaskOutcome[]) => RunSummary) {
    const all = [...states.values()];
    this.outcomes = all.map((state) => state.outcome());
    this.failed = this.outcomes.filter(({ status }) => status === 'failed');
    this.ok = this.outcomes.every(({ status }) => status === 'reused' || status === 'ran');
    this.summary = summarize(this.outcomes);
    this.#byId = new Map(this.outcomes.map((outcome) => [outcome.id, outcome]));
    this.#results = new Map(all.flatMap(({ id, made }) => made === undefined ? [] : [[id, made.result]]));
  }

  outcomeOf(task: TaskInstance): TaskOutcome {
    const outcome = this.#byId.get(task?.id);
    if (outcome === undefined) throw invalid(`task must be one of the run's, got ${show(task?.id ?? task)}`);
    return outcome;
  }

  resultOf<V>(task: TaskInstance<V>): TaskResult<V> {
    const { id, status, error } = this.outcomeOf(task);
    const result = this.#results.get(id);
    if (result === undefined || status === 'failed') throw error ?? new TaskError('E_TASK_CANCELLED', `${id} has no result`);
    return result as TaskResult<V>;
  }

  throwIfFailed(): void {
    if (!this.ok) throw new RunError(this.outcomes);
  }

  toJSON(): RunReport {
    return {
      summary: this.summary,
      outcomes: this.outcomes.map(({ error, ...outcome }) => ({ ...outcome, ...(error && { error: { code: error.code, message: error.message } }) })),
    };
  }

  timeline(): string {
    return drawTimeline(this);
  }

  async writeTimeline(path: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, this.timeline());
  }
}
