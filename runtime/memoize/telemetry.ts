import { channel, type Channel } from 'node:diagnostics_channel';
import { MEMO_METRIC_DIMENSION, MEMO_METRIC, MEMO_METRIC_NAMESPACE } from '../../lib/contract/memo.js';
import type { Clock } from '../resilience/clock.js';
import type { FailureClass } from '../resilience/failure.js';
import { Counters } from '../telemetry/counters.js';
import { emfLine } from '../telemetry/emf.js';
import { observeWithOpenTelemetry } from '../telemetry/open-telemetry.js';

export type MemoCounter = keyof typeof MEMO_METRIC;
export type MemoStats = Readonly<Record<MemoCounter, number>>;

const COUNTERS = Object.keys(MEMO_METRIC) as MemoCounter[];
/** Metrics reach CloudWatch at most this often, in milliseconds; an environment about to freeze asks for it with `settled()`. */
const EMF_INTERVAL = 60_000;

/** Messages on `diagnostics_channel`: `cdk-cache-tiers:memo:<event>`. */
export interface MemoEvents {
  /** A call was answered. */
  hit: { name: string; key: string; layer: 'memory' | 'table' | 'joined'; stale: boolean };
  /** The function ran. */
  execute: { name: string; key: string; duration: number; error?: unknown };
  /** A request to the table failed; the caller was not told. */
  error: { operation: string; failure: FailureClass; error: unknown };
  /** The breaker opened: the table is left alone for a while. */
  open: { failure: FailureClass };
  /** A value could not be stored. */
  unstorable: { name: string; key: string; reason: string };
  /** A fill was dropped, because its key was invalidated or filled by another while it ran. */
  fenced: { name: string; key: string };
  /** Something was invalidated. */
  invalidate: { scope: string };
}

type EventName = keyof MemoEvents;

const EVENTS: readonly EventName[] = ['hit', 'execute', 'error', 'open', 'unstorable', 'fenced', 'invalidate'];

export const MEMO_CHANNELS = Object.fromEntries(EVENTS.map((name) => [name, channel(`cdk-cache-tiers:memo:${name}`)])) as Record<EventName, Channel>;

/** Counters and events of one memoizer, and the ways out of the process. */
export class MemoTelemetry {
  readonly counters = new Counters<MemoCounter>(COUNTERS);
  /** Counters of the memoized functions, by name. */
  private readonly functions = new Map<string, Counters<MemoCounter>>();
  private observed = false;
  private flushed: number;

  constructor(private readonly options: { table?: string; emf: boolean; clock: Clock; write: (line: string) => void }) {
    this.flushed = options.clock.now();
  }

  of(name: string): Counters<MemoCounter> {
    let counters = this.functions.get(name);
    if (counters === undefined) this.functions.set(name, counters = new Counters<MemoCounter>(COUNTERS));
    return counters;
  }

  publish<E extends EventName>(event: E, message: () => MemoEvents[E]): void {
    const target = MEMO_CHANNELS[event];
    if (target.hasSubscribers) target.publish(message());
  }

  /** All counters: what concerns no function in particular, and the functions' sums. */
  totals(): Record<MemoCounter, number> {
    const sum = this.counters.snapshot();
    for (const counters of this.functions.values()) for (const name of COUNTERS) sum[name] += counters.get(name);
    return sum;
  }

  /** Called off the hot path: starts OpenTelemetry once it is there, and writes metrics when they are due. */
  tick(): void {
    if (!this.observed) {
      this.observed = this.observe();
    }
    if (this.options.emf && this.options.clock.now() - this.flushed >= EMF_INTERVAL) this.flush();
  }

  /** @returns whether to leave it at that */
  private observe(): boolean {
    try {
      return observeWithOpenTelemetry('cache_tiers.memo',
        () => COUNTERS.map((name) => ({ name, unit: name === 'latencySaved' ? 'ms' : '1' })),
        { table: this.options.table ?? 'memory' }, (name) => this.totals()[name as MemoCounter]);
    } catch (error) { // a broken SDK is no reason to break a caller
      this.publish('error', () => ({ operation: 'OpenTelemetry', failure: 'request', error }));
      return true;
    }
  }

  /** Writes what has been counted since the last time, in CloudWatch's embedded metric format, if that is on. */
  flush(): void {
    if (!this.options.emf) return;
    const timestamp = this.flushed = this.options.clock.now();
    const metrics: Record<string, number> = {};
    for (const counters of [this.counters, ...this.functions.values()]) {
      for (const [name, value] of Object.entries(counters.drain())) {
        const metric = MEMO_METRIC[name as MemoCounter];
        metrics[metric] = (metrics[metric] ?? 0) + value;
      }
    }
    if (Object.keys(metrics).length === 0) return;
    this.options.write(emfLine({
      namespace: MEMO_METRIC_NAMESPACE,
      dimensions: { [MEMO_METRIC_DIMENSION]: this.options.table ?? 'memory' },
      metrics,
      milliseconds: [MEMO_METRIC.latencySaved],
      timestamp,
    }));
  }
}
