import { AwsError } from '../../aws/errors.js';
import type { SsmClient, SsmOperation } from '../../aws/ssm.js';
import { Pacer } from '../../resilience/pacer.js';
import { withDeadline } from '../deadline.js';
import { isPassing } from './patience.js';

/** Calls a second to begin with: what accounts have unless they asked for more. */
const READS = 20;
const WRITES = 3;
/** Calls a second at the most: what accounts can have. */
const MOST_READS = 1_000;
const MOST_WRITES = 100;

/** Times that a call is tried while it is refused only because there are too many. */
const THROTTLED_ATTEMPTS = 20;
/** Times that a read is tried while its failure may pass. */
const READ_ATTEMPTS = 5;

/** A call of an operation. */
export type StoreCall = <O>(operation: SsmOperation, input: object) => Promise<O>;

export interface PacedStoreOptions {
  readonly reading: SsmClient;
  /** Sends a request once: after a lost answer it must be looked first whether it was carried out. */
  readonly writing: SsmClient;
  /** Calls a second to begin with. */
  readonly pace?: { readonly reads?: number; readonly writes?: number };
  readonly signal?: AbortSignal;
}

/** Parameter Store at a pace that it bears. Reads and writes have a pace each, as they have limits each. */
export class PacedStore {
  private readonly reads: Pacer;
  private readonly writes: Pacer;

  constructor(private readonly options: PacedStoreOptions) {
    const { reads = READS, writes = WRITES } = options.pace ?? {};
    this.reads = new Pacer({ rate: reads, most: Math.max(reads, MOST_READS) });
    this.writes = new Pacer({ rate: writes, most: Math.max(writes, MOST_WRITES) });
  }

  get writesPerSecond(): number {
    return this.writes.rate;
  }

  /** @throws AwsError */
  readonly read: StoreCall = async <O>(operation: SsmOperation, input: object): Promise<O> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.paced<O>(this.reads, this.options.reading, operation, input, this.options.signal);
      } catch (error) {
        this.options.signal?.throwIfAborted();
        if (attempt >= READ_ATTEMPTS || !isPassing(error)) throw error;
      }
    }
  };

  /** A write that has begun is not ended by the signal: nobody would know what came of it. @throws AwsError */
  readonly write: StoreCall = <O>(operation: SsmOperation, input: object): Promise<O> =>
    this.paced<O>(this.writes, this.options.writing, operation, input);

  /**
   * A write of what was looked at before: its turn may be seconds away, minutes while calls are refused, and others write meanwhile.
   *
   * @param isStill looks again, once the turn has come
   * @returns undefined if it is other by then: nothing was sent
   * @throws AwsError
   */
  writeIf<O>(operation: SsmOperation, input: object, isStill: () => Promise<boolean>): Promise<O | undefined> {
    return this.paced<O | undefined>(this.writes, this.options.writing, operation, input, undefined, isStill);
  }

  private async paced<O>(
    pacer: Pacer, client: SsmClient, operation: SsmOperation, input: object, signal?: AbortSignal, isStill?: () => Promise<boolean>,
  ): Promise<O> {
    for (let attempt = 1; ; attempt += 1) {
      await pacer.turn(this.options.signal);
      if (isStill !== undefined && !await isStill()) return undefined as O;
      try {
        const answer = await client.call<O>(operation, input, withDeadline(signal));
        pacer.succeeded();
        return answer;
      } catch (error) {
        if (!isThrottled(error)) throw error;
        pacer.throttled();
        if (attempt >= THROTTLED_ATTEMPTS) throw error;
      }
    }
  }
}

function isThrottled(error: unknown): boolean {
  return error instanceof AwsError && (error.failure === 'throttled' || error.name === 'TooManyUpdates') && error.name !== 'ParameterLimitExceeded';
}
