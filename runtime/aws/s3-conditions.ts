import { InvalidArgumentError, show } from '../errors.js';
import type { HttpResponse } from './http.js';
import { unexpected } from './s3-errors.js';
import { describe, type S3Request, type S3Service } from './s3-service.js';
import type { PutCondition, PutIfOptions, PutOutcome, ReadOptions, S3Object } from './s3-shapes.js';
import { dateOf } from './service-client.js';

/** Writes an object under a condition. */
export async function putObjectIf(
  service: S3Service, bucket: string, key: string, body: Uint8Array | readonly Uint8Array[], condition: PutCondition,
  { contentType = 'application/octet-stream', encryptionKey, sha256, signal }: PutIfOptions,
): Promise<PutOutcome> {
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(sha256)) {
    throw new InvalidArgumentError('E_AWS_SHA256', `sha256 must be 64 digits of 0-9 and a-f, got ${show(sha256)}`);
  }
  // Amazon takes ETags with their quotes and without, Ceph's gateway without them only.
  const when: Record<string, string> = condition === 'absent' ? { 'if-none-match': '*' } : { 'if-match': bare(condition.etag) };
  const request: S3Request = {
    method: 'PUT', bucket, key, body, sha256, encryptionKey, headers: { 'content-type': contentType, ...when },
    isAnswer: (statusCode, code) => statusCode === 412 || (statusCode === 404 && code === 'NoSuchKey'),
  };
  const { response, unsure } = await service.write(request, signal);
  return response.statusCode < 300 ? { etag: etagOf(request, response), unsure } : { unsure };
}

/** An object with its ETag, unless that is known already. @returns `undefined` if there is no such object */
export async function readObject(
  service: S3Service, bucket: string, key: string, { unless, signal }: ReadOptions,
): Promise<S3Object | 'unchanged' | undefined> {
  const request: S3Request = {
    method: 'GET', bucket, key, headers: unless === undefined ? undefined : { 'if-none-match': `"${bare(unless)}"` },
    isAnswer: (statusCode, code) => (statusCode === 304 && unless !== undefined) || (statusCode === 404 && code === 'NoSuchKey'),
  };
  const response = await service.send(request, signal);
  if (response.statusCode === 404) return undefined;
  if (response.statusCode === 304) return 'unchanged';
  const time = dateOf(response);
  if (time === undefined) throw unexpected(describe(request), 'the answer has no Date');
  return { body: response.body, etag: etagOf(request, response), time };
}

/** Whether there is such an object. Its first byte is asked for: the answer to HEAD has no body that could say what is wrong. */
export async function hasObject(service: S3Service, bucket: string, key: string, signal?: AbortSignal): Promise<boolean> {
  const { statusCode } = await service.send({
    method: 'GET', bucket, key, headers: { range: 'bytes=0-0' },
    isAnswer: (status, code) => status === 416 || (status === 404 && code === 'NoSuchKey'), // of an empty one there is no first byte
  }, signal);
  return statusCode !== 404;
}

function etagOf(request: S3Request, { headers: { etag } }: HttpResponse): string {
  if (etag === undefined || bare(etag) === '') throw unexpected(describe(request), 'the answer has no ETag');
  return bare(etag);
}

function bare(etag: string): string {
  return etag.replace(/^W\//, '').replaceAll('"', '');
}
