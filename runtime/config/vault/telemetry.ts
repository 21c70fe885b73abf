import { channel, type Channel } from 'node:diagnostics_channel';
import { Counters } from '../../telemetry/counters.js';

/**
 * - `memory`: a session was given from this process's memory
 * - `reused`: a session was given from the vault
 * - `waits`: somebody else was renewing a session, and was waited for
 * - `refreshes`: the source was asked
 * - `sourceErrors`: the source failed
 * - `writes`: an entry was written
 * - `errors`: the vault could not be used; the caller was not told
 * - `damaged`: an entry, or the newest file, was not what had been written
 */
export type VaultCounter = typeof COUNTERS[number];
export type VaultStats = Readonly<Record<VaultCounter, number>>;

const COUNTERS = ['memory', 'reused', 'waits', 'refreshes', 'sourceErrors', 'writes', 'errors', 'damaged'] as const;

/** Messages on `diagnostics_channel`: `cdk-cache-tiers:vault:<event>`. None has a secret. */
export interface VaultEvents {
  /** The vault could not be used; the caller was not told. */
  error: { operation: 'read' | 'lease' | 'write'; name: string; error: unknown };
  /** An entry is not what was written; it counts as absent, and stays. Without a name: the newest file is not whole, the one before is used. */
  damaged: { name?: string };
  /** The source was asked for a session. */
  refresh: { name: string; duration: number; error?: unknown };
}

type EventName = keyof VaultEvents;

const EVENTS: readonly EventName[] = ['error', 'damaged', 'refresh'];

export const VAULT_CHANNELS = Object.fromEntries(
  EVENTS.map((name) => [name, channel(`cdk-cache-tiers:vault:${name}`)])) as Record<EventName, Channel>;

/** Counters and events of one vault. */
export class VaultTelemetry {
  readonly counters = new Counters<VaultCounter>(COUNTERS);

  publish<E extends EventName>(event: E, message: VaultEvents[E]): void {
    const target = VAULT_CHANNELS[event];
    if (target.hasSubscribers) target.publish(message);
  }

  /** Something that the caller is not told. */
  swallow(operation: VaultEvents['error']['operation'], name: string, error: unknown): void {
    this.counters.add('errors');
    this.publish('error', { operation, name, error });
  }

  damaged(name?: string): void {
    this.counters.add('damaged');
    this.publish('damaged', name === undefined ? {} : { name });
  }
}
