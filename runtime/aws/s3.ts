import type { Readable } from 'node:stream';
import { bucketEndpoint } from './endpoint.js';
import { getObject, openObject } from './s3-objects.js';
import { S3Service } from './s3-service.js';
import type { AwsClientOptions } from './service-client.js';

export interface S3ClientOptions extends AwsClientOptions {
  /**
   * Put the body's hash into the signature: for buckets whose policy asks for it also over https, which protects the body already. Without it
   * over http, nothing does; Ceph's gateway and the emulators take such requests.
   * @default - true over http, false over https
   */
  readonly signPayload?: boolean;
  /**
   * Largest object to read whole, in bytes.
   * @default 67108864
   */
  readonly maxObjectBytes?: number;
  /**
   * Whether encryption keys may go over plain http, where the network sees them. For tests; Amazon S3 refuses them there.
   * @default false
   */
  readonly allowInsecureKeys?: boolean;
}

export interface PutOptions {
  /** @default application/octet-stream */
  readonly contentType?: string;
  /** 32 bytes: S3 encrypts the object with them, does not keep them, and gives the object only to who sends them again (SSE-C). */
  readonly encryptionKey?: Uint8Array;
  /** @default - 30 seconds */
  readonly signal?: AbortSignal;
}

export interface GetStreamOptions {
  /** From which byte on, and up to which one, that one included. @default - the whole object */
  readonly range?: { readonly start: number; readonly end?: number };
  /** The key that the object was written with. */
  readonly encryptionKey?: Uint8Array;
  /** Ends the call or the body, whichever is under way. */
  readonly signal?: AbortSignal;
  /**
   * How long the body may stand still although there is room for more, in milliseconds.
   * @default 30000
   */
  readonly idleTimeout?: number;
}

export interface ObjectStream {
  /** Ends after the last byte; a connection that broke before that is an error. Destroying it closes the connection. */
  readonly body: Readable;
  /** Bytes to come, if the server says so. */
  readonly bytes?: number;
}

/** Objects in buckets. */
export interface S3Client {
  /**
   * @returns `undefined` if there is no such object. S3 says so only to who may list the bucket, to others it says that access is denied.
   * @throws AwsError
   */
  get(bucket: string, key: string, signal?: AbortSignal): Promise<Uint8Array | undefined>;
  /**
   * Resolves once there are headers, 30 seconds at most. The connection is taken until the body has been read or destroyed.
   *
   * @returns `undefined` as `get` does
   * @throws AwsError
   */
  getStream(bucket: string, key: string, options?: GetStreamOptions): Promise<ObjectStream | undefined>;
  /**
   * @param body in one piece or in several, which are neither joined nor changed
   * @throws AwsError
   */
  put(bucket: string, key: string, body: Uint8Array | readonly Uint8Array[], options?: PutOptions): Promise<void>;
  /** Also succeeds if there is no such object. @throws AwsError */
  delete(bucket: string, key: string, signal?: AbortSignal): Promise<void>;
  /** Loads credentials and opens a connection to the bucket ahead of the first call. @throws AwsError */
  connect(bucket: string, signal?: AbortSignal): Promise<void>;
  /** Closes idle connections. The client can still be used, and opens new ones then. */
  destroy(): void;
}

/** A client for S3 that needs no SDK. */
export function s3Client(options: S3ClientOptions = {}): S3Client {
  const service = new S3Service(options);
  return {
    get: (bucket, key, signal) => getObject(service, bucket, key, signal),
    getStream: (bucket, key, given = {}) => openObject(service, bucket, key, given),
    async put(bucket, key, body, { contentType = 'application/octet-stream', encryptionKey, signal } = {}) {
      await service.send({ method: 'PUT', bucket, key, body, headers: { 'content-type': contentType }, encryptionKey }, signal);
    },
    async delete(bucket, key, signal) {
      await service.send({ method: 'DELETE', bucket, key }, signal);
    },
    connect: (bucket, signal) => service.client.connect((endpoint) => bucketEndpoint(endpoint, bucket), signal),
    destroy: () => service.client.destroy(),
  };
}
