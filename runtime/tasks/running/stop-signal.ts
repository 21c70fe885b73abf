import { setMaxListeners } from 'node:events';

/** Longest that a timer waits, in milliseconds. */
const MAX_INTERVAL = 2 ** 31 - 1;

/** Aborts with any of several signals. While it is open the process lives: a task may wait for something that does not keep it alive. */
export class StopSignal {
  private readonly control = new AbortController();
  private readonly alive = setInterval(() => {}, MAX_INTERVAL);
  private readonly leave: (() => void)[] = [];

  constructor(signals: readonly (AbortSignal | undefined)[]) {
    setMaxListeners(0, this.signal); // each worker has some
    for (const signal of signals) {
      if (signal === undefined) continue;
      const stop = () => this.control.abort(signal.reason);
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
      this.leave.push(() => signal.removeEventListener('abort', stop));
    }
  }

  get signal(): AbortSignal {
    return this.control.signal;
  }

  /** Takes its listeners away. */
  close(): void {
    clearInterval(this.alive);
    for (const leave of this.leave) leave();
  }
}
