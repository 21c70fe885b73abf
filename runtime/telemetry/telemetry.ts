import { Counters } from './counters.js';
import type { EventChannels } from './event-channels.js';

/** Counters and events. `C` are the names of the counters, `E` the messages by name of the event. */
export class Telemetry<C extends string, E extends object> {
  protected readonly counters: Counters<C>;

  constructor(counters: readonly C[], private readonly channels: EventChannels<E>) {
    this.counters = new Counters<C>(counters);
  }

  add(name: C, amount?: number): void {
    this.counters.add(name, amount);
  }

  stats(): Readonly<Record<C, number>> {
    return this.counters.snapshot();
  }

  /** The message is made only if somebody listens. */
  publish<N extends keyof E>(event: N, message: () => E[N]): void {
    const target = this.channels[event];
    if (target.hasSubscribers) target.publish(message());
  }
}
