import { show } from '../../errors.js';
import type { DamagedError } from '../errors.js';
import { damaged } from './envelope.js';
import { MAX_LINE, MAX_LINES } from './limits.js';

/** One line of a manifest's text, which knows its number for what is wrong with it. */
export interface Line {
  readonly value: unknown;
  /** The line as a list of so many, or, where `more`, of at least so many. */
  cells(count: number, more?: boolean): readonly unknown[];
  array(value: unknown, what: string): readonly unknown[];
  arrayOf(value: unknown, count: number, what: string): readonly unknown[];
  number(value: unknown, isFit: (value: unknown) => boolean, what: string): number;
  text(value: unknown, isFit: (value: unknown) => boolean, what: string): string;
  /** @param what `has no end` */
  wrong(what: string): DamagedError;
}

/** JSON values, one on a line. They are parsed one at a time: somebody could have written what takes more memory than there is. */
export class Lines {
  private at = 0;
  private number = 0;

  constructor(private readonly source: string) {}

  /** @throws DamagedError if there is none, or it is no JSON */
  next(): Line {
    if (this.at > this.source.length) throw damaged(`ends after line ${this.number}`);
    if (++this.number > MAX_LINES) throw damaged(`has more than ${MAX_LINES} lines`);
    const newline = this.source.indexOf('\n', this.at);
    const end = newline === -1 ? this.source.length : newline;
    if (end - this.at > MAX_LINE) throw damaged(`has more than ${MAX_LINE} characters on line ${this.number}`);
    const text = this.source.slice(this.at, end);
    this.at = end + 1;
    try {
      return new ParsedLine(JSON.parse(text), this.number);
    } catch (error) {
      throw damaged(`has no JSON on line ${this.number}`, error);
    }
  }

  /** @throws DamagedError unless all lines were read */
  end(): void {
    if (this.at <= this.source.length) throw damaged(`goes on after line ${this.number}`);
  }
}

class ParsedLine implements Line {
  constructor(readonly value: unknown, private readonly line: number) {}

  cells(count: number, more = false): readonly unknown[] {
    const cells = this.array(this.value, 'list');
    if (cells.length === count || (more && cells.length > count)) return cells;
    throw this.wrong(`has ${cells.length} values in place of ${count}`);
  }

  array(value: unknown, what: string): readonly unknown[] {
    if (Array.isArray(value)) return value as readonly unknown[];
    throw this.unfit(value, what);
  }

  arrayOf(value: unknown, count: number, what: string): readonly unknown[] {
    const cells = this.array(value, what);
    if (cells.length === count) return cells;
    throw this.unfit(value, what);
  }

  number(value: unknown, isFit: (value: unknown) => boolean, what: string): number {
    if (isFit(value)) return value as number;
    throw this.unfit(value, what);
  }

  text(value: unknown, isFit: (value: unknown) => boolean, what: string): string {
    if (isFit(value)) return value as string;
    throw this.unfit(value, what);
  }

  wrong(what: string): DamagedError {
    return damaged(`${what}, on line ${this.line}`);
  }

  private unfit(value: unknown, what: string): DamagedError {
    return this.wrong(`has a wrong ${what}: ${show(value)}`);
  }
}
