/** A segment of a result: its bytes, and the CRC-32 of the result from its first byte to the segment's last. */
export type SegmentMark = readonly [bytes: number, crc: number];

/** One execution's result, as far as it is known: enough to read it from the bucket. */
export interface Manifest {
  /** Identifier of the attempt: part of its object keys, and of the salt of its keys. */
  readonly attempt: string;
  /** Minute after which its objects are deleted, as the contract's `liveMinute` names it. */
  readonly minute: string;
  /** Version of the master key. */
  readonly keyVersion: string;
  /** In the order of the stream; those that are in the bucket by now. */
  readonly segments: readonly SegmentMark[];
}

/** A complete result. */
export interface Entry extends Manifest {
  readonly bytes: number;
  readonly rows: number;
  readonly batches: number;
  /** Milliseconds from the query's start to its last byte. */
  readonly duration: number;
  /** Milliseconds from the query's start for which it is fresh. */
  readonly ttl: number;
  /** Milliseconds after that, for which it may be served while another execution refreshes it. */
  readonly staleWhileRevalidate: number;
  /** Milliseconds after `ttl`, for which it may be served if an execution fails. */
  readonly staleIfError: number;
  /** The result itself, encrypted (nonce, ciphertext, tag, in base64), where it is small; there are no segments then. */
  readonly inline?: string;
}

/** An entry that was found. */
export interface FoundEntry {
  readonly entry: Entry;
  /** Milliseconds since the query's start, by the index's own clock. */
  readonly age: number;
}

/** What a query and its execution are known by to the index. All identifiers are opaque: nothing can be read from them. */
export interface Identity {
  /** HMAC of scope, key, tags and datasets. */
  readonly id: string;
  /** HMAC of the scope. */
  readonly scope: string;
  /** HMACs of what the entry can be invalidated by, sorted. */
  readonly tags: readonly string[];
  readonly datasets: readonly string[];
}

/** The right to execute, and to publish. */
export interface Lease {
  readonly attempt: string;
  /** Grows with each lease of one identity, so that an older holder cannot publish over a newer one. */
  readonly fence: number;
  /** What the identity's tags, datasets and scope stood at when the lease was given. */
  readonly epochs: string;
}

export interface LookupRequest {
  /** Identifier for the caller's attempt, should it get the lease. */
  readonly attempt: string;
  /**
   * - `default`: an entry that is fresh, otherwise the lease or who has it
   * - `reload`: the lease, whatever there is
   * - `only-if-cached`: an entry, however old, otherwise nothing; never a lease
   */
  readonly cache: 'default' | 'reload' | 'only-if-cached';
  /** Milliseconds that the lease holds. */
  readonly lease: number;
}

/** A failure that is told to others: the query's own, and the same for whoever asks it. */
export interface SharedFailure {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
}

export type Lookup
  = | { readonly role: 'hit'; readonly found: FoundEntry }
  /** `stale`: an entry that is past its time to live and valid otherwise. */
    | { readonly role: 'leader'; readonly lease: Lease; readonly stale?: FoundEntry }
    | { readonly role: 'follower'; readonly attempt: string; readonly manifest?: Manifest; readonly stale?: FoundEntry }
  /** A shared failure is remembered. */
    | { readonly role: 'failed'; readonly failure: SharedFailure; readonly stale?: FoundEntry }
  /** `only-if-cached`, and nothing is cached. */
    | { readonly role: 'absent' };

/** How an attempt of somebody else stands. */
export type AttemptState
  /** Under way, and its holder is alive. */
  = | { readonly state: 'running'; readonly manifest?: Manifest }
  /** All of it is in the bucket; or in the entry, where the result is small. */
    | { readonly state: 'complete'; readonly entry: Entry }
    | { readonly state: 'failed'; readonly failure: SharedFailure }
  /** Neither its holder nor its result is there any more, or the holder has given up. */
    | { readonly state: 'gone' };

