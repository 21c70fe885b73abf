import { setMaxListeners } from 'node:events';
import { bucketEndpoint, resolveEndpoint } from '../aws/endpoint.js';
import { AwsError } from '../aws/errors.js';
import { bodyLength } from '../aws/http-body.js';
import { limit } from '../aws/http-limit.js';
import { s3Client, type PutCondition, type PutOutcome, type S3Client, type S3ClientOptions, type S3ObjectSummary } from '../aws/s3.js';
import { Bulkhead } from '../resilience/bulkhead.js';
import { checkObjectKey, checkObjectPrefix, isObjectKey } from './object-store-keys.js';
import type { ObjectFailure, ObjectStore, StoredDocument, StoredObject } from './object-store.js';
import { wholeBody } from './whole-body.js';

export interface S3ObjectStoreOptions extends S3ClientOptions {
  readonly bucket: string;
  /**
   * How long the bucket may take to answer, or to go on with an answer, in milliseconds; a write has a second more for each 512 KiB that are under
   * way. It is asked once more then, over another connection.
   * @default 15000
   */
  readonly timeout?: number;
}

interface Signalled {
  readonly signal?: AbortSignal;
}

const DEFAULTS = { maxSockets: 64, maxAttempts: 6, retryDelay: 100 };
const TIMEOUT = 15_000;
const MAX_OBJECT = 64 << 20;
/** Bytes that a slow connection carries in a millisecond. */
const SLOW_PACE = 512;
const AT_ONCE = 1000;

/** Objects in a bucket of Amazon S3, or of a compatible service that knows conditional writes. */
export class S3ObjectStore implements ObjectStore {
  readonly place: string;
  private readonly bucket: string;
  private readonly client: S3Client;
  private readonly timeout: number;
  private readonly maxBytes: number;
  private readonly turns: Bulkhead;
  /** Bytes of the writes under way: they share one line. */
  private uploading = 0;

  /** @throws InvalidArgumentError if bucket or endpoint cannot be used */
  constructor({ bucket, timeout = TIMEOUT, ...given }: S3ObjectStoreOptions) {
    const options = { ...DEFAULTS, ...given, replaceStale: false }; // nothing is sent twice unnoticed: `replace` has to know
    bucketEndpoint(resolveEndpoint('s3', options.region ?? 'us-east-1', options, options.env), bucket); // the region is known later
    [this.bucket, this.place, this.timeout] = [bucket, `s3://${bucket}`, timeout];
    this.maxBytes = options.maxObjectBytes ?? MAX_OBJECT;
    this.turns = new Bulkhead(options.maxSockets);
    this.client = s3Client(options);
  }

  async get(
    key: string, { maxBytes = this.maxBytes, signal }: Signalled & { readonly maxBytes?: number } = {},
  ): Promise<Uint8Array | undefined> {
    checkObjectKey(key);
    return this.inTurn(signal, () => twice(signal, async () => {
      const stream = await this.client.getStream(this.bucket, key, { signal, timeout: this.timeout, idleTimeout: this.timeout });
      return stream && wholeBody(stream, key, maxBytes);
    }));
  }

  async has(key: string, { signal }: Signalled = {}): Promise<boolean> {
    checkObjectKey(key);
    return this.ask(signal, (within) => this.client.has(this.bucket, key, within));
  }

  async create(
    key: string, body: Uint8Array | readonly Uint8Array[], { sha256, signal }: Signalled & { readonly sha256?: string } = {},
  ): Promise<boolean> {
    checkObjectKey(key);
    return (await this.put(key, body, 'absent', { sha256, signal })).etag !== undefined;
  }

  async read(
    key: string, { unless, signal }: Signalled & { readonly unless?: string } = {},
  ): Promise<StoredDocument | 'unchanged' | undefined> {
    checkObjectKey(key);
    const found = await this.ask(signal, (within) => this.client.read(this.bucket, key, { unless, signal: within }));
    return typeof found === 'object' ? { bytes: found.body, etag: found.etag, time: found.time } : found;
  }

