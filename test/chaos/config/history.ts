import type { Book } from '../kit/book';
import { JUMP, KNOWN_ERRORS, LIFE, valueOf, type ConfigTold, type Putting, type Read } from './shapes';

/** The clock of the process may be off; and who joins a request gets what was true when it began. */
const TOLERANCE = 2 * JUMP + 10_000;

/** What Parameter Store had, and what the processes have told. */
export class ConfigHistory {
  /** By name and value: when the value was replaced or deleted; `undefined` while it is there. */
  private readonly truth = new Map<string, number | undefined>();
  private readonly current = new Map<string, string>();
  private readonly names = new Set<string>();
  private readonly reads: Read[] = [];
  private readonly found = new Map<string, string>();

  /** A parameter has another value from now on; without one: none, or one that a client has put. */
  changed(name: string, value: string | undefined, at: number): void {
    const before = this.current.get(name);
    if (before !== undefined) this.truth.set(`${name} ${before}`, at);
    if (value === undefined) this.current.delete(name);
    else {
      this.current.set(name, value);
      this.truth.set(`${name} ${value}`, undefined);
      this.names.add(name);
    }
  }

  take(told: ConfigTold): void {
    if (told.kind === 'putting') this.putting(told);
    else if (told.kind === 'read') this.reads.push(told);
    else if (told.kind === 'found') for (const name of told.names) this.found.set(name, told.process);
  }

  /** A client's value may be there from now on; when it was replaced is not looked at. */
  private putting({ name, value }: Putting): void {
    this.truth.set(`${name} ${value}`, undefined);
    this.names.add(name);
  }

  judge(book: Book): void {
    for (const read of this.reads) this.judgeRead(read, book);
    for (const [name, process] of this.found) {
      book.check('a local copy has no names that there never were', this.names.has(name), () => `${process}: ${name}`);
    }
  }

  private judgeRead({ process, name, from, value, error }: Read, book: Book): void {
    if (error !== undefined) {
      book.check('a read fails only with an error that is documented', KNOWN_ERRORS.has(error), () => `${process}: ${name}: ${error}`);
      return;
    }
    book.check('a value is one of this name', value!.startsWith(valueOf(name, '')), () => `${process}: ${name} is ${value}`);
    const key = `${name} ${value}`;
    book.check('a value is one that was put', this.truth.has(key), () => `${process}: ${name} is ${value}`);
    const gone = this.truth.get(key);
    const age = gone === undefined ? 0 : from - gone;
    book.check('a value that was replaced is not given for longer than ttl and staleIfError', age <= LIFE.ttl + LIFE.staleIfError + TOLERANCE,
      () => `${process}: ${name} is ${value}, ${Math.round(age)} ms after it was replaced`);
  }
}
