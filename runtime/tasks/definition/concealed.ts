import { createHash, scryptSync } from 'node:crypto';

/** 16 MiB and some 50 ms a value. */
const COST = { N: 2 ** 14, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const MAX_KNOWN = 10_000;

/** By the hash of what was hashed, so that no secret is kept here. */
const known = new Map<string, string>();

/**
 * A hash of something that may be a secret: ids, keys and the parts of keys are stored and logged, and have only this of it. It has to be the same
 * on every machine, so there is no secret salt; instead it is slow (scrypt), so that guessing costs 50 ms a guess in place of a microsecond. What is
 * one of a few values can still be guessed.
 *
 * @param name of what has the value: the same value of something else has another hash
 * @returns 64 hexadecimal characters
 */
export function concealed(name: string, text: string): string {
  const bytes = Buffer.from(text, 'utf16le');
  const quick = createHash('sha256').update(`${name.length}:${name}`).update(bytes).digest('base64');
  let slow = known.get(quick);
  if (slow === undefined) {
    slow = scryptSync(bytes, `cache-tiers task ${name}`, 32, COST).toString('hex');
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(quick, slow);
  }
  return slow;
}
