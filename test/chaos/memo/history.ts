import type { Book } from '../kit/book';
import { JUMP, LIVES, OWN_ERROR, type Answered, type Executing, type Forgot, type MemoTold } from './shapes';

/** Two clocks may be off in both directions; and who joins a call gets what was looked at when that call began. */
const TOLERANCE = 2 * JUMP + 10_000;

/** All that the processes have told, and what must hold for it. */
export class MemoHistory {
  private readonly runs = new Map<string, Executing>();
  private readonly computed = new Map<string, number>();
  private readonly answers: Answered[] = [];
  private readonly forgotten: Forgot[] = [];

  take(told: MemoTold): void {
    if (told.kind === 'executing') this.runs.set(told.id, told);
    else if (told.kind === 'computed') this.computed.set(told.id, told.at);
    else if (told.kind === 'answered') this.answers.push(told);
    else this.forgotten.push(told);
  }

  /** Runs of a key so far. */
  executions(key: string): number {
    return [...this.runs.values()].filter((run) => run.key === key).length;
  }

  judge(book: Book): void {
    const forgotten = new Map<string, Forgot[]>();
    for (const each of this.forgotten) {
      for (const key of each.keys) {
        const place = `${each.process} ${key}`;
        forgotten.set(place, [...forgotten.get(place) ?? [], each]);
      }
    }
    for (const answer of this.answers) {
      book.check('a call fails only with the function\'s own error', answer.error === undefined || answer.error === OWN_ERROR,
        () => `${answer.process}: ${answer.key} has failed with ${answer.error}`);
      if (answer.id !== undefined) this.judgeValue(answer, answer.id, forgotten.get(`${answer.process} ${answer.key}`) ?? [], book);
    }
  }

  private judgeValue({ process, fn, key, of, from }: Answered, id: string, forgotten: readonly Forgot[], book: Book): void {
    const run = this.runs.get(id);
    book.check('a value was computed, for this key', run !== undefined && run.key === key && of === key,
      () => `${process}: ${key} is ${id}, made for ${of}`);
    const computed = this.computed.get(id);
    if (run === undefined) return;
    if (computed !== undefined) {
      const age = from - computed;
      book.check('a value is never older than its ttl and the time that it may be stale', age <= LIVES[fn] + TOLERANCE,
        () => `${process}: ${key} is ${Math.round(age)} ms old`);
    }
    // Of those that had returned when the call began, the youngest.
    const last = forgotten.findLast(({ to }) => to < from);
    if (last === undefined) return;
    book.check(`after ${last.how}, no value that was computed before`, run.at >= last.from,
      () => `${process}: ${key} is from ${Math.round(last.from - run.at)} ms before ${last.how}, asked ${Math.round(from - last.to)} ms after it`);
  }
}
