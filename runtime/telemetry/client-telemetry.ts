import { systemClock, type Clock } from '../resilience/clock.js';
import { emfLine } from './emf.js';
import type { EventChannels } from './event-channels.js';
import { observeWithOpenTelemetry } from './open-telemetry.js';
import { Telemetry } from './telemetry.js';

/** Metrics reach CloudWatch at most this often, in milliseconds; an environment about to freeze asks for it with `flush`. */
const EMF_INTERVAL = 60_000;

/** What is a tier's own about its telemetry. */
export interface ClientTelemetryOptions<C extends string, E extends object> {
  readonly counters: readonly C[];
  /** Those that are milliseconds; the others are counts. */
  readonly milliseconds?: readonly C[];
  readonly channels: EventChannels<E>;
  /** First part of the counters' names in OpenTelemetry. */
  readonly meter: string;
  /** In OpenTelemetry. */
  readonly attributes?: Record<string, string>;
  /** How counters are written in CloudWatch's embedded metric format. @default - they are not */
  readonly emf?: EmfOptions<C>;
  /** Told of an OpenTelemetry SDK that is broken, which is no reason to break a caller. */
  readonly onMeterError: (error: unknown) => void;
}

export interface EmfOptions<C extends string> {
  readonly namespace: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Names of the counters in CloudWatch. */
  readonly metrics: Readonly<Record<C, string>>;
  /** @default systemClock */
  readonly clock?: Clock;
  /** Takes the lines. @default - standard output */
  readonly write?: (line: string) => void;
}

/** Counters and events of one client, and the ways out of the process: diagnostics channels, OpenTelemetry, lines on standard output. */
export class ClientTelemetry<C extends string, E extends object> extends Telemetry<C, E> {
  private observed = false;
  private readonly clock: Clock;
  private flushed: number;

  constructor(private readonly options: ClientTelemetryOptions<C, E>) {
    super(options.counters, options.channels);
    this.clock = options.emf?.clock ?? systemClock;
    this.flushed = this.clock.now();
  }

  /** Called now and then, off hot paths: starts OpenTelemetry once it is there, and writes metrics when they are due. */
  tick(): void {
    if (!this.observed) this.observed = this.observe();
    if (this.options.emf !== undefined && this.clock.now() - this.flushed >= EMF_INTERVAL) this.flush();
  }

  /** Writes what has been counted since the last time, in CloudWatch's embedded metric format, if that is on. */
  flush(): void {
    const { emf, milliseconds = [] } = this.options;
    if (emf === undefined) return;
    const { namespace, dimensions, metrics: nameOf, write = toStandardOutput } = emf;
    const timestamp = this.flushed = this.clock.now();
    const metrics = Object.fromEntries(Object.entries(this.counters.drain()).map(([name, value]) => [nameOf[name as C], value as number]));
    if (Object.keys(metrics).length === 0) return;
    write(emfLine({ namespace, dimensions, metrics, timestamp, milliseconds: milliseconds.map((name) => nameOf[name]) }));
  }

  /** @returns whether to leave it at that */
  private observe(): boolean {
    const { counters, meter, milliseconds = [], attributes = {}, onMeterError } = this.options;
    try {
      const units = counters.map((name) => ({ name, unit: milliseconds.includes(name) ? 'ms' : '1' }));
      return observeWithOpenTelemetry(meter, units, attributes, (name) => this.counters.get(name as C));
    } catch (error) {
      onMeterError(error);
      return true;
    }
  }
}

function toStandardOutput(line: string): void {
  process.stdout.write(`${line}\n`);
}
