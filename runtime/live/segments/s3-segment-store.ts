import type { Readable } from 'node:stream';
import { bucketEndpoint, resolveEndpoint } from '../../aws/endpoint.js';
import { AwsError, classify } from '../../aws/errors.js';
import { bodyLength } from '../../aws/http-body.js';
import { limit } from '../../aws/http-limit.js';
import { s3Client, type S3Client } from '../../aws/s3.js';
import { checkKeyIsHidden } from '../../aws/s3-keys.js';
import type { AwsClientOptions } from '../../aws/service-client.js';
import { readFailure, writeFailure } from './s3-failures.js';
import { SegmentGoneError, type PresignedSegment, type SegmentPlace, type SegmentStore } from './segment-store.js';

/** `maxSockets` and `maxAttempts` are for uploads and for downloads each. */
export interface S3SegmentStoreOptions extends AwsClientOptions {
  readonly bucket: string;
  /**
   * Whether a plain http endpoint will do, which shows keys and data to the network: for tests.
   * @default false
   */
  readonly insecure?: boolean;
  /**
   * How long the bucket may take to begin to answer a read, in milliseconds. It is asked once more then, over another connection.
   * @default 10000
   */
  readonly readTimeout?: number;
  /**
   * How long a download may stand still although its reader wants more, in milliseconds.
   * @default 30000
   */
  readonly idleTimeout?: number;
  /**
   * How long a write may take, in milliseconds, apart from a second for each 512 KiB. It is tried once more then, over another connection.
   * @default 10000
   */
  readonly writeTimeout?: number;
}

/** Readers that are slower than the bucket each have a connection for as long as they read. */
const DOWNLOADS = { maxSockets: 1024, maxAttempts: 3, retryDelay: 50 };
const UPLOADS = { maxSockets: 64, maxAttempts: 5, retryDelay: 100 };
const TIMEOUT = 10_000;
/** Bytes that a slow connection carries in a millisecond. */
const SLOW_PACE = 512;
const DELETED_AT_ONCE = 1000;

/** Segments in a bucket of Amazon S3 or of a compatible service. They are encrypted there with the caller's keys (SSE-C), over TLS. */
export class S3SegmentStore implements SegmentStore {
  private readonly bucket: string;
  /** Apart from the uploads, which must not wait for slow readers. */
  private readonly downloads: S3Client;
  private readonly uploads: S3Client;
  private readonly timeouts: { readonly read: number; readonly write: number; readonly idle?: number };

  /** @throws InvalidArgumentError if bucket or endpoint cannot be used */
  constructor({ bucket, insecure = false, readTimeout = TIMEOUT, writeTimeout = TIMEOUT, idleTimeout, ...options }: S3SegmentStoreOptions) {
    // The region's own endpoint is known later; what the user has set can be wrong, and is known now.
    const endpoint = bucketEndpoint(resolveEndpoint('s3', options.region ?? 'us-east-1', options, options.env), bucket);
    if (!insecure) checkKeyIsHidden(endpoint);
    this.bucket = bucket;
    this.timeouts = { read: readTimeout, write: writeTimeout, idle: idleTimeout };
    const both = { ...options, allowInsecureKeys: insecure, ...(insecure && { signPayload: false }) };
    this.downloads = s3Client({ ...DOWNLOADS, ...both });
    this.uploads = s3Client({ ...UPLOADS, ...both });
  }

  async put({ key, encryptionKey }: SegmentPlace, chunks: readonly Uint8Array[], signal?: AbortSignal): Promise<void> {
    const bytes = bodyLength(chunks);
    try {
      await twice(this.timeouts.write + bytes / SLOW_PACE, signal, (within) =>
        this.uploads.put(this.bucket, key, chunks, { encryptionKey, signal: within }));
    } catch (error) {
      throw writeFailure(error);
    }
  }

  async read({ key, encryptionKey }: SegmentPlace, offset: number, signal?: AbortSignal): Promise<Readable> {
    const range = offset > 0 ? { start: offset } : undefined;
    const options = { encryptionKey, range, signal, timeout: this.timeouts.read, idleTimeout: this.timeouts.idle };
    const open = () => this.downloads.getStream(this.bucket, key, options);
    try {
      const stream = await open().catch((error: unknown) => {
        if (isLate(error) && !signal?.aborted) return open();
        throw error;
      });
      if (stream !== undefined) return stream.body;
    } catch (error) {
      throw readFailure(error, key);
    }
    throw new SegmentGoneError(`${key}: there is no such object in the bucket ${this.bucket}`);
  }

  async delete(keys: readonly string[], signal?: AbortSignal): Promise<void> {
    for (let at = 0; at < keys.length; at += DELETED_AT_ONCE) {
      const failures = await this.uploads.deleteMany(this.bucket, keys.slice(at, at + DELETED_AT_ONCE), signal);
      const [first] = failures;
      if (first === undefined) continue;
      throw new AwsError(`${failures.length} objects of the bucket ${this.bucket} could not be deleted, the first of them is ${first.key}: `
        + `${first.code}: ${first.message}`, { failure: classify(first.code, 500), name: first.code });
    }
  }

  list(prefix: string, signal?: AbortSignal): AsyncIterable<{ readonly key: string; readonly bytes: number }> {
    return this.uploads.list(this.bucket, { prefix, signal });
  }

  presign({ key, encryptionKey }: SegmentPlace, seconds: number): Promise<PresignedSegment> {
    return this.downloads.presignGet(this.bucket, key, { encryptionKey, expires: seconds });
  }

  async connect(): Promise<void> {
    await Promise.all([this.downloads, this.uploads].map((client) => client.connect(this.bucket)));
  }

  close(): void {
    this.downloads.destroy();
    this.uploads.destroy();
  }
}

/** Does something within its time, and once more if that was not enough: a connection may be dead, and the next one not. */
async function twice(milliseconds: number, signal: AbortSignal | undefined, act: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const once = async () => {
    const { signal: within, close } = limit(milliseconds, signal);
    await act(within).finally(close);
  };
  try {
    await once();
  } catch (error) {
    if (!isLate(error) || signal?.aborted) throw error;
    await once();
  }
}

function isLate(error: unknown): boolean {
  return error instanceof AwsError && error.code === 'E_AWS_TIMEOUT';
}
