import { InvalidArgumentError, show } from '../errors.js';

/** Bytes of a key at most, as in S3. */
const MAX_KEY = 1024;
const KEY = /^[A-Za-z0-9._~/-]+$/;
const EMPTY_OR_DOTS = /(^|\/)\.{0,2}(\/|$)/;

/** Whether every object store takes it for a key. */
export function isObjectKey(key: string): boolean {
  return typeof key === 'string' && key.length <= MAX_KEY && KEY.test(key) && !EMPTY_OR_DOTS.test(key);
}

/** @throws InvalidArgumentError `E_STORE_KEY` unless it is a key */
export function checkObjectKey(key: string): void {
  if (isObjectKey(key)) return;
  throw new InvalidArgumentError('E_STORE_KEY', `key must be ${MAX_KEY} characters of A-Z, a-z, 0-9, ., _, ~, - and / at most, `
    + `with no part that is empty, . or .., got ${show(key)}`);
}

/** @throws InvalidArgumentError `E_STORE_KEY` unless keys can begin with it */
export function checkObjectPrefix(prefix: string): void {
  const folders = typeof prefix === 'string' ? prefix.slice(0, prefix.lastIndexOf('/') + 1) : '';
  const fits = typeof prefix === 'string' && prefix.length <= MAX_KEY && (prefix === '' || KEY.test(prefix));
  if (fits && (folders === '' || !EMPTY_OR_DOTS.test(folders.slice(0, -1)))) return;
  throw new InvalidArgumentError('E_STORE_KEY', `prefix must be what a key can begin with, such as objects/, or empty, got ${show(prefix)}`);
}
