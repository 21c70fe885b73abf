import { ClientTelemetry } from '../../telemetry/client-telemetry.js';
import { eventChannels } from '../../telemetry/event-channels.js';

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

export const CONFIG_CHANNELS = eventChannels<ConfigEvents>('config', ['stale', 'change', 'error']);

/** Tells who listens of a failure that no caller is told. */
export function tellConfigError(operation: string, error: unknown): void {
  if (CONFIG_CHANNELS.error.hasSubscribers) CONFIG_CHANNELS.error.publish({ operation, error } satisfies ConfigEvents['error']);
}

/** Counters and events of one client. */
export class ConfigTelemetry extends ClientTelemetry<ConfigCounter, ConfigEvents> {
  constructor() {
    super({
      counters: COUNTERS, channels: CONFIG_CHANNELS, meter: 'cache_tiers.config',
      onMeterError: (error) => this.swallowed('OpenTelemetry', error),
    });
  }

  /** Counts and tells of a failure that the caller is not told. */
  swallowed(operation: string, error: unknown): void {
    this.add('errors');
    tellConfigError(operation, error);
  }
}
