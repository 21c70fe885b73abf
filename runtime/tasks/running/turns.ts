import { within } from '../../resilience/within.js';

/** One at a time for each name. */
export class Turns {
  private readonly taken = new Map<string, Promise<void>>();

  /** Waits until nobody has it. @returns gives it back @throws the signal's reason */
  async take(name: string, signal: AbortSignal): Promise<() => void> {
    for (let other = this.taken.get(name); other !== undefined; other = this.taken.get(name)) await within(other, signal);
    let leave!: () => void;
    this.taken.set(name, new Promise((resolve) => { leave = resolve; }));
    return () => {
      this.taken.delete(name);
      leave();
    };
  }
}
