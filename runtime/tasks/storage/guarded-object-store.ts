import { bodyLength } from '../../aws/http-body.js';
import { limit } from '../../aws/http-limit.js';
import type { ObjectFailure, ObjectStore, StoredDocument, StoredObject } from '../../stores/object-store.js';
import type { StorageReporter } from './reporter.js';

type Options = { readonly signal?: AbortSignal };

/** What has to get through in a second, in bytes, beyond the time for an answer. */
const SLOWEST = 64 * 1024;
/** Of an object whose size is not known: a chunk. */
const MOST_BYTES = 8 * 1024 * 1024;

/** Counts what is asked of a store and what goes there and back, and does not wait for an answer for ever. */
export class GuardedObjectStore implements ObjectStore {
  readonly place: string;
  /** Bytes that were sent since the start. */
  sent = 0;

  /** @param timeout for an answer, in milliseconds */
  constructor(private readonly store: ObjectStore, private readonly timeout: number, private readonly reporter: Pick<StorageReporter, 'add'>) {
    this.place = store.place;
  }

  async get(key: string, options: Options & { readonly maxBytes?: number } = {}): Promise<Uint8Array | undefined> {
    return this.received(await this.ask(options, (bounded) => this.store.get(key, { ...options, ...bounded }), options.maxBytes ?? MOST_BYTES));
  }

  has(key: string, options: Options = {}): Promise<boolean> {
    return this.ask(options, (bounded) => this.store.has(key, bounded));
  }

  async create(key: string, body: Uint8Array | readonly Uint8Array[], options: Options & { readonly sha256?: string } = {}): Promise<boolean> {
    const bytes = bodyLength(body);
    const created = await this.ask(options, (bounded) => this.store.create(key, body, { ...options, ...bounded }), bytes);
    if (created) this.gone(bytes);
    return created;
  }

  async read(key: string, options: Options & { readonly unless?: string } = {}): Promise<StoredDocument | 'unchanged' | undefined> {
    const document = await this.ask(options, (bounded) => this.store.read(key, { ...options, ...bounded }));
    if (typeof document === 'object') this.received(document.bytes);
    return document;
  }

  async replace(key: string, bytes: Uint8Array, expected: string | undefined, options: Options = {}): Promise<string | undefined> {
    const etag = await this.ask(options, (bounded) => this.store.replace(key, bytes, expected, bounded), bytes.byteLength);
    if (etag !== undefined) this.gone(bytes.byteLength);
    return etag;
  }

  list(prefix: string, options?: Options): AsyncIterable<StoredObject> {
    this.reporter.add('requests');
    return this.store.list(prefix, options);
  }

  delete(keys: readonly string[], options?: Options): Promise<readonly ObjectFailure[]> {
    this.reporter.add('requests');
    return this.store.delete(keys, options);
  }

  close(): void {
    this.store.close();
  }

  private async ask<T>({ signal }: Options, run: (bounded: { readonly signal: AbortSignal }) => Promise<T>, bytes = 0): Promise<T> {
    this.reporter.add('requests');
    const bounded = limit(this.timeout + bytes / SLOWEST * 1000, signal);
    try {
      return await run(bounded);
    } finally {
      bounded.close();
    }
  }

  private gone(bytes: number): void {
    this.sent += bytes;
    this.reporter.add('bytesPushed', bytes);
  }

  private received(bytes: Uint8Array | undefined): Uint8Array | undefined {
    if (bytes !== undefined) this.reporter.add('bytesPulled', bytes.byteLength);
    return bytes;
  }
}
