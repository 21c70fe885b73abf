import type { TASK_METRIC } from '../../../lib/contract/tasks.js';

export type TaskCounter = keyof typeof TASK_METRIC;
export type TaskStats = Readonly<Record<TaskCounter, number>>;

/** Told of what nobody is told by an error. */
export interface StorageReporter {
  add(name: TaskCounter, amount?: number): void;
  /** A store failed; whoever asked got none. @param place as people know it @param operation `find`, `keep`, … */
  storeError(place: string, operation: string, error: unknown): void;
  /** Something was there and was not used: damaged, missing, of another form. @param what id of the task, or name of the folder */
  rejected(place: string, what: string, error: unknown): void;
}