export type PublishOutcome = 'published' | 'superseded' | 'invalidated' | 'over-limit';

export interface PublishRequest {
  readonly entry: Entry;
  /** Milliseconds since the query's start. */
  readonly elapsed: number;
  /** `false`: followers are told that it is complete, and nobody else will find it. */
  readonly keep: boolean;
  /** Entries that the scope may have at a time. */
  readonly scopeLimit?: number;
}

export interface Invalidation {
  /** Everything in the namespace. */
  readonly all?: boolean;
  readonly scopes?: readonly string[];
  readonly tags?: readonly string[];
  /** By dataset, its new version. Setting the version that it has changes nothing. */
  readonly datasets?: Readonly<Record<string, string>>;
}

export interface IndexStatus {
  /** `memory`, or what the server calls itself: `redis 7.0.15`, `dragonfly 2.0.0`. */
  readonly server: string;
  readonly usedBytes?: number;
  readonly maxBytes?: number;
  /** Policy for when memory is full; anything but `noeviction` can lose leases and invalidations. */
  readonly evictionPolicy?: string;
  readonly clients?: number;
  readonly refusedConnections?: number;
  readonly uptimeSeconds?: number;
}

/** An entry or attempt in a listing. */
export interface ListedEntry {
  readonly id: string;
  readonly state: 'entry' | 'running';
  readonly scope: string;
  readonly age?: number;
  /** Milliseconds until it is gone from the index. */
  readonly expiresIn: number;
  readonly entry?: Entry;
  readonly manifest?: Manifest;
}

/**
 * Where results are, who makes them, and what became invalid: the memory of the live tier, and its locks. Each method is one round trip.
 * All may throw `IndexError`; no caller of the cache ever sees one.
 */
export interface ResultIndex {
  /** Decides in one round trip: an entry, the lease, or whom to follow. */
  lookup(identity: Identity, request: LookupRequest): Promise<Lookup>;
  /**
   * Holds the lease for longer, and tells followers of the segments so far, if there is a manifest. Those who follow an attempt that has lost its
   * lease are told on, so that it may come to its end for them. Listeners are counted when they are told something.
   *
   * @returns undefined if the lease is lost, and nobody listens to the identity
   */
  progress(identity: Identity, lease: Lease, milliseconds: number, manifest?: Manifest): Promise<{ readonly listeners: number } | undefined>;
  /** Makes a complete result known, and gives the lease back. */
  publish(identity: Identity, lease: Lease, request: PublishRequest): Promise<PublishOutcome>;
  /** Gives the lease back without a result. A failure is kept for so many milliseconds; without one, a follower is to take over. */
  release(identity: Identity, lease: Lease, failure?: SharedFailure & { readonly keep: number }): Promise<void>;
  /** How an attempt stands. */
  follow(identity: Identity, attempt: string): Promise<AttemptState>;
  /**
   * Listens for what happens to an identity's attempts. Messages may be lost, so whoever listens asks `follow` once it listens, and from time to
   * time. `listener` gets no state where only asking tells, and `''` for the attempt if it may be any: the connection was away.
   *
   * @returns ends it
   */
  listen(identity: Identity, listener: (attempt: string, state?: AttemptState) => void): Promise<() => void>;
  /** Forgets an entry, if it is still this attempt's: its objects are gone. */
  forget(identity: Identity, attempt: string): Promise<void>;
  /** One write, whatever the number of entries. */
  invalidate(invalidation: Invalidation): Promise<void>;
  /** Forgets one entry, and bars whoever is making it from publishing. @returns whether there was one */
  remove(id: string): Promise<boolean>;
  find(id: string): Promise<ListedEntry | undefined>;
  list(options?: { readonly scope?: string }): AsyncIterable<ListedEntry>;
  status(): Promise<IndexStatus>;
  /** Opens connections ahead of the first query. */
  connect(): Promise<void>;
  close(): Promise<void>;
}
