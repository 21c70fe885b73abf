import type { Clock } from '../resilience/clock.js';

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** A clock that stands still until it is told to move. */
export class ManualClock implements Clock {
  private time: number;
  private timers: Timer[] = [];

  /** @param start Unix epoch milliseconds */
  constructor(start: number = Date.UTC(2030, 0, 1)) {
    this.time = start;
  }

  now(): number {
    return this.time;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => { this.schedule(ms, resolve); });
  }

  schedule(ms: number, run: () => void): () => void {
    const timer = { at: this.time + ms, run };
    this.timers.push(timer);
    return () => { this.timers = this.timers.filter((other) => other !== timer); };
  }

  /** Whether somebody waits for the time to pass. */
  get waiting(): boolean {
    return this.timers.length > 0;
  }

  /** Moves the time on, and runs what falls due on the way, in its order. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      await turn(); // whoever was woken may set another timer within the time that passes
      const due = this.timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.timers = this.timers.filter((timer) => timer !== due);
      this.time = Math.max(this.time, due.at);
      due.run();
    }
    this.time = end;
    await turn();
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
