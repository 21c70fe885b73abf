/** Where a client takes the time from; tests give their own. */
export interface Clock {
  /** Unix epoch milliseconds. */
  now(): number;
  /** Resolves after `ms` milliseconds. */
  sleep(ms: number): Promise<void>;
  /** Runs something after `ms` milliseconds, unless cancelled; does not keep the process alive. @returns cancels it */
  schedule(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: Date.now,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  schedule: (ms, run) => {
    const timer = setTimeout(run, ms).unref();
    return () => clearTimeout(timer);
  },
};
