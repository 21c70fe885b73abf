import { CacheTiersError } from '../../errors.js';
import { reasonOf, TaskError, type TaskErrorCode } from '../errors.js';
import { LeftBehindError } from './bounded.js';

/** Why a try of a task failed, as its outcome has it. */
export function failureOf(id: string, thrown: unknown): TaskError {
  if (thrown instanceof LeftBehindError) {
    const asked = failureOf(id, thrown.asked);
    return new TaskError(asked.code, `${asked.message}, and goes on although its signal has aborted: it was left behind`, { cause: asked.cause });
  }
  if (isCode(thrown, 'E_TASK_TIMEOUT')) return new TaskError('E_TASK_TIMEOUT', `${id} failed: ${thrown.message}`);
  return new TaskError('E_TASK_FAILED', `${id} failed: ${reasonOf(thrown)}`, { cause: thrown });
}

/** Why a task failed outside of what it does itself: no key could be made, its output is wrong, storage fails in strict mode. */
export function faultOf(id: string, thrown: unknown): CacheTiersError {
  if (thrown instanceof TaskError) return new TaskError(thrown.code, prefixed(id, thrown.message), { cause: thrown.cause ?? thrown });
  return thrown instanceof CacheTiersError ? thrown : failureOf(id, thrown);
}

export function cancelled(id: string, because: string, cause: unknown): TaskError {
  return new TaskError('E_TASK_CANCELLED', `${id} has no result: ${because}`, { cause });
}

export function skipped(id: string, required: string, cause: Error | undefined): TaskError {
  return new TaskError('E_TASK_REQUIRED', `${id} was skipped: it requires ${required}, which failed`, { cause });
}

export function isCode(error: unknown, code: TaskErrorCode): error is TaskError {
  return error instanceof TaskError && error.code === code;
}

export function notRemade(id: string, required: string, cause: Error | undefined): TaskError {
  return new TaskError('E_TASK_REQUIRED', `${id} failed: files of ${required} could not be had, and it failed when it was run again`, { cause });
}

function prefixed(id: string, message: string): string {
  return message.includes(id) ? message : `${id}: ${message}`;
}
