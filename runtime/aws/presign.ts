import { amzDate, canonicalQuery, UNSIGNED_PAYLOAD, type AwsCredentials, type RequestSigner } from './sign-v4.js';

export interface PresignableRequest {
  readonly method: string;
  /** Percent-encoded as it goes on the wire. */
  readonly path: string;
  /** Headers that the request will have to have, by lower-case name, `host` among them. They are signed, and not in the query. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The query that makes a request to S3 a signed one, whoever sends it. It holds no header but the names of the signed ones.
 *
 * @param time from which on it holds, in Unix epoch milliseconds
 * @param expires seconds that it holds, a week at most; and no longer than the credentials
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function presignedQuery(
  signer: RequestSigner, { method, path, headers }: PresignableRequest, credentials: AwsCredentials, time: number, expires: number,
): string {
  const date = amzDate(time);
  const names = Object.keys(headers).sort();
  const query = canonicalQuery([
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${credentials.accessKeyId}/${signer.scopeOf(date)}`],
    ['X-Amz-Date', date],
    ['X-Amz-Expires', String(expires)],
    ...(credentials.sessionToken === undefined ? [] : [['X-Amz-Security-Token', credentials.sessionToken] as const]),
    ['X-Amz-SignedHeaders', names.join(';')],
  ]);
  const canonical = `${method}\n${signer.canonicalPath(path)}\n${query}\n${names.map((name) => `${name}:${headers[name]!.trim()}\n`).join('')}\n`
    + `${names.join(';')}\n${UNSIGNED_PAYLOAD}`;
  return `${query}&X-Amz-Signature=${signer.signatureOf(canonical, date, credentials)}`;
}
