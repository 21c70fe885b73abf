import { setMaxListeners } from 'node:events';

/** Bounds how much runs at once and how much waits for it. */
export class Bulkhead {
  private running = 0;
  private readonly waiting = new Set<() => void>();

  /**
   * @param limit runs at once
   * @param queue waits at the most; further ones are refused
   */
  constructor(private readonly limit: number, private readonly queue: number = Infinity) {}

  /** Whether there is neither a place nor room to wait for one. */
  get full(): boolean {
    return this.running >= this.limit && this.waiting.size >= this.queue;
  }

  /** Waits for a place. @returns whether there is one; false if the signal aborted first. Every place must be left. */
  async enter(signal?: AbortSignal): Promise<boolean> {
    if (signal?.aborted) return false;
    if (this.running < this.limit) {
      this.running++;
      return true;
    }
    return new Promise((resolve) => {
      const enter = () => { signal?.removeEventListener('abort', giveUp); resolve(true); };
      const giveUp = () => { this.waiting.delete(enter); resolve(false); };
      this.waiting.add(enter);
      if (signal) setMaxListeners(0, signal); // as many wait with one signal as like, and Node 20 warns of the eleventh
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  }

  leave(): void {
    const [next] = this.waiting;
    if (next === undefined) {
      this.running--;
      return;
    }
    this.waiting.delete(next); // the place is handed on, so `running` stays as it is
    next();
  }

  async run<T>(task: () => T | Promise<T>): Promise<T> {
    await this.enter();
    try {
      return await task();
    } finally {
      this.leave();
    }
  }
}
