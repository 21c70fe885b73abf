import { CacheTiersError } from '../../errors.js';
import type { Clock } from '../../resilience/clock.js';
import { DeadlineError } from '../../resilience/deadline.js';
import { within } from '../../resilience/within.js';
import type { Digest } from '../content/shapes.js';
import { reasonOf, TaskError } from '../errors.js';
import type { FoundResult, HeldLease, KeptResult, Mark, NewResult, ResultStorage } from '../storage/shapes.js';
import { LONGEST_PAUSE } from '../storage/record-writer.js';
import type { TaskTelemetry } from '../telemetry.js';

const PLACE = 'storage';

export interface GuardOptions {
  /** Milliseconds that storage may go without an answer. */
  readonly timeout: number;
  /** Whether a storage that fails is an error. */
  readonly strict: boolean;
  readonly clock: Clock;
  readonly telemetry: TaskTelemetry;
}

/**
 * A storage that never fails and never hangs: who asks it in vain gets `undefined`, and that is counted and published.
 * In strict mode it throws TaskError `E_TASK_STORE`. A caller's signal that aborts is thrown as it is.
 */
export class GuardedStorage {
  constructor(private readonly storage: ResultStorage, private readonly options: GuardOptions) {}

  async refresh(signal?: AbortSignal): Promise<void> {
    await this.attempt('refresh', (bounded) => this.storage.refresh(bounded), { signal });
  }

  /** What is known now: never older than the last refresh. */
  mark(): Mark {
    try {
      return this.storage.mark();
    } catch (error) {
      this.report('mark', error);
      return new Map();
    }
  }

  allows(family: string): boolean {
    return this.storage.switches?.allows(family) ?? true;
  }

  find(key: Digest, run: string, signal: AbortSignal): Promise<FoundResult | undefined> {
    return this.attempt('find', (bounded) => this.storage.find(key, { run, signal: bounded }), { signal });
  }

  /** @throws TaskError `E_TASK_OUTPUT` if there are files that cannot be kept */
  digestOf(value: unknown, folder: string | undefined, milliseconds: number): Promise<Digest | undefined> {
    return this.attempt('digest', () => this.storage.digestOf(value, folder), { milliseconds });
  }

  /** Storage may wait for others on purpose, to keep them together. */
  keep(result: NewResult, milliseconds: number): Promise<KeptResult | undefined> {
    return this.attempt('keep', (bounded) => this.storage.keep(result, bounded), { milliseconds: milliseconds + LONGEST_PAUSE });
  }

  /** Waits as long as somebody else holds it, and says so. */
  async lease(key: Digest, signal: AbortSignal, onWait: () => void): Promise<HeldLease | undefined> {
    let asked: Promise<HeldLease | undefined> | undefined;
    let held: HeldLease | undefined;
    try {
      return held = await this.attempt('lease', (bounded, patiently) => asked = this.storage.lease(key, bounded, () => {
        patiently();
        onWait();
      }), { signal });
    } finally {
      if (held === undefined) void asked?.then((late) => late?.release()).catch(() => undefined); // nobody waits for it any more
    }
  }

  async release(lease: HeldLease): Promise<void> {
    await this.attempt('release', () => lease.release(), {}).catch(() => undefined); // it is reported, and ends by itself
  }

  /** Nothing more comes to be kept: what has come need not wait for others. */
  async hurry(): Promise<void> {
    try {
      await this.storage.settled();
    } catch { /* reported when it is asked again, at the end */ }
  }

  /** What has not been kept by then is reported. */
  async settled(): Promise<void> {
    await this.attempt('settle', () => this.storage.settled(), {}).catch(() => undefined);
  }

  private async attempt<T>(
    operation: string, run: (signal: AbortSignal, patiently: () => void) => Promise<T>,
    { signal, milliseconds = this.options.timeout }: { readonly signal?: AbortSignal; readonly milliseconds?: number },
  ): Promise<T | undefined> {
    const { clock, strict } = this.options;
    const bounded = new AbortController();
    const late = () => bounded.abort(new DeadlineError(milliseconds));
    const leave = () => bounded.abort(signal!.reason);
    const cancel = clock.schedule(milliseconds, late);
    try {
      signal?.throwIfAborted();
      signal?.addEventListener('abort', leave, { once: true });
      return await within(run(bounded.signal, cancel), bounded.signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof CacheTiersError && error.code === 'E_TASK_OUTPUT') throw error; // the task's fault, not the storage's
      if (!(error instanceof TaskError && error.code === 'E_TASK_STORE')) this.report(operation, error); // it has counted that itself
      if (strict) throw storeError(operation, error);
      return undefined;
    } finally {
      cancel();
      signal?.removeEventListener('abort', leave);
    }
  }

  private report(operation: string, error: unknown): void {
    this.options.telemetry.storeError(PLACE, operation, error);
  }
}

function storeError(operation: string, cause: unknown): TaskError {
  if (cause instanceof TaskError && cause.code === 'E_TASK_STORE') return cause;
  return new TaskError('E_TASK_STORE', `${PLACE}: ${operation} failed: ${reasonOf(cause)}`, { cause });
}
