import type { AttemptState, Entry, SharedFailure } from './result-index.js';

export interface MemoryEntry {
  readonly entry: Entry;
  readonly scope: string;
  readonly epochs: string;
  /** The epochs of namespace and scope: an entry under others does not count for its scope. */
  readonly scopeEpochs: string;
  /** Milliseconds. */
  readonly life: number;
  readonly expires: number;
}

export interface MemoryAttempt {
  readonly state: AttemptState;
  /** Until when its holder counts as alive, if it runs. */
  readonly alive: number;
}

/** What is known of one identity. */
export interface Slot {
  entry?: MemoryEntry;
  lease?: { readonly token: string; readonly attempt: string; readonly expires: number };
  /** The attempt that had the lease last. */
  current?: { readonly attempt: string; readonly epochs: string; readonly scope: string };
  /** The last lease that was given, as long as its holder may publish. */
  fence?: string;
  failure?: { readonly failure: SharedFailure; readonly epochs: string; readonly expires: number };
  readonly attempts: Map<string, MemoryAttempt>;
  /** When attempts and fence are forgotten. */
  expires: number;
}

/** How many attempts of one identity are known at a time. */
const MAX_ATTEMPTS = 32;

/** Slots by identifier, up to a number: then those go that are over, and after them those that were not used for longest. */
export class MemorySlots {
  private readonly slots = new Map<string, Slot>();

  constructor(private readonly limit: number) {}

  get(id: string, now: number): Slot | undefined {
    const slot = this.slots.get(id);
    return slot && current(slot, now);
  }

  /** Makes it if it is not there; it counts as used. */
  use(id: string, now: number): Slot {
    const slot = this.get(id, now) ?? { attempts: new Map(), expires: 0 };
    this.slots.delete(id);
    this.makeRoom(now);
    this.slots.set(id, slot);
    return slot;
  }

  * all(now: number): Generator<[id: string, slot: Slot]> {
    for (const [id, slot] of this.slots) yield [id, current(slot, now)];
  }

  clear(): void {
    this.slots.clear();
  }

  /** For one. Looks at the two that were not used for longest, so that what is over goes in time, whatever the limit. */
  private makeRoom(now: number): void {
    for (const [id, slot] of [...take(this.slots, 2)]) if (isOver(current(slot, now))) this.slots.delete(id);
    if (this.slots.size < this.limit) return;
    // A run that is under way is worth more than an entry that was not asked for.
    for (const [id, slot] of this.slots) {
      if (slot.lease !== undefined) continue;
      this.slots.delete(id);
      return;
    }
    for (const [id] of take(this.slots, 1)) this.slots.delete(id);
  }
}

export function setAttempt(slot: Slot, attempt: string, state: AttemptState, alive = 0): void {
  slot.attempts.delete(attempt);
  slot.attempts.set(attempt, { state, alive });
  if (slot.attempts.size > MAX_ATTEMPTS) for (const [oldest] of take(slot.attempts, 1)) slot.attempts.delete(oldest);
}

/** Without what has expired. */
function current(slot: Slot, now: number): Slot {
  if (slot.entry !== undefined && slot.entry.expires <= now) slot.entry = undefined;
  if (slot.lease !== undefined && slot.lease.expires <= now) slot.lease = undefined;
  if (slot.failure !== undefined && slot.failure.expires <= now) slot.failure = undefined;
  if (slot.expires <= now) {
    slot.fence = slot.current = undefined;
    slot.attempts.clear();
  }
  return slot;
}

function isOver({ entry, failure, fence, attempts }: Slot): boolean {
  return entry === undefined && failure === undefined && fence === undefined && attempts.size === 0;
}

function* take<T>(from: Iterable<T>, count: number): Generator<T> {
  let left = count;
  for (const each of from) {
    if (left-- <= 0) return;
    yield each;
  }
}
