/** Bounds how much runs at once and how much waits for it. */
export class Bulkhead {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /**
   * @param limit runs at once
   * @param queue waits at the most; further ones are refused
   */
  constructor(private readonly limit: number, private readonly queue: number = Infinity) {}

  /** Whether `run` would be refused now. */
  get full(): boolean {
    return this.running >= this.limit && this.waiting.length >= this.queue;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.running >= this.limit) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running += 1;
    try {
      return await task();
    } finally {
      const next = this.waiting.shift(); // the place is handed on, so `running` stays as it is
      if (next) next();
      else this.running -= 1;
    }
  }
}
