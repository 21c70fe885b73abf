import { InvalidArgumentError } from '../errors.js';
import { bucketEndpoint, type Endpoint } from './endpoint.js';
import { AwsError, classify } from './errors.js';
import type { HttpResponse } from './http.js';
import { dateOf, ServiceClient, type AwsClientOptions } from './service-client.js';
import { encodeRfc3986, RequestSigner, sha256, UNSIGNED_PAYLOAD } from './sign-v4.js';

export interface S3ClientOptions extends AwsClientOptions {
  /**
   * Put the body's hash into the signature also over https, which protects it already: for buckets whose policy asks for it.
   * @default false
   */
  readonly signPayload?: boolean;
  /**
   * Largest object to read, in bytes.
   * @default 67108864
   */
  readonly maxObjectBytes?: number;
}

export interface PutOptions {
  /** @default application/octet-stream */
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

/** Objects, whole. */
export interface S3Client {
  /**
   * @returns `undefined` if there is no such object. S3 says so only to who may list the bucket, to others it says that access is denied.
   * @throws AwsError
   */
  get(bucket: string, key: string, signal?: AbortSignal): Promise<Uint8Array | undefined>;
  /** @throws AwsError */
  put(bucket: string, key: string, body: Uint8Array, options?: PutOptions): Promise<void>;
  /** Also succeeds if there is no such object. @throws AwsError */
  delete(bucket: string, key: string, signal?: AbortSignal): Promise<void>;
  /** Loads credentials and opens a connection to the bucket ahead of the first call. @throws AwsError */
  connect(bucket: string, signal?: AbortSignal): Promise<void>;
  /** Closes idle connections. The client can still be used, and opens new ones then. */
  destroy(): void;
}

interface ObjectRequest {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly bucket: string;
  readonly key: string;
  readonly body?: Uint8Array;
  readonly contentType?: string;
}

const EMPTY_HASH = sha256('');
const MAX_OBJECT = 64 << 20;

/** A client for S3 that needs no SDK. Buckets are addressed by host name on AWS, by path at a custom endpoint or if their name has a dot in it. */
export function s3Client(options: S3ClientOptions = {}): S3Client {
  const service = new ServiceClient('s3', options);
  let signer: RequestSigner | undefined;

  const send = (request: ObjectRequest, signal?: AbortSignal): Promise<HttpResponse> => {
    const { method, bucket, key, body, contentType } = request;
    if (key === '') throw new InvalidArgumentError('E_AWS_KEY', 'key must not be empty, got ""');
    let bodyHash: string | undefined; // of a large body it is not made twice
    const hashFor = (endpoint: Endpoint) => {
      if (body === undefined) return EMPTY_HASH;
      return endpoint.protocol === 'https:' && !options.signPayload ? UNSIGNED_PAYLOAD : bodyHash ??= sha256(body);
    };
    return service.send({
      at: (endpoint) => bucketEndpoint(endpoint, bucket),
      prepare(endpoint, credentials, time) {
        const path = endpoint.path + key.split('/').map(encodeRfc3986).join('/');
        const payloadHash = hashFor(endpoint);
        const headers = { 'x-amz-content-sha256': payloadHash, ...(contentType === undefined ? {} : { 'content-type': contentType }) };
        signer ??= new RequestSigner({ service: 's3', region: endpoint.region });
        const signature = signer.sign({ method, path, headers: { host: endpoint.host, ...headers }, payloadHash }, credentials, time);
        return {
          method, path, body, headers: Object.entries({ ...headers, ...signature }).flat(), maxResponseBytes: options.maxObjectBytes ?? MAX_OBJECT,
        };
      },
      failureOf: (response) => isSuccess(method, response) ? undefined : errorOf(request, response),
    }, signal);
  };

  return {
    async get(bucket, key, signal) {
      const { statusCode, body } = await send({ method: 'GET', bucket, key }, signal);
      return statusCode === 404 ? undefined : body;
    },
    async put(bucket, key, body, { contentType = 'application/octet-stream', signal } = {}) {
      await send({ method: 'PUT', bucket, key, body, contentType }, signal);
    },
    async delete(bucket, key, signal) {
      await send({ method: 'DELETE', bucket, key }, signal);
    },
    connect: (bucket, signal) => service.connect((endpoint) => bucketEndpoint(endpoint, bucket), signal),
    destroy: () => service.destroy(),
  };
}

function isSuccess(method: ObjectRequest['method'], { statusCode, body }: HttpResponse): boolean {
  if (statusCode >= 200 && statusCode < 300) return true;
  return statusCode === 404 && method !== 'PUT' && codeOf(body) === 'NoSuchKey';
}

function errorOf({ method, bucket, key }: ObjectRequest, response: HttpResponse): AwsError {
  const { statusCode, headers, body } = response;
  const name = codeOf(body) ?? `Http${statusCode}`;
  const region = headers['x-amz-bucket-region'];
  const elsewhere = statusCode < 400 && region !== undefined ? `; the bucket is in ${String(region)}` : '';
  const message = /<Message>([^<]*)<\/Message>/.exec(body.toString('utf8'))?.[1] ?? 'no message';
  return new AwsError(`${method} s3://${bucket}/${key}: ${name}: ${message}${elsewhere}`, {
    failure: classify(name, statusCode), name, statusCode,
    requestId: headers['x-amz-request-id'] as string | undefined, serverTime: dateOf(response),
  });
}

function codeOf(body: Buffer): string | undefined {
  return /<Code>([^<]*)<\/Code>/.exec(body.toString('utf8'))?.[1];
}
