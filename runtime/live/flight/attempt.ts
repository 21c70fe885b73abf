import { randomBytes } from 'node:crypto';

/** Identifier of one execution: part of object keys, and of the salt of its keys. */
export function newAttempt(): string {
  return randomBytes(16).toString('base64url');
}

/** Salt of an execution's keys. With the query in it, nobody who can write to the index can have one query's result be read as another's. */
export function saltOf(attempt: string, id: string): string {
  return `${attempt}.${id}`;
}
