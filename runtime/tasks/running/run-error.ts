import { TaskError } from '../errors.js';
import type { TaskOutcome } from './run-shapes.js';

/** Errors that the message shows. */
const SHOWN = 5;

/** Not every task of a run has a result. The causes are in `errors`: of those that failed, or, if none did, of those that were cancelled. */
export class RunError extends TaskError {
  readonly errors: readonly Error[];

  constructor(outcomes: readonly TaskOutcome[]) {
    const count = (status: TaskOutcome['status']) => outcomes.filter((outcome) => outcome.status === status).length;
    const [failed, skipped, cancelled] = [count('failed'), count('skipped'), count('cancelled')];
    const parts = [[failed, 'failed'], [skipped, 'were skipped'], [cancelled, 'were cancelled']] as const;
    const causes = outcomes.filter(({ status }) => status === (failed > 0 ? 'failed' : 'cancelled'));
    const errors = causes.flatMap(({ error }) => error ?? []);
    const shown = errors.slice(0, SHOWN).map(({ message }) => message);
    const more = errors.length > SHOWN ? `; and ${errors.length - SHOWN} more` : '';
    const counted = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`).join(', ');
    super('E_TASK_FAILED', `of ${outcomes.length} tasks, ${counted}: ${shown.join('; ')}${more}`, { cause: errors[0] });
    this.name = 'RunError';
    this.errors = errors;
  }
}
