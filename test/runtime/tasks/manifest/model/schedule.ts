import type { Clock } from '../../../../../runtime/resilience/clock';

/** Lets one of those go on who wait, by chance, and the time pass. */
export class Schedule {
  time = 1_000_000;
  private readonly waiting: (() => void)[] = [];
  readonly clock: Clock = {
    now: () => this.time,
    sleep: () => this.turn(),
    schedule: () => { throw new Error('nobody schedules'); },
  };

  constructor(readonly random: (end: number) => number, private readonly longest: number) {}

  chance(percent: number): boolean {
    return this.random(100) < percent;
  }

  pick<T>(all: readonly T[]): T {
    return all[this.random(all.length)];
  }

  turn(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Until nobody waits any more. */
  async run(): Promise<void> {
    await settle();
    while (this.waiting.length > 0) {
      this.time += this.random(this.longest);
      this.waiting.splice(this.random(this.waiting.length), 1)[0]();
      await settle();
    }
  }
}

/** All that follows without waiting for anybody has happened. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