  async replace(key: string, bytes: Uint8Array, expected: string | undefined, { signal }: Signalled = {}): Promise<string | undefined> {
    checkObjectKey(key);
    const { etag, unsure } = await this.put(key, bytes, expected === undefined ? 'absent' : { etag: expected }, { signal });
    if (etag !== undefined || !unsure) return etag;
    // An attempt before was not answered: it may be what was there before the last one.
    const there = await this.read(key, { signal });
    return typeof there === 'object' && Buffer.compare(there.bytes, bytes) === 0 ? there.etag : undefined;
  }

  /** Keys that none of these stores can have written are left out. */
  async* list(prefix: string, { signal }: Signalled = {}): AsyncGenerator<StoredObject, void, undefined> {
    checkObjectPrefix(prefix);
    let page: S3ObjectSummary[] | undefined;
    do {
      const startAfter: string | undefined = page?.at(-1)?.key;
      page = await this.ask(signal, (within) => firstOf(this.client.list(this.bucket, { prefix, startAfter, signal: within }), AT_ONCE));
      for (const { key, bytes, lastModified } of page) if (isObjectKey(key)) yield { key, bytes, lastModified: lastModified.getTime() };
    } while (page.length === AT_ONCE);
  }

  async delete(keys: readonly string[], { signal }: Signalled = {}): Promise<readonly ObjectFailure[]> {
    keys.forEach(checkObjectKey);
    signal?.throwIfAborted();
    const failures: ObjectFailure[] = [];
    for (let at = 0; at < keys.length; at += AT_ONCE) {
      const some = keys.slice(at, at + AT_ONCE);
      const left = await this.ask(signal, (within) => this.client.deleteMany(this.bucket, some, within));
      failures.push(...left.map(({ key, code, message }) => ({ key, message: `${code}: ${message}` })));
    }
    return failures;
  }

  close(): void {
    this.client.destroy();
  }

  private put(
    key: string, body: Uint8Array | readonly Uint8Array[], condition: PutCondition, { sha256, signal }: Signalled & { readonly sha256?: string },
  ): Promise<PutOutcome> {
    const bytes = bodyLength(body);
    return this.inTurn(signal, async () => {
      this.uploading += bytes;
      try {
        return await twice(signal, async (again) => {
          const outcome = await this.within(this.timeout + this.uploading / SLOW_PACE, signal, (within) =>
            this.client.putIf(this.bucket, key, body, condition, { sha256, signal: within }));
          return { ...outcome, unsure: outcome.unsure || again };
        });
      } finally {
        this.uploading -= bytes;
      }
    });
  }

  private ask<T>(signal: AbortSignal | undefined, act: (within: AbortSignal) => Promise<T>): Promise<T> {
    return this.inTurn(signal, () => twice(signal, () => this.within(this.timeout, signal, act)));
  }

  private async within<T>(milliseconds: number, signal: AbortSignal | undefined, act: (within: AbortSignal) => Promise<T>): Promise<T> {
    const bounded = limit(milliseconds, signal);
    return act(bounded.signal).finally(bounded.close);
  }

  /** So many at once; its time begins with its turn. */
  private async inTurn<T>(signal: AbortSignal | undefined, act: () => Promise<T>): Promise<T> {
    if (signal !== undefined) setMaxListeners(0, signal); // any number of calls may share one, and Node 20 warns of the eleventh
    if (!await this.turns.enter(signal)) throw signal!.reason;
    try {
      return await act();
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      this.turns.leave();
    }
  }
}

/** Does something, and once more if no answer came in time, or broke off: another connection may be better. */
async function twice<T>(signal: AbortSignal | undefined, act: (again: boolean) => Promise<T>): Promise<T> {
  try {
    return await act(false);
  } catch (error) {
    const unanswered = error instanceof AwsError && (error.failure === 'timeout' || error.failure === 'connection');
    if (!unanswered || signal?.aborted) throw error;
    return act(true);
  }
}

async function firstOf<T>(all: AsyncIterable<T>, count: number): Promise<T[]> {
  const some: T[] = [];
  for await (const each of all) if (some.push(each) === count) break;
  return some;
}
