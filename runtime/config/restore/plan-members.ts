import { isRecord } from '../is-record.js';

/** A member of a line that is not as it must be. */
export class MemberError extends Error {
  constructor(readonly member: string, readonly must: string) {
    super(`${member} must be ${must}`);
  }
}

export type Members = Readonly<Record<string, unknown>>;

/** Reads members of a JSON object that somebody may have edited. Each reader throws `MemberError` if a member is not what it reads. */
export class MemberReader {
  constructor(private readonly members: Members, private readonly path = '') {}

  /** @throws MemberError if there are members beside these: they would be lost, or were meant to be others */
  only(...known: readonly string[]): this {
    const strange = Object.keys(this.members).find((member) => !known.includes(member));
    if (strange !== undefined) throw new MemberError(this.path + strange, `left out: the members are ${known.join(', ')}`);
    return this;
  }

  text(member: string): string {
    return this.optional(member, (value) => typeof value === 'string', 'a text') as string ?? this.missing(member, 'a text');
  }

  optionalText(member: string): string | undefined {
    return this.optional(member, (value) => typeof value === 'string', 'a text') as string | undefined;
  }

  oneOf<T extends string>(member: string, allowed: readonly T[]): T {
    const value = this.members[member];
    if (!allowed.includes(value as T)) throw new MemberError(this.path + member, `one of ${allowed.join(', ')}`);
    return value as T;
  }

  /** A whole number from zero. */
  whole(member: string): number {
    const must = 'a whole number, zero or more';
    return this.optional(member, isWhole, must) as number ?? this.missing(member, must);
  }

  /** Unix epoch milliseconds, as far as they are a date. */
  time(member: string): number {
    const time = this.whole(member);
    if (Number.isNaN(new Date(time).getTime())) throw new MemberError(this.path + member, 'a time in Unix epoch milliseconds');
    return time;
  }

  flag(member: string): boolean {
    return this.optionalFlag(member) ?? this.missing(member, 'true or false');
  }

  optionalFlag(member: string): boolean | undefined {
    return this.optional(member, (value) => typeof value === 'boolean', 'true or false') as boolean | undefined;
  }

  optionalTexts(member: string): readonly string[] | undefined {
    const isTexts = (value: unknown) => Array.isArray(value) && value.every((item) => typeof item === 'string');
    return this.optional(member, isTexts, 'a list of texts') as readonly string[] | undefined;
  }

  optionalNumbers(member: string): Readonly<Record<string, number>> | undefined {
    const isNumbers = (value: unknown) => isRecord(value) && Object.values(value).every(isWhole);
    return this.optional(member, isNumbers, 'an object of whole numbers') as Record<string, number> | undefined;
  }

  object(member: string): MemberReader {
    return this.nullableObject(member) ?? this.missing(member, 'an object');
  }

  /** Null is one of its values, so leaving it out is not. */
  nullableObject(member: string): MemberReader | null {
    const value = this.members[member];
    if (value === null) return null;
    if (!isRecord(value)) throw new MemberError(this.path + member, 'an object or null');
    return new MemberReader(value, `${this.path}${member}.`);
  }

  private optional(member: string, holds: (value: unknown) => boolean, must: string): unknown {
    const value = this.members[member];
    if (value !== undefined && !holds(value)) throw new MemberError(this.path + member, must);
    return value;
  }

  private missing(member: string, must: string): never {
    throw new MemberError(this.path + member, must);
  }
}

const isWhole = (value: unknown): boolean => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** The same object without the members that are undefined. */
export function present<T extends object>(members: T): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}
