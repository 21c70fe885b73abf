import type { Channel } from 'node:diagnostics_channel';
import { systemClock, type Clock } from '../resilience/clock.js';
import { Counters } from './counters.js';
import { emfLine } from './emf.js';
import { observeWithOpenTelemetry } from './open-telemetry.js';

/** Metrics reach CloudWatch at most this often, in milliseconds; an environment about to freeze asks for it with `flush`. */
const EMF_INTERVAL = 60_000;

/** What is a tier's own about its telemetry. */
export interface ClientTelemetryOptions<C extends string, E extends object> {
  /** Counters, by their names in CloudWatch. */
  readonly metrics: Readonly<Record<C, string>>;
  /** Those that are milliseconds; the others are counts. */
  readonly milliseconds?: readonly C[];
  readonly channels: Readonly<Record<keyof E, Channel>>;
  /** In CloudWatch. */
  readonly metricNamespace: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** First part of the counters' names in OpenTelemetry. */
  readonly meter: string;
  /** In OpenTelemetry. */
  readonly attributes: Record<string, string>;
  /** Whether counters are written in CloudWatch's embedded metric format. */
  readonly emf: boolean;
  readonly clock?: Clock;
  /** Takes the lines of the embedded metric format. @default - standard output */
  readonly write?: (line: string) => void;
  /** Told of an OpenTelemetry SDK that is broken, which is no reason to break a caller. */
  readonly onMeterError: (error: unknown) => void;
}

/**
 * Counters and events of one client, and the ways out of the process: diagnostics channels, OpenTelemetry, lines on standard output.
 *
 * `C` are the names of the counters, `E` the messages by name of the event.
 */
export class ClientTelemetry<C extends string, E extends object> {
  private readonly names: readonly C[];
  private readonly counters: Counters<C>;
  private observed = false;
  private readonly clock: Clock;
  private flushed: number;

  constructor(private readonly options: ClientTelemetryOptions<C, E>) {
    this.names = Object.keys(options.metrics) as C[];
    this.counters = new Counters<C>(this.names);
    this.clock = options.clock ?? systemClock;
    this.flushed = this.clock.now();
  }

  add(name: C, amount?: number): void {
    this.counters.add(name, amount);
  }

  stats(): Readonly<Record<C, number>> {
    return this.counters.snapshot();
  }

  /** The message is made only if somebody listens. */
  publish<N extends keyof E>(event: N, message: () => E[N]): void {
    const target = this.options.channels[event];
    if (target.hasSubscribers) target.publish(message());
  }

  /** Called now and then, off hot paths: starts OpenTelemetry once it is there, and writes metrics when they are due. */
  tick(): void {
    if (!this.observed) this.observed = this.observe();
    if (this.clock.now() - this.flushed >= EMF_INTERVAL) this.flush();
  }

  /** Writes what has been counted since the last time, in CloudWatch's embedded metric format, if that is on. */
  flush(): void {
    const { emf, metrics: nameOf, milliseconds = [], metricNamespace: namespace, dimensions, write = toStandardOutput } = this.options;
    if (!emf) return;
    const timestamp = this.flushed = this.clock.now();
    const metrics = Object.fromEntries(Object.entries(this.counters.drain()).map(([name, value]) => [nameOf[name as C], value as number]));
    if (Object.keys(metrics).length === 0) return;
    write(emfLine({ namespace, dimensions, metrics, timestamp, milliseconds: milliseconds.map((name) => nameOf[name]) }));
  }

  /** @returns whether to leave it at that */
  private observe(): boolean {
    const { meter, milliseconds = [], attributes, onMeterError } = this.options;
    try {
      return observeWithOpenTelemetry(meter, () => this.names.map((name) => ({ name, unit: milliseconds.includes(name) ? 'ms' : '1' })),
        attributes, (name) => this.counters.get(name as C));
    } catch (error) {
      onMeterError(error);
      return true;
    }
  }
}

function toStandardOutput(line: string): void {
  process.stdout.write(`${line}\n`);
}
