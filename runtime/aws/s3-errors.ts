import { AwsError, classify } from './errors.js';
import type { HttpResponse } from './http.js';
import { dateOf } from './service-client.js';

/** A write met another one of the same key under way, and was not carried out. */
const IN_CONFLICT = ['ConditionalRequestConflict', 'OperationAborted'];
const MAYBE_ABSENT = 's3:GetObject is not granted, or the object is not there and s3:ListBucket is not granted, without which S3 denies that too';

/** @param what the request in short, `GET s3://bucket/key` @param isRead whether it reads an object */
export function errorOf(what: string, response: HttpResponse, isRead = false): AwsError {
  const { statusCode, headers, body } = response;
  const name = codeOf(body) ?? `Http${statusCode}`;
  const region = headers['x-amz-bucket-region'];
  const elsewhere = statusCode < 400 && region !== undefined ? `; the bucket is in ${String(region)}` : '';
  const message = /<Message>([^<]*)<\/Message>/.exec(body.toString('utf8'))?.[1] ?? 'no message';
  const advice = isRead && name === 'AccessDenied' ? `; ${MAYBE_ABSENT}` : '';
  return new AwsError(`${what}: ${name}: ${message}${elsewhere}${advice}`, {
    failure: classify(name, statusCode), name, statusCode, ...(IN_CONFLICT.includes(name) && { retryable: true }),
    requestId: headers['x-amz-request-id'] as string | undefined, serverTime: dateOf(response),
  });
}

/** S3's name for an error. */
export function codeOf(body: Buffer): string | undefined {
  return /<Code>([^<]*)<\/Code>/.exec(body.toString('utf8'))?.[1];
}

/** A success that cannot be understood. */
export function unexpected(what: string, message: string): AwsError {
  return new AwsError(`${what}: ${message}; is there a proxy in between?`, { failure: 'server', code: 'E_AWS_RESPONSE', retryable: false });
}
