import {
  counterAt, type EntryStore, type Generation, type Lease, type ReadRequest, type ReadResult, type StoredEntry, type StoredState,
} from './entry-store.js';

interface Row {
  state?: StoredState;
  lease?: Lease;
}

/** Entries kept at the most, unless told otherwise: a store for tests and single processes must not grow without end. */
const DEFAULT_MAX_ENTRIES = 100_000;

/**
 * A second layer in this process's memory, for tests and demos: it behaves as the table does, revisions, leases, generations
 * and all, so that several memoizers over one of them behave as several processes over one table.
 */
export class MemoryEntryStore implements EntryStore {
  readonly name: string;
  private readonly rows = new Map<string, Row>();
  private readonly counters = new Map<string, Generation>();
  private readonly maxEntries: number;
  private revisions = 0;

  constructor(options: { readonly name?: string; readonly maxEntries?: number } = {}) {
    this.name = options.name ?? 'memory-store';
    this.maxEntries = options.maxEntries ?? DEFAULT_MAX_ENTRIES;
  }

  /** Keys with a value. */
  get size(): number {
    let size = 0;
    for (const row of this.rows.values()) if (row.state?.entry) size++;
    return size;
  }

  async read({ entries, generations }: ReadRequest, signal?: AbortSignal): Promise<ReadResult> {
    signal?.throwIfAborted();
    return {
      entries: entries.map((key) => this.rows.get(key)?.state),
      generations: generations.map((scope) => this.counters.get(scope) ?? { counter: 0, raised: 0 }),
    };
  }

  async write(
    key: string, entry: StoredEntry & { readonly payload: Uint8Array }, expected: string | undefined, signal?: AbortSignal,
  ): Promise<string | undefined> {
    signal?.throwIfAborted();
    const row = this.row(key);
    if (row.state?.revision !== expected) return undefined;
    row.state = { revision: this.nextRevision(), entry: { ...entry, payload: entry.payload.slice() } };
    return row.state.revision;
  }

  async delete(key: string, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.row(key).state = { revision: this.nextRevision() };
  }

  async acquire(key: string, lease: Lease, now: number, signal?: AbortSignal): Promise<boolean> {
    signal?.throwIfAborted();
    const row = this.row(key);
    if (row.lease !== undefined && row.lease.until > now && row.lease.revision === lease.revision) return false;
    row.lease = lease;
    return true;
  }

  async renew(key: string, holder: string, until: number, signal?: AbortSignal): Promise<boolean> {
    signal?.throwIfAborted();
    const row = this.rows.get(key);
    if (row?.lease?.holder !== holder) return false;
    row.lease = { ...row.lease, until };
    return true;
  }

  async release(key: string, holder: string, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const row = this.rows.get(key);
    if (row?.lease?.holder === holder) row.lease = undefined;
  }

  async inspect(key: string, signal?: AbortSignal): Promise<{ state?: StoredState; lease?: Lease }> {
    signal?.throwIfAborted();
    const { state, lease } = this.rows.get(key) ?? {};
    return { ...(state && { state }), ...(lease && { lease }) };
  }

  async raise(scope: string, now: number, signal?: AbortSignal): Promise<Generation> {
    signal?.throwIfAborted();
    const generation = { counter: Math.max((this.counters.get(scope)?.counter ?? 0) + 1, counterAt(now)), raised: now };
    this.counters.set(scope, generation);
    return generation;
  }

  private row(key: string): Row {
    let row = this.rows.get(key);
    if (row === undefined) {
      this.rows.set(key, row = {});
      if (this.rows.size > this.maxEntries) this.rows.delete(this.rows.keys().next().value!);
    }
    return row;
  }

  private nextRevision(): string {
    return String(++this.revisions);
  }
}
