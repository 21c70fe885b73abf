import { AwsError, classify } from './errors.js';
import type { HttpResponse } from './http.js';
import { dateOf } from './service-client.js';

/** @param what the request in short, `GET s3://bucket/key` */
export function errorOf(what: string, response: HttpResponse): AwsError {
  const { statusCode, headers, body } = response;
  const name = codeOf(body) ?? `Http${statusCode}`;
  const region = headers['x-amz-bucket-region'];
  const elsewhere = statusCode < 400 && region !== undefined ? `; the bucket is in ${String(region)}` : '';
  const message = /<Message>([^<]*)<\/Message>/.exec(body.toString('utf8'))?.[1] ?? 'no message';
  return new AwsError(`${what}: ${name}: ${message}${elsewhere}`, {
    failure: classify(name, statusCode), name, statusCode,
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
