import { channel, type Channel } from 'node:diagnostics_channel';
import { LIVE_METRIC, LIVE_METRIC_DIMENSION, LIVE_METRIC_NAMESPACE } from '../../lib/contract/live.js';
import type { Clock } from '../resilience/clock.js';
import { Counters } from '../telemetry/counters.js';
import { emfLine } from '../telemetry/emf.js';
import { observeWithOpenTelemetry } from '../telemetry/open-telemetry.js';
import type { BypassReason, LiveStatus } from './options.js';

export type LiveCounter = keyof typeof LIVE_METRIC;
export type LiveStats = Readonly<Record<LiveCounter, number>>;

const COUNTERS = Object.keys(LIVE_METRIC) as LiveCounter[];
const MILLISECONDS: readonly LiveCounter[] = ['lockWait'];
/** Metrics reach CloudWatch at most this often, in milliseconds; an environment about to freeze asks for it with `settled()`. */
const EMF_INTERVAL = 60_000;

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

type EventName = keyof LiveEvents;

const EVENTS: readonly EventName[] = ['answer', 'execute', 'settle', 'resume', 'error'];

export const LIVE_CHANNELS = Object.fromEntries(EVENTS.map((name) => [name, channel(`cdk-cache-tiers:live:${name}`)])) as Record<EventName, Channel>;

export interface LiveTelemetryOptions {
  readonly namespace: string;
  readonly emf: boolean;
  readonly clock: Clock;
  readonly write: (line: string) => void;
}

/** Counters and events of one client, and the ways out of the process. */
export class LiveTelemetry {
  private readonly counters = new Counters<LiveCounter>(COUNTERS);
  private observed = false;
  private flushed: number;

  constructor(private readonly options: LiveTelemetryOptions) {
    this.flushed = options.clock.now();
  }

  add(name: LiveCounter, amount?: number): void {
    this.counters.add(name, amount);
  }

  stats(): LiveStats {
    return this.counters.snapshot();
  }

  publish<E extends EventName>(event: E, message: () => LiveEvents[E]): void {
    const target = LIVE_CHANNELS[event];
    if (target.hasSubscribers) target.publish(message());
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

  /** Called once a query: starts OpenTelemetry once it is there, and writes metrics when they are due. */
  tick(): void {
    if (!this.observed) this.observed = this.observe();
    if (this.options.clock.now() - this.flushed >= EMF_INTERVAL) this.flush();
  }

  /** Writes what has been counted since the last time, in CloudWatch's embedded metric format, if that is on. */
  flush(): void {
    const { emf, clock, namespace, write } = this.options;
    if (!emf) return;
    const timestamp = this.flushed = clock.now();
    const metrics = Object.fromEntries(Object.entries(this.counters.drain()).map(([name, value]) => [LIVE_METRIC[name as LiveCounter], value]));
    if (Object.keys(metrics).length === 0) return;
    write(emfLine({
      namespace: LIVE_METRIC_NAMESPACE, dimensions: { [LIVE_METRIC_DIMENSION]: namespace }, metrics, timestamp,
      milliseconds: MILLISECONDS.map((name) => LIVE_METRIC[name]),
    }));
  }

  /** @returns whether to leave it at that */
  private observe(): boolean {
    try {
      return observeWithOpenTelemetry('cache_tiers.live', () => COUNTERS.map((name) => ({ name, unit: MILLISECONDS.includes(name) ? 'ms' : '1' })),
        { namespace: this.options.namespace }, (name) => this.counters.get(name as LiveCounter));
    } catch (error) { // a broken SDK is no reason to break a caller
      this.publish('error', () => ({ part: 'index', operation: 'OpenTelemetry', error }));
      return true;
    }
  }
}
