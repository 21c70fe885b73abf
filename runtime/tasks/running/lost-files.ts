import type { ResultFiles, TaskResult } from '../definition/shapes.js';
import type { TaskError } from '../errors.js';
import { isCode } from './task-errors.js';
import type { TaskState } from './task-state.js';

/** A task was run with results whose files cannot be had any more: they have to be made anew first. */
export class LostFilesError extends Error {
  /** @param lost tasks, and what was thrown in place of their files */
  constructor(readonly lost: ReadonlyMap<TaskState, TaskError>) {
    super(`files of ${[...lost.keys()].map(({ id }) => id).join(', ')} cannot be had any more`);
  }

  /** A storage that fails in strict mode. */
  get fault(): TaskError | undefined {
    return [...this.lost.values()].find((error) => isCode(error, 'E_TASK_STORE'));
  }
}

/** Sees which files one try of a task asks for in vain, whatever the task makes of the error. */
export class WatchedFiles {
  private readonly lost = new Map<TaskState, TaskError>();

  /** The result of a task, as another one is given it. */
  resultOf(state: TaskState): TaskResult {
    const { value, files } = state.made!.result;
    return Object.freeze({ value, files: this.watched(state, files) });
  }

  /** @throws LostFilesError if there were any */
  check(): void {
    if (this.lost.size > 0) throw new LostFilesError(this.lost);
  }

  private watched(state: TaskState, files: ResultFiles): ResultFiles {
    const watch = async <T>(asked: Promise<T>): Promise<T> => {
      try {
        return await asked;
      } catch (error) {
        if (isCode(error, 'E_TASK_DAMAGED') || isCode(error, 'E_TASK_STORE')) this.lost.set(state, error);
        throw error;
      }
    };
    return {
      get paths() { return files.paths; },
      read: (path) => watch(files.read(path)),
      copy: (folder, path) => watch(files.copy(folder, path)),
    };
  }
}
