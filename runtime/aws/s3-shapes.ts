import type { Readable } from 'node:stream';
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

/** What has to be there when an object is written: nothing, or the object that has this ETag. */
export type PutCondition = 'absent' | { readonly etag: string };

export interface PutIfOptions extends PutOptions {
  /** SHA-256 of the body in hexadecimal, where it is known. S3 checks it, and it is not worked out again. @default - as `signPayload` says */
  readonly sha256?: string;
}

export interface PutOutcome {
  /** Of what was written. `undefined`: the condition did not hold, or not any more. */
  readonly etag?: string;
  /**
   * Whether an attempt before the last one may have been carried out, and its answer lost. If the condition did not hold then, what is there may
   * be what this very call has written.
   */
  readonly unsure: boolean;
}

export interface ReadOptions {
  /** An ETag: the object that has it is not sent. */
  readonly unless?: string;
  /** @default - 30 seconds */
  readonly signal?: AbortSignal;
}

export interface S3Object {
  readonly body: Uint8Array;
  /** Without quotes, in which servers differ. */
  readonly etag: string;
  /** When the server answered, by its own clock, in Unix epoch milliseconds; whole seconds. */
  readonly time: number;
}

export interface GetStreamOptions {
  /** From which byte on, and up to which one, that one included. @default - the whole object */
  readonly range?: { readonly start: number; readonly end?: number };
  /** The key that the object was written with. */
  readonly encryptionKey?: Uint8Array;
  /** Ends the call or the body, whichever is under way. */
  readonly signal?: AbortSignal;
  /**
   * How long to wait for the headers, in milliseconds, all attempts together.
   * @default 30000
   */
  readonly timeout?: number;
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

export interface ListOptions {
  readonly prefix?: string;
  /** Keys that come after this one, in the order of their UTF-8. */
  readonly startAfter?: string;
  /** Of one page. @default 1000, which is also the most */
  readonly maxKeys?: number;
  /** What keys have in common up to this text after the prefix is one entry of `prefixes()`, and none of them is listed. */
  readonly delimiter?: string;
  /** @default - 30 seconds for each page */
  readonly signal?: AbortSignal;
}

export interface S3ObjectSummary {
  readonly key: string;
  readonly bytes: number;
  readonly lastModified: Date;
}

/** Objects in the order of their keys. Every walk through it asks anew, page after page. */
export interface S3Listing extends AsyncIterable<S3ObjectSummary> {
  /** The common prefixes in place of the objects, in order. There are none without a delimiter. */
  prefixes(): AsyncIterable<string>;
}

/** An object that is still there, and why. */
export interface DeleteFailure {
  readonly key: string;
  /** S3's name for the error: `AccessDenied`. */
  readonly code: string;
  readonly message: string;
}

export interface PresignOptions {
  /** The key that the object was written with: it is in the headers, never in the URL. */
  readonly encryptionKey?: Uint8Array;
  /** Seconds that the URL holds, a week at most. It ends with the credentials that it was signed with, if these end before. */
  readonly expires: number;
  /** For the credentials, if there are none at hand. */
  readonly signal?: AbortSignal;
}

export interface PresignedGet {
  readonly url: string;
  /** To send along, exactly these. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Objects in buckets. */
export interface S3Client {
  /**
   * @returns `undefined` if there is no such object. S3 says so only to who may list the bucket, to others it says that access is denied.
   * @throws AwsError
   */
  get(bucket: string, key: string, signal?: AbortSignal): Promise<Uint8Array | undefined>;
  /**
   * Resolves once there are headers. The connection is taken until the body has been read or destroyed.
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
  /**
   * Writes an object if what is there now is what it may replace. That it is not is an answer; another write under way at the same time is waited
   * for.
   *
   * @throws AwsError
   */
  putIf(
    bucket: string, key: string, body: Uint8Array | readonly Uint8Array[], condition: PutCondition, options?: PutIfOptions,
  ): Promise<PutOutcome>;
  /**
   * As `get`, with what a later `putIf` wants to know.
   *
   * @throws AwsError
   */
  read(bucket: string, key: string, options?: ReadOptions): Promise<S3Object | 'unchanged' | undefined>;
  /** Whether there is such an object, as `get` has it. @throws AwsError */
  has(bucket: string, key: string, signal?: AbortSignal): Promise<boolean>;
  /** Also succeeds if there is no such object. @throws AwsError */
  delete(bucket: string, key: string, signal?: AbortSignal): Promise<void>;
  /**
   * Objects below a prefix.
   *
   * @throws AwsError while it is walked through
   */
  list(bucket: string, options?: ListOptions): S3Listing;
  /**
   * @param keys 1000 at most
   * @returns those that could not be deleted; what was not there is deleted
   * @throws AwsError if the request as a whole has failed
   */
  deleteMany(bucket: string, keys: readonly string[], signal?: AbortSignal): Promise<DeleteFailure[]>;
  /** A URL to read one object by, for who has no credentials. Asks nobody: the object need not be there. @throws AwsError */
  presignGet(bucket: string, key: string, options: PresignOptions): Promise<PresignedGet>;
  /** Loads credentials and opens a connection to the bucket ahead of the first call. @throws AwsError */
  connect(bucket: string, signal?: AbortSignal): Promise<void>;
  /** Closes idle connections. The client can still be used, and opens new ones then. */
  destroy(): void;
}
