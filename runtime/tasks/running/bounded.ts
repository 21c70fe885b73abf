import type { Clock } from '../../resilience/clock.js';
import { TaskError } from '../errors.js';

export interface Bounds {
  /** Asks it to stop, by its own signal. */
  readonly signal: AbortSignal;
  /** Milliseconds after which it is asked to stop too. */
  readonly timeout?: number;
  /** Milliseconds that it may go on after it was asked. */
  readonly grace: number;
  readonly clock: Clock;
}

/** What was asked to stop went on all the same: it may still be running, so it must not be run again. */
export class LeftBehindError extends Error {
  /** @param asked why it was asked to stop */
  constructor(readonly asked: unknown) {
    super('it goes on after its signal has aborted', { cause: asked });
  }
}

/**
 * Runs something that can be asked to stop, and waits until it has.
 *
 * @returns what it returns, unless its time was up before
 * @throws what it throws; TaskError `E_TASK_TIMEOUT`; the signal's reason if it fails after that has aborted; LeftBehindError
 */
export function runBounded<T>(run: (signal: AbortSignal) => T | Promise<T>, { signal, timeout, grace, clock }: Bounds): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const own = new AbortController();
    const cancels: (() => void)[] = [];
    const end = (settle: () => void) => {
      for (const cancel of cancels.splice(0)) cancel();
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const ask = (reason: unknown) => {
      if (own.signal.aborted) return;
      own.abort(reason);
      cancels.push(clock.schedule(grace, () => end(() => reject(new LeftBehindError(reason)))));
    };
    const onAbort = () => ask(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const running = new Promise<T>((started) => started(run(own.signal)));
    if (timeout !== undefined) {
      cancels.push(clock.schedule(timeout, () => ask(new TaskError('E_TASK_TIMEOUT', `it took longer than ${timeout} ms`))));
    }
    running.then(
      (value) => end(() => isTimeout(own.signal.reason) ? reject(own.signal.reason as Error) : resolve(value)),
      (error: unknown) => end(() => reject(own.signal.aborted ? own.signal.reason as Error : error as Error)),
    );
  });
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof TaskError && reason.code === 'E_TASK_TIMEOUT';
}

/** Resolves after so many milliseconds. @throws the signal's reason once it aborts */
export function pause(milliseconds: number, signal: AbortSignal, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const cancel = clock.schedule(milliseconds, () => {
      signal.removeEventListener('abort', leave);
      resolve();
    });
    const leave = () => {
      cancel();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', leave, { once: true });
  });
}
