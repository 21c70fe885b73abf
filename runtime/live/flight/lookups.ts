interface Batch<T> {
  readonly outcome: Promise<T>;
  readonly begin: () => void;
}

/**
 * One lookup of a key at a time. Callers who come while one is under way share the next one: its answer was true after they came, which an answer
 * that is on its way may not be.
 */
export class Lookups<T> {
  private readonly running = new Set<string>();
  private readonly waiting = new Map<string, Batch<T>>();

  /**
   * @param look is called for the first caller of a batch
   * @returns the answer, and whether this caller is the first
   */
  async find(key: string, look: () => Promise<T>): Promise<{ answer: T; first: boolean }> {
    const begun = this.waiting.get(key);
    if (begun !== undefined) return { answer: await begun.outcome, first: false };
    let begin!: () => void;
    const outcome = new Promise<void>((resolve) => { begin = resolve; }).then(look);
    this.waiting.set(key, { outcome, begin });
    if (!this.running.has(key)) setImmediate(() => this.next(key)); // whoever asks in this turn of the event loop shares it
    return { answer: await outcome, first: true };
  }

  private next(key: string): void {
    const batch = this.waiting.get(key);
    if (batch === undefined || this.running.has(key)) return;
    this.waiting.delete(key);
    this.running.add(key);
    const done = () => {
      this.running.delete(key);
      this.next(key);
    };
    batch.outcome.then(done, done);
    batch.begin();
  }
}
