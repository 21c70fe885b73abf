import type { Clock } from '../../../runtime/resilience/clock';

interface Timer {
  readonly milliseconds: number;
  readonly run: () => void;
}

/** A clock that stands until it is set forward, whose timers go off when they are told to. Those of no time at all go off by themselves. */
export class TestClock implements Clock {
  time = 1_000_000;
  private readonly timers = new Set<Timer>();
  private readonly waiting = new Set<() => void>();

  now(): number {
    return this.time;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => { this.schedule(ms, resolve); });
  }

  schedule(milliseconds: number, run: () => void): () => void {
    if (milliseconds === 0) {
      const immediate = setImmediate(run);
      return () => clearImmediate(immediate);
    }
    const timer = { milliseconds, run };
    this.timers.add(timer);
    for (const look of [...this.waiting]) look();
    return () => this.timers.delete(timer);
  }

  /** How many timers wait. */
  get pending(): number {
    return this.timers.size;
  }

  /** Waits until there is a timer of so many milliseconds, and lets it go off. */
  async fire(milliseconds: number): Promise<void> {
    const due = () => [...this.timers].find((timer) => timer.milliseconds === milliseconds);
    while (due() === undefined) {
      await new Promise<void>((resolve) => {
        const look = () => {
          this.waiting.delete(look);
          resolve();
        };
        this.waiting.add(look);
      });
    }
    const timer = due()!;
    this.timers.delete(timer);
    this.time += milliseconds;
    timer.run();
  }
}
