import { randomBytes } from 'node:crypto';
import { md5 } from './checksums';
import { isKnown, mayCopy, mayDelete, mayReplace, rangeOf, type Slice } from './conditions';
import { customerKeyHeaders, customerKeyIn, mayRead, SOURCE } from './customer-key';
import {
  headerOf, invalidArgument, invalidRequest, noSuchKey, S3Error, type Bucket, type CustomerKey, type S3Answer, type S3Request, type StoredObject,
} from './model';
import { document } from './xml';

const KEPT = ['cache-control', 'content-disposition', 'content-language', 'expires'];

/** What a request says about the object besides its bytes. */
export function describedBy({ headers, checksums }: Pick<S3Request, 'headers' | 'checksums'>): Pick<StoredObject, 'contentType' | 'headers'> {
  const kept: Record<string, string> = { ...checksums };
  for (const name of Object.keys(headers)) if (KEPT.includes(name) || name.startsWith('x-amz-meta-')) kept[name] = headerOf(headers, name)!;
  // aws-chunked was for the way here only.
  const encoding = (headers['content-encoding'] ?? '').split(',').map((each) => each.trim()).filter((each) => each !== 'aws-chunked').join(',');
  if (encoding !== '') kept['content-encoding'] = encoding;
  return { contentType: headers['content-type'] ?? 'binary/octet-stream', headers: kept };
}

/** The MD5 of a plain object; what S3 gives for an encrypted one has nothing to do with that. */
export function etagOf(body: Buffer, customerKey: CustomerKey | undefined): string {
  return `"${customerKey === undefined ? md5(body).digest('hex') : randomBytes(16).toString('hex')}"`;
}

export function putObject(bucket: Bucket, request: S3Request): S3Answer {
  const customerKey = customerKeyIn(request.headers);
  mayReplace(request.headers, bucket.objects.get(request.key));
  const { body } = request;
  const object = { body, etag: etagOf(body, customerKey), modified: new Date(), ...describedBy(request), customerKey };
  bucket.objects.set(request.key, object);
  return { status: 200, headers: { etag: object.etag, ...customerKeyHeaders(customerKey), ...request.checksums } };
}

/** GET and HEAD; a HEAD's body is left out later. */
export function getObject(bucket: Bucket, request: S3Request): S3Answer {
  const object = bucket.objects.get(request.key);
  if (object === undefined) throw noSuchKey();
  mayRead(object, customerKeyIn(request.headers));
  const basic = { etag: object.etag, 'last-modified': object.modified.toUTCString() };
  if (isKnown(request.headers, object)) return { status: 304, headers: basic };
  const part = partOf(object, request.query.get('partNumber'));
  const slice = part ?? rangeOf(headerOf(request.headers, 'range'), object.body.length);
  const withSums = slice === undefined && headerOf(request.headers, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED';
  const headers = Object.entries(object.headers).filter(([name]) => withSums || !name.startsWith('x-amz-checksum-'));
  const { begin, end } = slice ?? { begin: 0, end: object.body.length };
  return {
    status: slice === undefined ? 200 : 206,
    headers: {
      ...basic, ...Object.fromEntries(headers), ...customerKeyHeaders(object.customerKey),
      'accept-ranges': 'bytes', 'content-type': object.contentType,
      ...(slice && { 'content-range': `bytes ${begin}-${end - 1}/${object.body.length}` }),
      ...(part && object.parts && { 'x-amz-mp-parts-count': object.parts.length }),
    },
    body: object.body.subarray(begin, end),
  };
}

function partOf({ parts, body }: StoredObject, number: string | null): Slice | undefined {
  if (number === null) return undefined;
  const begins = parts ?? [0];
  const index = Number(number) - 1;
  const begin = begins[index];
  if (begin === undefined) throw new S3Error(416, 'InvalidPartNumber', 'The object has fewer parts.');
  return { begin, end: begins[index + 1] ?? body.length };
}

export function deleteObject(bucket: Bucket, { key, headers }: S3Request): S3Answer {
  mayDelete(headers, bucket.objects.get(key));
  bucket.objects.delete(key);
  return { status: 204 };
}

export function copyObject(buckets: ReadonlyMap<string, Bucket>, bucket: Bucket, request: S3Request): S3Answer {
  const { headers, key } = request;
  const [, from = '', sourceKey = ''] = /^\/?([^/]+)\/([^?]+)/.exec(decodeURIComponent(headerOf(headers, 'x-amz-copy-source')!)) ?? [];
  if (from === '') throw invalidArgument('The source of a copy is bucket/key.');
  const sources = buckets.get(from);
  if (sources === undefined) throw new S3Error(404, 'NoSuchBucket', 'There is no such bucket.');
  const source = sources.objects.get(sourceKey);
  if (source === undefined) throw noSuchKey();
  mayRead(source, customerKeyIn(headers, SOURCE));
  mayCopy(headers, source);
  mayReplace(headers, bucket.objects.get(key));
  const customerKey = customerKeyIn(headers);
  const replace = headerOf(headers, 'x-amz-metadata-directive') === 'REPLACE';
  if (sources === bucket && sourceKey === key && !replace && customerKey === undefined) {
    throw invalidRequest('A copy of an object onto itself has to change something.');
  }
  const description = replace ? describedBy(request) : { contentType: source.contentType, headers: source.headers };
  const copy = { body: source.body, etag: etagOf(source.body, customerKey), modified: new Date(), ...description, customerKey };
  bucket.objects.set(key, copy);
  const body = document('CopyObjectResult', [['LastModified', copy.modified.toISOString()], ['ETag', copy.etag]]);
  return { status: 200, headers: { 'content-type': 'application/xml', ...customerKeyHeaders(customerKey) }, body };
}
