import { channel, type Channel } from 'node:diagnostics_channel';
import { Counters } from '../../telemetry/counters.js';
import { observeWithOpenTelemetry } from '../../telemetry/open-telemetry.js';

/**
 * What a `ConfigClient` counts:
 * - `hits`: values from memory; `misses`: values that had to be asked for; `joined`: of these, the ones that somebody else was asking for already
 * - `stale`: values from memory since Parameter Store could not be asked
 * - `requests`: calls of Parameter Store; `throttled`: of these, the ones that it refused for their rate
 * - `puts`, `deletes`: own changes
 * - `errors`: those that no caller was told: behind a stale value, or of who wanted to know of own changes
 */
export type ConfigCounter = 'hits' | 'misses' | 'joined' | 'stale' | 'requests' | 'throttled' | 'puts' | 'deletes' | 'errors';
export type ConfigStats = Readonly<Record<ConfigCounter, number>>;

const COUNTERS: readonly ConfigCounter[] = ['hits', 'misses', 'joined', 'stale', 'requests', 'throttled', 'puts', 'deletes', 'errors'];

/** Messages on `diagnostics_channel`: `cdk-cache-tiers:config:<event>`. None has a value. */
export interface ConfigEvents {
  /** A value was given from memory, since Parameter Store could not be asked. Age in milliseconds. */
  stale: { name: string; age: number; error: unknown };
  /** A parameter was put or deleted by this process. */
  change: { operation: 'put' | 'delete'; name: string; version?: number };
  /** Something failed, and no caller was told. */
  error: { operation: string; error: unknown };
}

type EventName = keyof ConfigEvents;

const EVENTS: readonly EventName[] = ['stale', 'change', 'error'];

export const CONFIG_CHANNELS = Object.fromEntries(EVENTS.map((name) => [name, channel(`cdk-cache-tiers:config:${name}`)])) as
  Record<EventName, Channel>;

/** Tells who listens of a failure that no caller is told. */
export function tellConfigError(operation: string, error: unknown): void {
  if (CONFIG_CHANNELS.error.hasSubscribers) CONFIG_CHANNELS.error.publish({ operation, error } satisfies ConfigEvents['error']);
}

/** Counters and events of one client. */
export class ConfigTelemetry {
  private readonly counters = new Counters<ConfigCounter>(COUNTERS);
  private observed = false;

  add(name: ConfigCounter, amount?: number): void {
    this.counters.add(name, amount);
  }

  stats(): ConfigStats {
    return this.counters.snapshot();
  }

  publish<E extends EventName>(event: E, message: () => ConfigEvents[E]): void {
    const target = CONFIG_CHANNELS[event];
    if (target.hasSubscribers) target.publish(message());
  }

  /** Counts and tells of a failure that the caller is not told. */
  swallowed(operation: string, error: unknown): void {
    this.add('errors');
    tellConfigError(operation, error);
  }

  /** Called with every request: starts OpenTelemetry once it is there. */
  tick(): void {
    if (this.observed) return;
    try {
      this.observed = observeWithOpenTelemetry('cache_tiers.config', () => COUNTERS.map((name) => ({ name })), {},
        (name) => this.counters.get(name as ConfigCounter));
    } catch (error) { // a broken SDK is no reason to break a caller
      this.observed = true;
      this.swallowed('OpenTelemetry', error);
    }
  }
}
