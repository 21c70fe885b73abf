import type { Readable } from 'node:stream';
import type { AwsClientOptions } from '../aws/service-client.js';
import type { Clock } from '../resilience/clock.js';
import type { Duration } from '../resilience/duration.js';
import type { ArrowSource } from './arrow/source.js';
import type { ResultIndex } from './index/result-index.js';
import type { KeyRing } from './keys/key-ring.js';
import type { SegmentStore } from './segments/segment-store.js';

/**
 * - `hit`: from the cache
 * - `miss`: executed by this call
 * - `joined`: from an execution that was under way for somebody else
 * - `stale`: from the cache, past its time to live
 * - `bypass`: executed, and nothing was cached; `reason` says why
 */
export type LiveStatus = 'hit' | 'miss' | 'joined' | 'stale' | 'bypass';

/**
 * - `preview`: `mode: 'preview'`
 * - `no-scope`: no `scope` was given
 * - `no-store`: `cache: 'no-store'`
 * - `index`, `storage`, `keys`: index, bucket or master keys cannot be had at the moment
 */
export type BypassReason = 'preview' | 'no-scope' | 'no-store' | 'index' | 'storage' | 'keys';

export interface ExecutionContext {
  /** Aborts when nobody wants the result any more, or it takes too long. */
  readonly signal: AbortSignal;
  /** Identifier of this execution, for the engine's logs. */
  readonly attempt: string;
}

/** Runs the query. Rejects with the query's own error. */
export type Execute = (context: ExecutionContext) => ArrowSource | Promise<ArrowSource>;

/** What becomes of an execution when its last caller in this process leaves: it goes on, it ends, or it goes on if other processes wait for it. */
export type WhenAbandoned = 'finish' | 'abort' | 'finish-if-awaited';

/** Values that a key may be made of. Objects are equal if their members are, in any order. */
export type KeyPart
  = | string | number | bigint | boolean | null | undefined | Date | Uint8Array | readonly KeyPart[] | { readonly [name: string]: KeyPart };

export interface LiveQuery {
  readonly mode?: 'live';
  /**
   * Who may see the result: tenant, user, or the text of the row-level policies in force. Results are never shared across scopes.
   * Without one, also where it is `null` or `''`, the query is executed and nothing is cached.
   */
  readonly scope?: KeyPart;
  /** What is asked: the query's text in a normal form, parameters, compression, version of the data. */
  readonly key: KeyPart;
  /** Names to invalidate the result by: 1000 at most, together with `datasets`. */
  readonly tags?: readonly string[];
  /** Datasets that the query reads: a new version of one invalidates the result. */
  readonly datasets?: readonly string[];
  /** From the query's start. @default - the client's `ttl` */
  readonly ttl?: Duration;
  /** After `ttl`: time in which the result may be served while it is refreshed. @default - the client's `staleWhileRevalidate` */
  readonly staleWhileRevalidate?: Duration;
  /** After `ttl`: time in which the result may be served if executing fails. @default - the client's `staleIfError` */
  readonly staleIfError?: Duration;
  /**
   * As `fetch` has it: `reload` executes and replaces what is cached, `no-store` executes and leaves the cache alone, `only-if-cached` never
   * executes (`E_LIVE_NOT_CACHED`).
   * @default default
   */
  readonly cache?: 'default' | 'reload' | 'no-store' | 'only-if-cached';
  /** The caller's own: aborting it ends this caller's stream, and the execution if nobody else wants it. */
  readonly signal?: AbortSignal;
  /** @default - the client's `whenAbandoned` */
  readonly whenAbandoned?: WhenAbandoned;
  /** Longest that the execution may take, until its last byte. @default - the client's `executionTimeout` */
  readonly executionTimeout?: Duration;
}

/** A query whose result goes straight from the executor to the caller. Its type has no member that concerns a cache. */
export interface PreviewQuery {
  readonly mode: 'preview';
  readonly signal?: AbortSignal;
  readonly executionTimeout?: Duration;
}

/** What is known once the last byte has been given to the caller. */
export interface LiveSummary {
  readonly bytes: number;
  readonly rows: number;
  readonly batches: number;
}

