import type { Book } from '../kit/book';
import { JUMP, KNOWN_ERRORS, LONGEST, type Answered, type Executing, type Invalidated, type LiveTold } from './shapes';

/** Clocks may be off; and who joins an execution gets what was begun before he came. */
const TOLERANCE = 2 * JUMP + 10_000;

/** All that the processes have told, and what must hold for it. */
export class LiveHistory {
  /** By the bytes that they give: several may give the same. */
  private readonly executions = new Map<string, Executing[]>();
  private readonly answers: Answered[] = [];
  private readonly invalidated: Invalidated[] = [];

  take(told: LiveTold): void {
    if (told.kind === 'executing') this.executions.set(told.bytes, [...this.executions.get(told.bytes) ?? [], told]);
    else if (told.kind === 'answered') this.answers.push(told);
    else this.invalidated.push(told);
  }

  judge(book: Book): void {
    for (const answer of this.answers) {
      const { process, scope, key, bytes, error } = answer;
      if (error !== undefined) {
        book.check('a query fails only with its own error, or one that is documented', KNOWN_ERRORS.has(error),
          () => `${process}: ${scope} ${key}: ${error}`);
      } else this.judgeBytes(answer, this.executions.get(bytes!) ?? [], book);
    }
  }

  private judgeBytes({ process, scope, key, from, status }: Answered, made: readonly Executing[], book: Book): void {
    const what = `${process}: ${scope} ${key} (${status})`;
    book.check('bytes are those of one execution, whole', made.length > 0, () => `${what} has bytes that no execution gave`);
    if (made.length === 0) return;
    const own = made.filter((execution) => execution.scope === scope && execution.key === key);
    book.check('nothing of another scope or query', own.length > 0, () => `${what} has bytes of ${made[0]!.scope} ${made[0]!.key}`);
    if (own.length === 0) return;
    const newest = Math.max(...own.map(({ at }) => at));
    const age = from - newest;
    book.check('no result is older than its ttl and the time that it may be stale', age <= LONGEST + TOLERANCE,
      () => `${what} is ${Math.round(age)} ms old`);
    // A process that cannot ask the index shares what it executes itself, and cannot know of what others have invalidated.
    const knows = (who: string) => status !== 'bypass index' || who === process;
    const last = this.invalidated.findLast(({ to, scopes, process: who }) => to < from && scopes.includes(scope) && knows(who));
    if (last === undefined) return;
    book.check('after an invalidation, no result that was begun before, in any process that has the index', newest >= last.from,
      () => `${what} was begun ${Math.round(last.from - newest)} ms before ${last.process} invalidated it, `
        + `and asked for ${Math.round(from - last.to)} ms after`);
  }
}
