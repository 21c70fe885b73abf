import { CacheTiersError, InvalidArgumentError, show } from '../errors.js';

/**
 * - `E_TASK_OPTION`: an option or an environment variable is wrong
 * - `E_TASK_DEFINITION`: a task is defined in a wrong way
 * - `E_TASK_PARAM`: a parameter is missing, undeclared or of a wrong type
 * - `E_TASK_KIND`: a `trigger` task is to be cached
 * - `E_TASK_CYCLE`: tasks require each other
 * - `E_TASK_INPUT`: a declared input cannot be read
 * - `E_TASK_OUTPUT`: `run` left no result that can be kept
 * - `E_TASK_FAILED`: `run` failed, as often as it may
 * - `E_TASK_REQUIRED`: a task that this one requires has no result
 * - `E_TASK_TIMEOUT`: `run` took longer than it may
 * - `E_TASK_CANCELLED`: the run was stopped before the task had a result
 * - `E_TASK_DAMAGED`: what the store has is torn, missing, poisoned or of another form
 * - `E_TASK_UNSAFE`: a tree has a path, a link or a size that is not restored
 * - `E_TASK_FILES`: local files cannot be read or written
 * - `E_TASK_CONFLICT`: others replaced the manifest first, each time
 * - `E_TASK_STORE`: the store fails, in `strict` mode
 */
export type TaskErrorCode = `E_TASK_${'OPTION' | 'DEFINITION' | 'PARAM' | 'KIND' | 'CYCLE' | 'INPUT' | 'OUTPUT' | 'FAILED' | 'REQUIRED' | 'TIMEOUT'
  | 'CANCELLED' | 'DAMAGED' | 'UNSAFE' | 'FILES' | 'CONFLICT' | 'STORE'}`;

/** What the task tier's client throws beside `InvalidArgumentError`. */
export class TaskError extends CacheTiersError {
  constructor(readonly code: TaskErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, message, options);
    this.name = 'TaskError';
  }
}

/** What was stored cannot be used. To who asks for a result it is a miss. */
export class DamagedError extends TaskError {
  /** @param object the key of what is damaged */
  constructor(message: string, readonly object?: string, options?: { cause?: unknown }) {
    super('E_TASK_DAMAGED', message, options);
    this.name = 'DamagedError';
  }
}

/**
 * What was stored has a format that only newer versions know. It is not used, as what is damaged is not, but it is not to be replaced, and nothing
 * is deleted for the want of knowing what it refers to.
 */
export class NewerFormatError extends DamagedError {
  constructor(message: string, object?: string) {
    super(message, object);
    this.name = 'NewerFormatError';
  }
}

export function invalid(message: string, code: TaskErrorCode = 'E_TASK_OPTION'): InvalidArgumentError {
  return new InvalidArgumentError(code, message);
}

/** What was thrown, for a message: code of others may throw anything. */
export function reasonOf(thrown: unknown): string {
  const message = (thrown as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message : show(thrown);
}
