import { randomBytes } from 'node:crypto';

/** Identifier of one execution: part of object keys, and the salt of its keys. */
export function newAttempt(): string {
  return randomBytes(16).toString('base64url');
}
