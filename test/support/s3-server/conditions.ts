import type { IncomingHttpHeaders } from 'node:http';
import { headerOf, noSuchKey, S3Error, type StoredObject } from './model';

const failed = () => new S3Error(412, 'PreconditionFailed', 'A condition of the request does not hold.');

/** Takes the ETag with its quotes and without, as S3 does. */
function names(condition: string, { etag }: StoredObject): boolean {
  return condition.split(',').some((each) => each.trim() === '*' || each.trim().replaceAll('"', '') === etag.replaceAll('"', ''));
}

/** @throws S3Error unless an object may take the place of what is there */
export function mayReplace(headers: IncomingHttpHeaders, existing: StoredObject | undefined): void {
  const [ifMatch, ifNoneMatch] = [headerOf(headers, 'if-match'), headerOf(headers, 'if-none-match')];
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') {
    throw new S3Error(501, 'NotImplemented', 'If-None-Match of a write can only be *.');
  }
  if (ifNoneMatch !== undefined && existing !== undefined) throw failed();
  if (ifMatch === undefined) return;
  if (existing === undefined) throw noSuchKey();
  if (!names(ifMatch, existing)) throw failed();
}

/** @throws S3Error unless an object may be deleted */
export function mayDelete(headers: IncomingHttpHeaders, existing: StoredObject | undefined): void {
  const ifMatch = headerOf(headers, 'if-match');
  if (ifMatch !== undefined && existing !== undefined && !names(ifMatch, existing)) throw failed();
}

/** @throws S3Error unless an object may be the source of a copy */
export function mayCopy(headers: IncomingHttpHeaders, source: StoredObject): void {
  const [ifMatch, ifNoneMatch] = ['match', 'none-match'].map((name) => headerOf(headers, `x-amz-copy-source-if-${name}`));
  if (ifMatch !== undefined && !names(ifMatch, source)) throw failed();
  if (ifNoneMatch !== undefined && names(ifNoneMatch, source)) throw failed();
}

/** @returns whether the client has what it asks for already @throws S3Error if it wanted another version */
export function isKnown(headers: IncomingHttpHeaders, object: StoredObject): boolean {
  const [ifMatch, ifNoneMatch] = [headerOf(headers, 'if-match'), headerOf(headers, 'if-none-match')];
  if (ifMatch !== undefined && !names(ifMatch, object)) throw failed();
  return ifNoneMatch !== undefined && names(ifNoneMatch, object);
}

export interface Slice {
  readonly begin: number;
  /** Past the last byte. */
  readonly end: number;
}

/** The one range that is asked for; `undefined` for the whole, which is also the answer to a range that is none. */
export function rangeOf(header: string | undefined, size: number): Slice | undefined {
  const range = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (range === null || (range[1] === '' && range[2] === '')) return undefined;
  const [first, last] = [range[1] === '' ? undefined : Number(range[1]), range[2] === '' ? undefined : Number(range[2])];
  if (first !== undefined && last !== undefined && last < first) return undefined;
  const slice = first === undefined
    ? { begin: Math.max(0, size - last!), end: size }
    : { begin: first, end: Math.min(size, (last ?? size) + 1) };
  if (slice.begin >= size || (first === undefined && last === 0)) {
    throw new S3Error(416, 'InvalidRange', 'The range begins past the end.', { 'content-range': `bytes */${size}` });
  }
  return slice;
}
