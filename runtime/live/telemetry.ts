import { LIVE_METRIC, LIVE_METRIC_DIMENSION, LIVE_METRIC_NAMESPACE } from '../../lib/contract/live.js';
import type { Clock } from '../resilience/clock.js';
import { ClientTelemetry } from '../telemetry/client-telemetry.js';
import { eventChannels } from '../telemetry/event-channels.js';
import type { BypassReason, LiveStatus } from './options.js';

export type LiveCounter = keyof typeof LIVE_METRIC;
export type LiveStats = Readonly<Record<LiveCounter, number>>;

/** Messages on `diagnostics_channel`: `cdk-cache-tiers:live:<event>`. None holds a scope, a key or data. */
export interface LiveEvents {
  /** A query was answered. Milliseconds until its first byte could be given; its age in seconds. */
  answer: { id?: string; status: LiveStatus; reason?: BypassReason; age: number; wait: number };
  /** An execution began. */
  execute: { id?: string; attempt: string };
  /** A result was published, or why it will not be: `storage` and `too-large` are known before its end. */
  settle: { id: string; attempt: string; outcome: 'published' | 'superseded' | 'invalidated' | 'over-limit' | 'too-fast' | 'too-large' | 'storage' };
  /** A caller lost the source of his result on the way, and goes on with another one. */
  resume: { id?: string; position: number; reason: unknown };
  /** A call to index, bucket or keys failed; no caller was told. */
  error: { part: 'index' | 'storage' | 'keys'; operation: string; error: unknown };
}

export const LIVE_CHANNELS = eventChannels<LiveEvents>('live', ['answer', 'execute', 'settle', 'resume', 'error']);

export interface LiveTelemetryOptions {
  readonly namespace: string;
  readonly emf: boolean;
  readonly clock: Clock;
}

/** Counters and events of one client, and the ways out of the process. */
export class LiveTelemetry extends ClientTelemetry<LiveCounter, LiveEvents> {
  constructor({ namespace, emf, clock }: LiveTelemetryOptions) {
    super({
      counters: Object.keys(LIVE_METRIC) as LiveCounter[], milliseconds: ['lockWait'], channels: LIVE_CHANNELS,
      meter: 'cache_tiers.live', attributes: { namespace },
      emf: emf ? { namespace: LIVE_METRIC_NAMESPACE, dimensions: { [LIVE_METRIC_DIMENSION]: namespace }, metrics: LIVE_METRIC, clock } : undefined,
      onMeterError: (error) => this.publish('error', () => ({ part: 'index', operation: 'OpenTelemetry', error })),
    });
  }

  executing(attempt: string, id?: string): void {
    this.add('executions');
    this.publish('execute', () => ({ id, attempt }));
  }

  indexError(operation: string, error: unknown): void {
    this.add('indexErrors');
    this.publish('error', () => ({ part: 'index', operation, error }));
  }

  storageError(operation: string, error: unknown): void {
    this.add('storageErrors');
    this.publish('error', () => ({ part: 'storage', operation, error }));
  }

  keyError(error: unknown): void {
    this.publish('error', () => ({ part: 'keys', operation: 'read', error }));
  }
}
