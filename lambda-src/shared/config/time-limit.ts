/** Kept for the answer, and for metrics. */
const RESERVE = 2_000;

/** Work that is not done before the function's end, so that the function says which of it is not, instead of being stopped. */
export class TimeLimit {
  private timer: NodeJS.Timeout | undefined;
  private expired = false;
  private readonly expiry: Promise<never>;

  /** @param remaining milliseconds until the function is stopped */
  constructor(remaining: number) {
    this.expiry = new Promise((_, reject) => {
      // Of little time the half: there is always some for the work, too.
      this.timer = setTimeout(() => { this.expired = true; reject(new OutOfTime()); }, Math.max(remaining - RESERVE, remaining / 2));
    });
    this.expiry.catch(() => undefined); // whoever waits hears of it; nobody may be waiting
  }

  /** Nothing may be begun any more: what still runs is not waited for. */
  get over(): boolean {
    return this.expired;
  }

  /** @throws OutOfTime when the time is over before the work is done */
  within<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.expiry]);
  }

  end(): void {
    clearTimeout(this.timer);
  }
}

export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';

  constructor() {
    super('the function\'s time is nearly over');
  }
}
