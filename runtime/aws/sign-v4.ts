import { createHash, createHmac } from 'node:crypto';

/** Keys to sign requests with. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** @default - they do not expire */
  readonly expiration?: Date;
}

/** What a signature is valid for. */
export interface SigningScope {
  /** The service's signing name: `dynamodb`, `s3`. */
  readonly service: string;
  readonly region: string;
}

export interface SignableRequest {
  readonly method: string;
  /** Percent-encoded as it goes on the wire, without the query. */
  readonly path: string;
  /** Parameters, not encoded. */
  readonly query?: readonly (readonly [name: string, value: string])[];
  /** Headers to sign, by lower-case name, `host` among them. What proxies may change (`user-agent`, `connection`) does not belong here. */
  readonly headers: Readonly<Record<string, string>>;
  /** SHA-256 of the body in hexadecimal, or `UNSIGNED-PAYLOAD`, which S3 takes over https. */
  readonly payloadHash: string;
}

/** Headers to send along with the ones that were signed. */
export interface SignatureHeaders {
  'x-amz-date': string;
  'x-amz-security-token'?: string;
  authorization: string;
}

export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';

/** SHA-256 in hexadecimal. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Percent-encodes all but RFC 3986's unreserved characters; `encodeURIComponent` leaves five more. */
export function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

let lastSecond = NaN;
let lastStamp = '';

/** A time as signatures have it, `20150830T123600Z`. */
export function amzDate(time: number): string {
  const second = Math.floor(time / 1000);
  if (second !== lastSecond) {
    lastStamp = new Date(second * 1000).toISOString().replace(/[:-]|\.\d{3}/g, '');
    lastSecond = second;
  }
  return lastStamp;
}

/**
 * Signs requests to one service in one region with AWS Signature Version 4, in headers.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
 */
export class RequestSigner {
  private keyFor = '';
  private key: Buffer = Buffer.alloc(0);
  private readonly scopeEnd: string;

  constructor(private readonly scope: SigningScope) {
    this.scopeEnd = `/${scope.region}/${scope.service}/aws4_request`;
  }

  /** @param time the time of the request, in Unix epoch milliseconds */
  sign(request: SignableRequest, credentials: AwsCredentials, time: number): SignatureHeaders {
    const date = amzDate(time);
    const headers: Record<string, string> = { ...request.headers, 'x-amz-date': date };
    if (credentials.sessionToken !== undefined) headers['x-amz-security-token'] = credentials.sessionToken;
    const names = Object.keys(headers).sort();
    const signedHeaders = names.join(';');
    const canonicalHeaders = names.map((name) => `${name}:${headers[name]!.trim().replace(/\s+/g, ' ')}\n`).join('');
    const canonical = `${request.method}\n${this.canonicalPath(request.path)}\n${canonicalQuery(request.query)}\n${canonicalHeaders}\n`
      + `${signedHeaders}\n${request.payloadHash}`;
    return this.finish(canonical, signedHeaders, date, credentials);
  }

  /** Signs a canonical request that the caller has put together. */
  finish(canonical: string, signedHeaders: string, date: string, credentials: AwsCredentials): SignatureHeaders {
    const scope = this.scopeOf(date);
    const signature = this.signatureOf(canonical, date, credentials);
    const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
    return credentials.sessionToken === undefined
      ? { 'x-amz-date': date, authorization }
      : { 'x-amz-date': date, 'x-amz-security-token': credentials.sessionToken, authorization };
  }

  /** The scope of a signature made on a day: `20150830/us-east-1/s3/aws4_request`. */
  scopeOf(date: string): string {
    return date.slice(0, 8) + this.scopeEnd;
  }

  /** The signature of a canonical request, in hexadecimal. @param date as `amzDate` has it */
  signatureOf(canonical: string, date: string, { secretAccessKey }: AwsCredentials): string {
    return createHmac('sha256', this.signingKey(secretAccessKey, date.slice(0, 8)))
      .update(`AWS4-HMAC-SHA256\n${date}\n${this.scopeOf(date)}\n${sha256(canonical)}`)
      .digest('hex');
  }

  /** S3 signs the path as it is sent; every other service resolves its dots and encodes it once more. */
  canonicalPath(path: string): string {
    if (this.scope.service === 's3') return path;
    const segments: string[] = [];
    for (const segment of path.split('/')) {
      if (segment === '..') segments.pop();
      else if (segment !== '.' && segment !== '') segments.push(encodeRfc3986(segment));
    }
    return `/${segments.join('/')}${segments.length > 0 && path.endsWith('/') ? '/' : ''}`;
  }

  /** Four rounds of HMAC that give the same key for a whole day. */
  private signingKey(secret: string, day: string): Buffer {
    const wanted = `${day}${secret}`;
    if (this.keyFor !== wanted) {
      const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();
      this.key = hmac(hmac(hmac(hmac(`AWS4${secret}`, day), this.scope.region), this.scope.service), 'aws4_request');
      this.keyFor = wanted;
    }
    return this.key;
  }
}

/** A query as it is signed, and may be sent: encoded, and in order. */
export function canonicalQuery(query: SignableRequest['query'] = []): string {
  return query
    .map(([name, value]) => [encodeRfc3986(name), encodeRfc3986(value)] as const)
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** Signs JSON requests that differ only in body, target, time and keys: what stays the same is put together once. */
export class JsonRequestSigner {
  private readonly signer: RequestSigner;
  private readonly head: string;

  /**
   * @param host as in the `Host` header, with a port unless it is the protocol's own
   * @param path the endpoint's path, `/` for AWS itself
   */
  constructor(scope: SigningScope, private readonly contentType: string, host: string, path: string) {
    this.signer = new RequestSigner(scope);
    this.head = `POST\n${this.signer.canonicalPath(path)}\n\ncontent-type:${contentType}\nhost:${host}\nx-amz-date:`;
  }

  /**
   * @param target the operation, as `x-amz-target` names it
   * @param time in Unix epoch milliseconds
   * @returns all headers but `host` and `content-length`, names and values in turn, as `node:http` takes them
   */
  sign(target: string, body: string, credentials: AwsCredentials, time: number): string[] {
    const date = amzDate(time);
    const token = credentials.sessionToken;
    const signedHeaders = token === undefined
      ? 'content-type;host;x-amz-date;x-amz-target'
      : 'content-type;host;x-amz-date;x-amz-security-token;x-amz-target';
    const canonical = `${this.head}${date}\n${token === undefined ? '' : `x-amz-security-token:${token}\n`}x-amz-target:${target}\n\n`
      + `${signedHeaders}\n${sha256(body)}`;
    const { authorization } = this.signer.finish(canonical, signedHeaders, date, credentials);
    const headers = ['content-type', this.contentType, 'x-amz-date', date, 'x-amz-target', target, 'authorization', authorization];
    if (token !== undefined) headers.push('x-amz-security-token', token);
    return headers;
  }
}
