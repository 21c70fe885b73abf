import { LIVE_TIME } from '../../../lib/contract/live.js';
import { InvalidArgumentError, show } from '../../errors.js';
import type { Clock } from '../../resilience/clock.js';
import { EPOCH_KEPT, IndexKeys } from './keys.js';
import { MemorySlots, setAttempt, type Slot } from './memory-slots.js';
import { foundIn, listed, manifestOf } from './memory-views.js';
import type {
  AttemptState, Identity, IndexStatus, Invalidation, Lease, ListedEntry, Lookup, LookupRequest, Manifest, PublishOutcome, PublishRequest,
  ResultIndex, SharedFailure,
} from './result-index.js';

export interface MemoryResultIndexOptions {
  /** @default - a clock that goes forward only */
  readonly clock?: Pick<Clock, 'now'>;
  /** Results that are known at a time. @default 1000 */
  readonly maxEntries?: number;
}

/** Milliseconds after a lease, or after its end, for which it is known how an attempt stood. */
const ATTEMPTS_KEPT = 60_000;

/** Epochs that are remembered one by one. */
const MAX_EPOCHS = 100_000;

type Listener = (attempt: string, state?: AttemptState) => void;

/** An index within one process, by the rules of the one on a server. */
export class MemoryResultIndex implements ResultIndex {
  private readonly keys = new IndexKeys('memory');
  private readonly slots: MemorySlots;
  private readonly clock: Pick<Clock, 'now'>;
  private readonly epochs = new Map<string, { readonly value: string; readonly expires: number }>();
  private readonly listeners = new Map<string, Set<Listener>>();
  private fences = 0;
  private latest = -Infinity;

  /** @throws InvalidArgumentError `E_LIVE_INDEX_OPTIONS` */
  constructor({ clock = { now: () => performance.now() }, maxEntries = 1000 }: MemoryResultIndexOptions = {}) {
    if (!Number.isInteger(maxEntries) || maxEntries < 1) {
      throw new InvalidArgumentError('E_LIVE_INDEX_OPTIONS', `index: maxEntries must be a whole number of 1 or more, got ${show(maxEntries)}`);
    }
    this.clock = clock;
    this.slots = new MemorySlots(maxEntries);
  }

  async lookup(identity: Identity, { attempt, cache, lease: milliseconds }: LookupRequest): Promise<Lookup> {
    const now = this.now();
    const epochs = this.epochsOf(identity);
    const known = this.slots.get(identity.id, now);
    const found = known && foundIn(known, now, epochs);
    if (cache === 'only-if-cached') return found ? { role: 'hit', found } : { role: 'absent' };
    const slot = this.slots.use(identity.id, now);
    const stale = found && { stale: found };
    if (cache !== 'reload') {
      if (found !== undefined && found.age < found.entry.ttl) return { role: 'hit', found };
      if (slot.failure?.epochs === epochs) return { role: 'failed', failure: slot.failure.failure, ...stale };
      if (slot.lease !== undefined && slot.current?.epochs === epochs) {
        const { attempt: running } = slot.current;
        return { role: 'follower', attempt: running, ...manifestOf(slot, running), ...stale };
      }
    }
    const lease: Lease = { attempt, fence: this.fences += 1, epochs };
    slot.fence = token(lease);
    slot.current = { attempt, epochs, scope: identity.scope };
    hold(slot, lease, now, milliseconds);
    return { role: 'leader', lease, ...stale };
  }

  async progress(identity: Identity, lease: Lease, milliseconds: number, manifest?: Manifest): Promise<{ readonly listeners: number } | undefined> {
    const now = this.now();
    const { id, scope } = identity;
    const slot = this.slots.use(id, now);
    const mine = slot.fence === token(lease);
    if (mine) {
      slot.current = { attempt: lease.attempt, epochs: lease.epochs, scope };
      hold(slot, lease, now, milliseconds);
    }
    const state: AttemptState = { state: 'running', ...manifest ? { manifest } : manifestOf(slot, lease.attempt) };
    this.record(slot, lease.attempt, state, now, milliseconds);
    const listeners = manifest !== undefined || !mine ? this.tell(id, lease.attempt, state) : 0;
    return mine || listeners > 0 ? { listeners } : undefined;
  }

  async publish(identity: Identity, lease: Lease, { entry, elapsed, keep, scopeLimit }: PublishRequest): Promise<PublishOutcome> {
    const now = this.now();
    const { id, scope } = identity;
    const slot = this.slots.use(id, now);
    const life = Math.min(entry.ttl + Math.max(entry.staleWhileRevalidate, entry.staleIfError), LIVE_TIME.maxLife * 1000);
    const epochs = this.epochsOf(identity);
    const stored = keep && life > elapsed;
    const outcome = slot.fence !== token(lease) ? 'superseded'
      : epochs !== lease.epochs ? 'invalidated'
        : stored && scopeLimit !== undefined && this.othersOf(identity, now) >= scopeLimit ? 'over-limit' : 'published';
    if (stored && outcome === 'published') {
      slot.entry = { entry, scope, epochs, scopeEpochs: this.scopeEpochsOf(identity), life, expires: now + life - elapsed };
      slot.failure = undefined;
    }
    if (outcome !== 'superseded') slot.fence = slot.lease = undefined;
    const state: AttemptState = { state: 'complete', entry };
    this.record(slot, lease.attempt, state, now);
    this.tell(id, lease.attempt, state);
    return outcome;
  }

