import { eventChannels } from '../../telemetry/event-channels.js';
import { Telemetry } from '../../telemetry/telemetry.js';

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

export const VAULT_CHANNELS = eventChannels<VaultEvents>('vault', ['error', 'damaged', 'refresh']);

/** Counters and events of one vault. */
export class VaultTelemetry extends Telemetry<VaultCounter, VaultEvents> {
  constructor() {
    super(COUNTERS, VAULT_CHANNELS);
  }

  /** Something that the caller is not told. */
  swallow(operation: VaultEvents['error']['operation'], name: string, error: unknown): void {
    this.add('errors');
    this.publish('error', () => ({ operation, name, error }));
  }

  damaged(name?: string): void {
    this.add('damaged');
    this.publish('damaged', () => name === undefined ? {} : { name });
  }
}
