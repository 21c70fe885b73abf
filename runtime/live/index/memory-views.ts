import type { MemoryEntry, Slot } from './memory-slots.js';
import type { FoundEntry, ListedEntry, Manifest } from './result-index.js';

/* What is told of a slot. */

export function foundIn({ entry }: Slot, now: number, epochs: string): FoundEntry | undefined {
  return entry?.epochs === epochs ? { entry: entry.entry, age: times(entry, now).age } : undefined;
}

/** What is known of an attempt's segments. */
export function manifestOf(slot: Slot, attempt: string): { readonly manifest?: Manifest } {
  const state = slot.attempts.get(attempt)?.state;
  return state?.state === 'running' && state.manifest ? { manifest: state.manifest } : {};
}

export function listed(id: string, slot: Slot, now: number): ListedEntry[] {
  const { entry, lease, current } = slot;
  const found: ListedEntry[] = [];
  if (entry) found.push({ id, state: 'entry', ...times(entry, now), scope: entry.scope, entry: entry.entry });
  if (lease) found.push({ id, state: 'running', expiresIn: lease.expires - now, scope: current?.scope ?? '', ...manifestOf(slot, lease.attempt) });
  return found;
}

function times({ life, expires }: MemoryEntry, now: number): { readonly age: number; readonly expiresIn: number } {
  return { age: Math.max(0, life - (expires - now)), expiresIn: expires - now };
}