  async release({ id }: Identity, lease: Lease, failure?: SharedFailure & { readonly keep: number }): Promise<void> {
    const now = this.now();
    const slot = this.slots.use(id, now);
    const { keep = 0, ...shared } = failure ?? {};
    const state: AttemptState = failure ? { state: 'failed', failure: shared as SharedFailure } : { state: 'gone' };
    if (slot.fence === token(lease)) {
      slot.fence = slot.lease = undefined;
      if (state.state === 'failed' && keep > 0) slot.failure = { failure: state.failure, epochs: lease.epochs, expires: now + keep };
    }
    this.record(slot, lease.attempt, state, now);
    this.tell(id, lease.attempt, state);
  }

  async follow({ id }: Identity, attempt: string): Promise<AttemptState> {
    const now = this.now();
    const slot = this.slots.get(id, now);
    const known = slot?.attempts.get(attempt);
    if (known !== undefined && known.state.state !== 'running') return known.state;
    if (slot?.lease?.attempt === attempt) return known?.state ?? { state: 'running' };
    if (known !== undefined && slot?.current?.attempt !== attempt && known.alive > now) return known.state;
    return slot?.entry?.entry.attempt === attempt ? { state: 'complete', entry: slot.entry.entry } : { state: 'gone' };
  }

  async listen({ id }: Identity, listener: Listener): Promise<() => void> {
    const listeners = this.listeners.get(id) ?? new Set();
    // The same function may listen twice.
    const own: Listener = (attempt, state) => listener(attempt, state);
    this.listeners.set(id, listeners.add(own));
    return () => {
      listeners.delete(own);
      if (listeners.size === 0 && this.listeners.get(id) === listeners) this.listeners.delete(id);
    };
  }

  async forget({ id }: Identity, attempt: string): Promise<void> {
    const slot = this.slots.get(id, this.now());
    slot?.attempts.delete(attempt);
    if (slot?.entry?.entry.attempt === attempt) slot.entry = undefined;
  }

  async invalidate(invalidation: Invalidation): Promise<void> {
    const expires = this.now() + EPOCH_KEPT;
    const changes = this.keys.changes(invalidation);
    if (this.epochs.size + changes.size > MAX_EPOCHS) {
      // Too many to remember: all that there is becomes invalid, by one.
      this.epochs.clear();
      for (const [key, value] of this.keys.changes({ all: true })) changes.set(key, value);
    }
    for (const [key, value] of changes) this.epochs.set(key, { value, expires });
  }

  async remove(id: string): Promise<boolean> {
    const slot = this.slots.get(id, this.now());
    const there = slot?.entry !== undefined;
    if (slot !== undefined) slot.entry = slot.lease = slot.fence = slot.failure = slot.current = undefined;
    return there;
  }

  async find(id: string): Promise<ListedEntry | undefined> {
    const now = this.now();
    const slot = this.slots.get(id, now);
    return slot && listed(id, slot, now)[0];
  }

  async* list({ scope }: { readonly scope?: string } = {}): AsyncIterable<ListedEntry> {
    const now = this.now();
    for (const [id, slot] of [...this.slots.all(now)]) {
      for (const each of listed(id, slot, now)) if (scope === undefined || each.scope === scope) yield each;
    }
  }

  async status(): Promise<IndexStatus> {
    return { server: 'memory' };
  }

  async connect(): Promise<void> {
    // It is here.
  }

  async close(): Promise<void> {
    this.listeners.clear();
    this.slots.clear();
  }

  /** Time does not go back here: nothing gets younger, whatever the clock does. */
  private now(): number {
    return this.latest = Math.max(this.latest, this.clock.now());
  }

  private epochsOf(identity: Identity): string {
    return this.join(this.keys.epochs(identity));
  }

  private scopeEpochsOf({ id, scope }: Identity): string {
    return this.join(this.keys.epochs({ id, scope, tags: [], datasets: [] }));
  }

  private join(keys: readonly string[]): string {
    return keys.map((key) => {
      const epoch = this.epochs.get(key);
      return epoch !== undefined && epoch.expires > this.latest ? epoch.value : '';
    }).join(',');
  }

  /** Entries of the scope, without this one. */
  private othersOf(identity: Identity, now: number): number {
    const epochs = this.scopeEpochsOf(identity);
    const counts = ([id, { entry }]: [string, Slot]) => id !== identity.id && entry?.scope === identity.scope && entry.scopeEpochs === epochs;
    return [...this.slots.all(now)].filter(counts).length;
  }

  private record(slot: Slot, attempt: string, state: AttemptState, now: number, milliseconds = 0): void {
    setAttempt(slot, attempt, state, now + milliseconds);
    slot.expires = Math.max(slot.expires, now + milliseconds + ATTEMPTS_KEPT);
  }

  /** As from elsewhere: not before whoever told it goes on. @returns to how many */
  private tell(id: string, attempt: string, state: AttemptState): number {
    const listeners = [...this.listeners.get(id) ?? []];
    queueMicrotask(() => {
      for (const listener of listeners) if (this.listeners.get(id)?.has(listener)) listener(attempt, state);
    });
    return listeners.length;
  }
}

function token({ fence, attempt }: Lease): string {
  return `${fence}:${attempt}`;
}

function hold(slot: Slot, lease: Lease, now: number, milliseconds: number): void {
  slot.lease = { token: token(lease), attempt: lease.attempt, expires: now + milliseconds };
  slot.expires = Math.max(slot.expires, now + milliseconds + ATTEMPTS_KEPT);
}
