/** Rejection reason of calls that ran into their deadline. */
export class DeadlineError extends Error {
  readonly failure = 'timeout';

  constructor(readonly milliseconds: number) {
    super(`no answer within ${milliseconds} ms`);
    this.name = 'TimeoutError';
  }
}

/**
 * A point in time that several remote calls share. AbortSignal.timeout cannot be ended early, and a caller that is
 * served at once should leave no timer behind, so this one is closed by its owner.
 */
export class Deadline {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  /** @param milliseconds from now; `undefined`: none yet, `extend` sets it */
  constructor(milliseconds: number | undefined) {
    if (milliseconds !== undefined) this.extend(milliseconds);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Sets the point in time anew, from now. Has no effect once the deadline has passed. */
  extend(milliseconds: number): void {
    if (this.signal.aborted) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.controller.abort(new DeadlineError(milliseconds)), milliseconds);
  }

  close(): void {
    clearTimeout(this.timer);
  }

  /** Closes it and ends what still runs under it: the rest of a batch of which one request has failed. */
  abandon(): void {
    this.close();
    this.controller.abort(new Error('abandoned'));
  }
}

/** Ends with a signal, or after so many milliseconds: for one call of a client that knows a deadline of its own only where it is given no signal. */
export function endsWithin(milliseconds: number, signal?: AbortSignal): AbortSignal {
  const deadline = AbortSignal.timeout(milliseconds);
  return signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
}
