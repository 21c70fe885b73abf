import { setTimeout as pause } from 'node:timers/promises';

export interface PacerOptions {
  /** Calls a second to begin with. */
  readonly rate: number;
  /** Calls a second at the least, however often the service refuses. @default 0.5 */
  readonly least?: number;
  /** Calls a second at the most. @default - ten times `rate` */
  readonly most?: number;
  /** Milliseconds since some moment, by a clock that nobody sets. @default performance.now */
  readonly now?: () => number;
  /** Waits; rejects once the signal aborts. @default - a timer */
  readonly sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;
}

/** Refusals within this time of one that counted do not count: they answer calls that were sent at the old pace. In milliseconds. */
const SETTLING = 1_000;

/**
 * A pace that finds out what a service bears. It is doubled each second until the service throttles for the first time; then it is halved when
 * that happens, and a second of successes adds one call a second. Calls are spread evenly, and whoever waits is served in order.
 */
export class Pacer {
  private readonly now: () => number;
  private readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;
  private readonly least: number;
  private readonly most: number;
  private current: number;
  /** When the next call may go out. */
  private next = -Infinity;
  private slowed = -Infinity;

  constructor({ rate, least = 0.5, most = rate * 10, now, sleep }: PacerOptions) {
    this.now = now ?? (() => performance.now());
    this.sleep = sleep ?? ((milliseconds, signal) => pause(milliseconds, undefined, { signal }));
    this.least = Math.min(least, rate);
    this.most = Math.max(most, rate);
    this.current = rate;
  }

  /** Calls a second that are let through at present. */
  get rate(): number {
    return this.current;
  }

  /** Waits for the turn of a call. @throws the signal's reason once it aborts */
  async turn(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const now = this.now();
    const wait = this.next - now;
    this.next = Math.max(now, this.next) + 1000 / this.current;
    if (wait <= 0) return;
    try {
      await this.sleep(wait, signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }

  /** The service has answered a call. */
  succeeded(): void {
    const growth = this.slowed === -Infinity ? 1 : 1 / this.current;
    this.current = Math.min(this.most, this.current + growth);
  }

  /** The service has refused a call because there are too many. */
  throttled(): void {
    const now = this.now();
    if (now - this.slowed < SETTLING) return;
    this.slowed = now;
    this.current = Math.max(this.least, this.current / 2);
    this.next = Math.max(this.next, now + 1000 / this.current);
  }
}
