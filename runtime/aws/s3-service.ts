import { createHash } from 'node:crypto';
import { InvalidArgumentError } from '../errors.js';
import { bucketEndpoint, type Endpoint } from './endpoint.js';
import type { HttpRequest, HttpResponse, HttpStream } from './http.js';
import { bodyLength } from './http-body.js';
import type { S3ClientOptions } from './s3-shapes.js';
import { codeOf, errorOf } from './s3-errors.js';
import { checkKeyIsHidden, customerKeyHeaders } from './s3-keys.js';
import { ServiceClient, type OpenOptions, type ServiceCall } from './service-client.js';
import { canonicalQuery, encodeRfc3986, RequestSigner, sha256, UNSIGNED_PAYLOAD, type AwsCredentials } from './sign-v4.js';

/** One request to a bucket, or to an object in it. */
export interface S3Request {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly bucket: string;
  /** @default - the bucket itself */
  readonly key?: string;
  readonly query?: readonly (readonly [name: string, value: string])[];
  /** Headers to sign, by lower-case name. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | readonly Uint8Array[];
  /** Of the body, in hexadecimal, where it is known: it is signed, so that the server takes no other body. */
  readonly sha256?: string;
  /** 32 bytes for SSE-C. */
  readonly encryptionKey?: Uint8Array;
  /** Whether a response that is no success is an answer all the same. @default - that there is no such object, unless it was to be written */
  readonly isAnswer?: (statusCode: number, code: string | undefined) => boolean;
}

/** What became of a write. */
export interface Written {
  readonly response: HttpResponse;
  /** Whether it may have been carried out before, without an answer: then what it finds may be its own doing. */
  readonly unsure: boolean;
}

const EMPTY_HASH = sha256('');
const MAX_OBJECT = 64 << 20;
/** From this size on, a body that is sent again waits until the server has seen the headers: what broke the first attempt may be a refusal. */
const LARGE_BODY = 1 << 20;

/** Signs and sends requests to S3. Buckets are addressed by host name on AWS, by path at a custom endpoint or if their name has a dot in it. */
export class S3Service {
  readonly client: ServiceClient;
  private signer?: RequestSigner; // there is one region, and it is known with the first call

  constructor(private readonly options: S3ClientOptions) {
    this.client = new ServiceClient('s3', options);
  }

  /** @throws AwsError; an absent object is none, unless it was to be written */
  send(request: S3Request, signal?: AbortSignal): Promise<HttpResponse> {
    return this.client.send(this.callOf(request), signal);
  }

  /** As `send` does, and tells more of a write. */
  async write(request: S3Request, signal?: AbortSignal): Promise<Written> {
    const call = this.callOf(request);
    let open = 0; // attempts of which nobody said that they were refused
    const response = await this.client.send({
      ...call,
      prepare: (...given) => { open++; return call.prepare(...given); },
      failureOf: (answer) => { if (answer.statusCode < 500) open--; return call.failureOf(answer); },
    }, signal);
    return { response, unsure: open > 0 };
  }

  /** The body of a success is a stream. */
  open(request: S3Request, options: OpenOptions): Promise<HttpResponse | HttpStream> {
    return this.client.open(this.callOf(request), options);
  }

  signerFor({ region }: Endpoint): RequestSigner {
    return this.signer ??= new RequestSigner({ service: 's3', region });
  }

  private callOf(request: S3Request): ServiceCall {
    const { bucket, body } = request;
    const bytes = body === undefined ? 0 : bodyLength(body);
    const hashFor = this.hashOf(request);
    let attempts = 0;
    return {
      at: (endpoint) => bucketEndpoint(endpoint, bucket),
      prepare: (endpoint, credentials, time) => {
        const signed = this.sign(request, hashFor(endpoint), endpoint, credentials, time);
        return { ...signed, expectContinue: bytes >= LARGE_BODY && attempts++ > 0 };
      },
      failureOf: (response) => isSuccess(request, response) ? undefined : errorOf(describe(request), response, isRead(request)),
    };
  }

  private sign(request: S3Request, payloadHash: string, endpoint: Endpoint, credentials: AwsCredentials, time: number): HttpRequest {
    const { method, query = [], body } = request;
    const path = pathOf(endpoint, request.key);
    const headers = { 'x-amz-content-sha256': payloadHash, ...request.headers, ...this.encryptionOf(request.encryptionKey, endpoint) };
    const signature = this.signerFor(endpoint).sign(
      { method, path, query, headers: { host: endpoint.host, ...headers }, payloadHash }, credentials, time);
    return {
      method, path: query.length === 0 ? path : `${path}?${canonicalQuery(query)}`, body,
      headers: Object.entries({ ...headers, ...signature }).flat(), maxResponseBytes: this.options.maxObjectBytes ?? MAX_OBJECT,
    };
  }

  /** @throws InvalidArgumentError */
  encryptionOf(key: Uint8Array | undefined, endpoint: Endpoint): Readonly<Record<string, string>> {
    if (key === undefined) return {};
    if (!this.options.allowInsecureKeys) checkKeyIsHidden(endpoint);
    return customerKeyHeaders(key);
  }

  /** What is signed for a body: its hash, which is made once however often it is sent, or that it has none. */
  private hashOf({ body, sha256: known }: S3Request): (endpoint: Endpoint) => string {
    let hash: string | undefined;
    return ({ protocol }) => {
      if (body === undefined) return EMPTY_HASH;
      if (known !== undefined) return known;
      const signed = this.options.signPayload ?? protocol === 'http:';
      return signed ? hash ??= sha256Of(body) : UNSIGNED_PAYLOAD;
    };
  }
}

/** @throws InvalidArgumentError `E_AWS_KEY` */
export function pathOf(endpoint: Endpoint, key: string | undefined): string {
  if (key === '') throw new InvalidArgumentError('E_AWS_KEY', 'key must not be empty, got ""');
  return key === undefined ? endpoint.path : endpoint.path + key.split('/').map(encodeRfc3986).join('/');
}

/** A request in an error's message. */
export function describe({ method, bucket, key = '' }: Pick<S3Request, 'method' | 'bucket' | 'key'>): string {
  return `${method} s3://${bucket}/${key}`;
}

function isSuccess(request: S3Request, { statusCode, body }: HttpResponse): boolean {
  if (statusCode >= 200 && statusCode < 300) return true;
  const { method, key, isAnswer } = request;
  return isAnswer?.(statusCode, codeOf(body)) ?? (statusCode === 404 && key !== undefined && method !== 'PUT' && codeOf(body) === 'NoSuchKey');
}

function isRead({ method, key }: S3Request): boolean {
  return method === 'GET' && key !== undefined;
}

function piecesOf(body: Uint8Array | readonly Uint8Array[]): readonly Uint8Array[] {
  return body instanceof Uint8Array ? [body] : body;
}

function sha256Of(body: Uint8Array | readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const piece of piecesOf(body)) hash.update(piece);
  return hash.digest('hex');
}