export interface ResponseOptions {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A URL for each part of a result, in order, and the headers that each request must have. They hold the result's key. */
export interface DirectDownload {
  readonly parts: readonly { readonly url: string; readonly bytes: number; readonly headers: Readonly<Record<string, string>> }[];
  /** Of all parts together. */
  readonly bytes: number;
  /** Seconds for which the URLs hold; less, if the credentials that they were signed with end before. */
  readonly expiresIn: number;
}

/** A result on its way. Its bytes can be taken once, in one of these forms. */
export interface LiveResult extends AsyncIterable<Uint8Array> {
  readonly status: LiveStatus;
  /** Set if `status` is `bypass`. */
  readonly reason?: BypassReason;
  /** Seconds since the query was started, at the moment it was found; 0 unless it came from the cache. */
  readonly age: number;
  /** Identifier of the entry, for `cache-tiers live inspect`; it tells nothing of scope or key. */
  readonly id?: string;
  /** Bytes in all, where they are known from the start. */
  readonly bytes?: number;
  readonly stream: ReadableStream<Uint8Array>;
  /** The same as a Node stream: the fastest way into a response. Its `pipe` closes the other end when it fails, and leaves when that is closed. */
  toNodeStream(): Readable;
  /** With `content-type`, `age`, `x-cache`, `server-timing`, and `content-length` where it is known. */
  toResponse(options?: ResponseOptions): Response;
  /** Headers of `toResponse`, for servers of other kinds. */
  headers(): Record<string, string>;
  /** All of it at once. */
  toBytes(): Promise<Uint8Array>;
  /**
   * Where a browser can fetch the result itself, straight from the bucket, in place of taking the bytes from here: this result is left then.
   * `undefined` unless `directDownload` is on and the result is complete and in a bucket; it can be taken from here then as ever.
   */
  direct(): Promise<DirectDownload | undefined>;
  /** Leaves without taking the rest. */
  cancel(reason?: unknown): Promise<void>;
  /** Resolves when the caller has got the last byte; rejects with what its stream failed with. */
  readonly done: Promise<LiveSummary>;
}

export interface LiveClientOptions {
  /** @default - `LIVE_BUCKET`; without one, results are kept in memory */
  readonly bucket?: string;
  /** @default - `LIVE_BUCKET_REGION`, otherwise the client's Region */
  readonly region?: string;
  /** URL of an S3-compatible service. @default - `LIVE_S3_ENDPOINT`, otherwise Amazon S3 */
  readonly endpoint?: string;
  /** @default - AWS's, or those of the secret that `LIVE_S3_CREDENTIALS` names */
  readonly credentials?: AwsClientOptions['credentials'];
  /** URL of the index with `redis://` or `rediss://`, perhaps with user and password. @default - `LIVE_INDEX_URL`; without one, an index in memory */
  readonly indexUrl?: string;
  /** @default - `LIVE_NAMESPACE`, otherwise `live` */
  readonly namespace?: string;
  /** Master key or keys in place of `LIVE_KEY_SECRET`: at least 43 characters; with versions, `current` says which one new results get. */
  readonly masterKey?: string | { readonly current: string; readonly keys: Readonly<Record<string, string>> };
  /** @default 5m */
  readonly ttl?: Duration;
  /** @default 0 */
  readonly staleWhileRevalidate?: Duration;
  /** @default 0 */
  readonly staleIfError?: Duration;
  /** @default finish-if-awaited */
  readonly whenAbandoned?: WhenAbandoned;
  /** @default 15m */
  readonly executionTimeout?: Duration;
  /** Results of queries that were faster than this are not kept: asking again costs less. @default 0 */
  readonly minDuration?: Duration;
  /** Larger results are streamed and not kept. @default 5368709120 (5 GiB) */
  readonly maxBytes?: number;
  /** Up to this many bytes, a result is kept in the index, encrypted, and not in the bucket. @default 65536 */
  readonly inlineBytes?: number;
  /** Entries that one scope may have at a time. @default - no limit */
  readonly maxEntriesPerScope?: number;
  /** How long a lease holds without a sign of life. @default 12s */
  readonly lease?: Duration;
  /** Longest that the index may take to answer. @default 500ms */
  readonly indexTimeout?: Duration;
  /** Executions at a time while the index is away. @default 16 */
  readonly bypassConcurrency?: number;
  /** How far a slow caller may stay behind before it goes on from the bucket, in bytes. @default 8388608 (8 MiB) */
  readonly maxLag?: number;
  /**
   * How long an error of `execute` is remembered and told to those who wait for the same; `undefined`: not at all, the next one executes.
   * @default - not at all
   */
  readonly errorTtl?: (error: unknown) => Duration | undefined;
  /** Whether `direct()` gives URLs. Whoever gets one can read that result until it is deleted, whatever becomes of his rights. @default false */
  readonly directDownload?: boolean;
  /** Whether the end of a stream waits until its result is published. @default - true in AWS Lambda, which freezes the process after a response */
  readonly publishBeforeEnd?: boolean;
  /** Whether segments may go over plain http, which shows the keys to the network. For tests. @default false */
  readonly insecure?: boolean;
  /** `emf`: counters to standard output. @default - `LIVE_METRICS` */
  readonly metrics?: 'emf';
  /** Environment variables. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** In place of the parts named above: for tests, and for stores of one's own. */
  readonly parts?: { readonly index?: ResultIndex; readonly segments?: SegmentStore; readonly keys?: KeyRing; readonly clock?: Clock };
}
