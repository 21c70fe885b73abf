import { InvalidArgumentError, show } from '../errors.js';
import { isStream } from './http-exchange.js';
import type { GetStreamOptions, ObjectStream } from './s3-shapes.js';
import { unexpected } from './s3-errors.js';
import { describe, type S3Request, type S3Service } from './s3-service.js';

/** @returns `undefined` if there is no such object */
export async function getObject(service: S3Service, bucket: string, key: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
  const { statusCode, body } = await service.send({ method: 'GET', bucket, key }, signal);
  return statusCode === 404 ? undefined : body;
}

/** An object as a stream, or a part of it. @returns `undefined` if there is no such object */
export async function openObject(
  service: S3Service, bucket: string, key: string, { range, encryptionKey, ...waits }: GetStreamOptions,
): Promise<ObjectStream | undefined> {
  const request: S3Request = { method: 'GET', bucket, key, encryptionKey, headers: range && { range: rangeOf(range) } };
  const response = await service.open(request, waits);
  if (!isStream(response)) return undefined; // NoSuchKey: anything else that is no success was thrown
  const { statusCode, headers, body } = response;
  if (range !== undefined && statusCode !== 206) {
    body.destroy();
    throw unexpected(describe(request), `asked for the range ${rangeOf(range)}, and got the status ${statusCode}, not 206`);
  }
  const length = headers['content-length'];
  return { body, ...(length !== undefined && { bytes: Number(length) }) };
}

function rangeOf(range: NonNullable<GetStreamOptions['range']>): string {
  const { start, end = start } = range;
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end < start) {
    throw new InvalidArgumentError('E_AWS_RANGE', `range must be whole numbers of bytes, with 0 <= start <= end, got ${show(range)}`);
  }
  return `bytes=${start}-${range.end ?? ''}`;
}
