import { randomBytes } from 'node:crypto';
import { CacheTiersError, InvalidArgumentError, show } from '../errors.js';
import type { ObjectStore } from '../stores/object-store.js';
import { systemClock, type Clock } from './clock.js';
import { wait } from './wait.js';

export interface LeaseOptions {
  /** A holder that has not renewed it for this long has lost it, in milliseconds: the same for all who want this lease. @default 60000 */
  readonly ttl?: number;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
  /** Called once, before the first wait: somebody else holds it. */
  readonly onWait?: () => void;
  /** Only differences of its times matter, so nobody needs to set it. @default - milliseconds since this process began */
  readonly clock?: LeaseClock;
}

export interface LeaseClock extends Omit<Clock, 'sleep'> {
  /** Resolves after so many milliseconds. May end before, with an error, once the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface DocumentLease {
  /** Aborts when it may be somebody else's: it was taken, or could not be renewed in time. */
  readonly lost: AbortSignal;
  /** Gives it back. Never throws, and may be called more than once. */
  release(): Promise<void>;
}

/** Somebody else has the lease now, or may have it. */
export class LeaseLostError extends CacheTiersError {
  constructor(key: string, reason: string) {
    super('E_LEASE_LOST', `the lease ${key} is lost: ${reason}`);
    this.name = 'LeaseLostError';
  }
}

const monotonicClock: LeaseClock = { ...systemClock, now: () => performance.now(), sleep: wait };
const TTL = 60_000;
/** In the time that a lease lasts, how often it is renewed, and how often who waits looks at the least. */
const RENEWALS = 3;
const LOOKS = 20;
/** Wait before the second look, in milliseconds; doubled for each further one. */
const FIRST_WAIT = 50;
/** A holder gives up before anybody may follow: its answers take their time. */
const HELD_FOR = 0.9;

/**
 * At most one holder of a key among all who use a store. It is renewed while it is held. A holder that is gone is followed by the next that asks,
 * a holder that is held up for long finds it lost.
 *
 * No two clocks are compared: who waits takes it once he has seen the same content for as long as it lasts, by his own clock.
 *
 * @returns once it is held. What was being written when the signal aborted is free again when its time is over
 * @throws what the store fails with; the signal's reason once it aborts; InvalidArgumentError `E_LEASE_TTL`
 */
export async function acquireLease(store: ObjectStore, key: string, options: LeaseOptions = {}): Promise<DocumentLease> {
  const { ttl = TTL, signal, onWait, clock = monotonicClock } = options;
  if (!Number.isFinite(ttl) || ttl <= 0) throw new InvalidArgumentError('E_LEASE_TTL', `ttl must be milliseconds, more than 0, got ${show(ttl)}`);
  const token = randomBytes(12).toString('hex');
  let seen: { readonly etag: string; readonly free: boolean; readonly since: number } | undefined;
  for (let looks = 0; ; looks++) {
    signal?.throwIfAborted();
    const found = await store.read(key, { unless: seen?.etag, signal });
    // Counted from the answer on: the content was there before it.
    if (found === undefined) seen = undefined;
    else if (found !== 'unchanged') seen = { etag: found.etag, free: isFree(found.bytes), since: clock.now() };
    if (seen === undefined || seen.free || clock.now() - seen.since > ttl) {
      const since = clock.now();
      const etag = await store.replace(key, contentOf(token, 0), seen?.etag, { signal });
      if (etag !== undefined) return new Holding(store, key, { token, etag, since, ttl, clock });
      seen = undefined;
    }
    if (looks === 0) onWait?.();
    await clock.sleep(Math.min(FIRST_WAIT * 2 ** looks, ttl / LOOKS) * (0.5 + Math.random()), signal);
  }
}

interface Held {
  readonly token: string;
  readonly etag: string;
  /** When its content was sent, at the latest. */
  readonly since: number;
  readonly ttl: number;
  readonly clock: LeaseClock;
}

class Holding implements DocumentLease {
  private readonly control = new AbortController();
  private etag: string;
  private renewals = 0;
  private current: Promise<void> = Promise.resolve();
  private released?: Promise<void>;
  private stopRenewing = () => {};
  private stopExpiring = () => {};

  constructor(private readonly store: ObjectStore, private readonly key: string, private readonly held: Held) {
    this.etag = held.etag;
    this.expireAfter(held.since);
    this.renewAfter(held.ttl / RENEWALS);
  }

  get lost(): AbortSignal {
    return this.control.signal;
  }

  release(): Promise<void> {
    return this.released ??= this.giveBack();
  }

  private async giveBack(): Promise<void> {
    this.stop();
    await this.current;
    if (this.lost.aborted) return;
    try {
      const content = contentOf(this.held.token);
      if (!await this.write(content)) await this.write(content);
    } catch { /* its time will end */ }
  }

  private renewAfter(milliseconds: number): void {
    this.stopRenewing = this.held.clock.schedule(milliseconds, () => { this.current = this.renew(); });
  }

  private async renew(): Promise<void> {
    const { ttl, clock } = this.held;
    const since = clock.now();
    try {
      const written = await this.write(contentOf(this.held.token, ++this.renewals));
      if (this.released !== undefined || this.lost.aborted) return;
      if (written) this.expireAfter(since);
      this.renewAfter(written ? ttl / RENEWALS : 0);
    } catch { // the store fails: soon once more, as long as there is time
      if (this.released === undefined && !this.lost.aborted) this.renewAfter(ttl / LOOKS);
    }
  }

  /** @returns false if what is there is of a renewal that was not answered: known now, and to be replaced by the next */
  private async write(content: Uint8Array): Promise<boolean> {
    const { store, key } = this;
    const etag = await store.replace(key, content, this.etag);
    if (etag !== undefined) {
      this.etag = etag;
      return true;
    }
    const found = await store.read(key);
    if (typeof found !== 'object' || parse(found.bytes).token !== this.held.token) this.lose('somebody else has it');
    else this.etag = found.etag;
    return false;
  }

  /** @param since when what is there was sent, or later */
  private expireAfter(since: number): void {
    const { ttl, clock } = this.held;
    this.stopExpiring();
    this.stopExpiring = clock.schedule(Math.max(0, since + ttl * HELD_FOR - clock.now()), () => this.lose('it could not be renewed in time'));
  }

  private lose(reason: string): void {
    this.stop();
    if (this.released === undefined) this.control.abort(new LeaseLostError(this.key, reason));
  }

  private stop(): void {
    this.stopRenewing();
    this.stopExpiring();
  }
}

interface Content {
  readonly token: string;
  /** Absent: it was given back. */
  readonly renewals?: number;
}

/** No two are alike, so each has an etag of its own. */
function contentOf(token: string, renewals?: number): Uint8Array {
  const content: Content = { token, renewals };
  return Buffer.from(JSON.stringify(content));
}

/** @returns an empty one of what nobody writes who does as we do: it is waited for as long as a lease lasts */
function parse(bytes: Uint8Array): Partial<Content> {
  try {
    return { ...JSON.parse(Buffer.from(bytes).toString()) as Partial<Content> };
  } catch {
    return {};
  }
}

function isFree(bytes: Uint8Array): boolean {
  const { token, renewals } = parse(bytes);
  return token !== undefined && renewals === undefined;
}
