/** A value too large for one read: it is fetched when it is wanted, by a deadline of its own. */
export interface DeferredPayload {
  /** Bytes. */
  readonly length: number;
  /** @returns the encoded value, or `undefined` if it is not there whole */
  load(signal?: AbortSignal): Promise<Uint8Array | undefined>;
}

/** A computed value as a store keeps it. Times are Unix epoch milliseconds. */
export interface StoredEntry {
  /** The encoded value. */
  readonly payload: Uint8Array | DeferredPayload;
  /** When the value was computed. */
  readonly created: number;
  /** Milliseconds that computing it took. */
  readonly duration: number;
  /** Fresh until. */
  readonly expires: number;
  /** May be served while a refresh runs, until. */
  readonly staleWhileRevalidate: number;
  /** May be served when the function fails, until. */
  readonly staleIfError: number;
  /** The generation counters, by scope, that the value was computed under. */
  readonly generations: Readonly<Record<string, number>>;
}

/** What is at a key. A deleted key keeps its revision for a while, so that a fill that was under way cannot undo the deletion. */
export interface StoredState {
  /** Changes with every write and every deletion. */
  readonly revision: string;
  /** Absent where the key was deleted. */
  readonly entry?: StoredEntry;
}

/** A counter that is raised to invalidate everything that was computed under its earlier values. */
export interface Generation {
  /** 0, or the time at which it was raised, or one more than before where that is not later. So it goes up in a store that was made anew, too. */
  readonly counter: number;
  /** When it was last raised, in Unix epoch milliseconds; 0 if never. */
  readonly raised: number;
}

/** The counter that is raised at a time: a whole number, above that of a counter that was never raised, whatever the clock says. */
export function counterAt(now: number): number {
  return Math.max(1, Math.ceil(now));
}

export interface Lease {
  readonly holder: string;
  /** The revision that the holder is about to replace. */
  readonly revision: string;
  /** Runs out at, in Unix epoch milliseconds. */
  readonly until: number;
}

export interface ReadRequest {
  /** Keys of entries. */
  readonly entries: readonly string[];
  /** Scopes of generation counters. */
  readonly generations: readonly string[];
}

export interface ReadResult {
  /** In the order of the request; `undefined` where nothing is there. */
  readonly entries: readonly (StoredState | undefined)[];
  readonly generations: readonly Generation[];
}

/**
 * The second layer of a cache: entries with revisions, leases and generation counters.
 *
 * Every method rejects when the signal aborts. An error may say in `failure` what kind it is (`FailureClass`); the breaker goes by that.
 * Expiry is the caller's to check: a store may keep what has expired.
 */
export interface EntryStore {
  /** Names the store in metrics and events: a table's name, say. */
  readonly name: string;

  /** Reads entries and counters in as few round trips as the store allows; eventually consistent, counters alone consistent. */
  read(request: ReadRequest, signal?: AbortSignal): Promise<ReadResult>;

  /**
   * Writes an entry if the key is still as the caller saw it.
   *
   * @param expected the revision seen, or `undefined` if nothing was there
   * @returns the new revision, or `undefined` if the key has changed since
   */
  write(
    key: string, entry: StoredEntry & { readonly payload: Uint8Array }, expected: string | undefined, signal?: AbortSignal,
  ): Promise<string | undefined>;

  /** Deletes an entry; fills that began before cannot bring it back. */
  delete(key: string, signal?: AbortSignal): Promise<void>;

  /**
   * Takes the lease of a key if nobody holds it, it has run out, or it was taken for another revision than the one seen now.
   *
   * @returns whether it was taken
   */
  acquire(key: string, lease: Lease, now: number, signal?: AbortSignal): Promise<boolean>;

  /** Extends a lease. @returns false if it is no longer the holder's. */
  renew(key: string, holder: string, until: number, signal?: AbortSignal): Promise<boolean>;

  /** Gives a lease back, if it is still the holder's. */
  release(key: string, holder: string, signal?: AbortSignal): Promise<void>;

  /** What is at a key, and who is filling it; consistent. */
  inspect(key: string, signal?: AbortSignal): Promise<{ readonly state?: StoredState; readonly lease?: Lease }>;

  /** Raises a generation counter to `counterAt(now)`, or by one where that is not higher. @returns its new value */
  raise(scope: string, now: number, signal?: AbortSignal): Promise<Generation>;
}
