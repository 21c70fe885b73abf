import { MEMO_METRIC, MEMO_METRIC_DIMENSION, MEMO_METRIC_NAMESPACE } from '../../lib/contract/memo.js';
import type { Clock } from '../resilience/clock.js';
import type { FailureClass } from '../resilience/failure.js';
import { ClientTelemetry } from '../telemetry/client-telemetry.js';
import type { Counters } from '../telemetry/counters.js';
import { eventChannels } from '../telemetry/event-channels.js';

export type MemoCounter = keyof typeof MEMO_METRIC;
export type MemoStats = Readonly<Record<MemoCounter, number>>;

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

export const MEMO_CHANNELS = eventChannels<MemoEvents>('memo', ['hit', 'execute', 'error', 'open', 'unstorable', 'fenced', 'invalidate']);

export interface MemoTelemetryOptions {
  /** @default - none; the memory alone */
  readonly table?: string;
  readonly emf: boolean;
  readonly clock: Clock;
}

/** Counters and events of one memoizer, and the ways out of the process. */
export class MemoTelemetry extends ClientTelemetry<MemoCounter, MemoEvents> {
  private readonly functions = new Map<string, Counters<MemoCounter>>();

  constructor({ table = 'memory', emf, clock }: MemoTelemetryOptions) {
    super({
      counters: Object.keys(MEMO_METRIC) as MemoCounter[], milliseconds: ['latencySaved'], channels: MEMO_CHANNELS,
      meter: 'cache_tiers.memo', attributes: { table },
      emf: emf ? { namespace: MEMO_METRIC_NAMESPACE, dimensions: { [MEMO_METRIC_DIMENSION]: table }, metrics: MEMO_METRIC, clock } : undefined,
      onMeterError: (error) => this.publish('error', () => ({ operation: 'OpenTelemetry', failure: 'request', error })),
    });
  }

  /** Counters of a memoized function, by its name. */
  of(name: string): Counters<MemoCounter> {
    let counters = this.functions.get(name);
    if (counters === undefined) this.functions.set(name, counters = this.counters.part());
    return counters;
  }
}
