import fc from 'fast-check';
import type { ExecutionContext } from '../../../../runtime/live/options';
import { arrowResult } from '../../../support/live/arrow-result';

/** What executions of one run of the model gave, and when, in the order of what happened. */
export class Executions {
  /** Counts what happens. */
  private clock = 0;
  private readonly all: Execution[] = [];
  /** The next executions fail, after so many pieces. */
  readonly failures: number[] = [];
  /** Two executions of an identity may run at the same time, if what the first is for was asked before this. */
  private excused = 0;
  readonly broken: string[] = [];

  /** @param steady executions give the same as long as nothing was invalidated; otherwise each gives something of its own */
  constructor(private readonly scheduler: fc.Scheduler, private readonly steady: boolean) {}

  now(): number {
    return ++this.clock;
  }

  /** From now on an execution may begin although one runs that was asked for before; or that is asked for at any time. */
  excuse(forever = false): void {
    this.excused = forever ? Infinity : Math.max(this.excused, this.now());
  }

  async* run(order: ExecutionOrder, { signal }: ExecutionContext): AsyncGenerator<Uint8Array> {
    const { identity } = order;
    const execution = this.begin(order, signal);
    try {
      const { bytes, failAfter } = execution;
      const size = Math.ceil(bytes.length / 4);
      for (let piece = 0; piece * size < bytes.length; piece++) {
        await this.scheduler.schedule(Promise.resolve(), `execution ${execution.number} of ${identity}, piece ${piece}`);
        if (piece === failAfter) throw execution.failure;
        yield bytes.subarray(piece * size, (piece + 1) * size);
      }
    } finally {
      execution.over = true;
    }
  }

  /** The last of those that gave exactly this, to its end. */
  whole(identity: number, bytes: Uint8Array): Execution | undefined {
    return this.all.findLast((each) => each.identity === identity && each.failAfter === undefined && Buffer.compare(each.bytes, bytes) === 0);
  }

  /** Whether one of them began with this. */
  haveBegun(identity: number, bytes: Uint8Array): boolean {
    const begunWith = (whole: Uint8Array) => Buffer.compare(whole.subarray(0, bytes.length), bytes) === 0;
    return bytes.length === 0 || this.all.some((each) => each.identity === identity && begunWith(each.bytes));
  }

  isFailure(identity: number, error: unknown): boolean {
    return this.all.some((each) => each.identity === identity && each.failure === error);
  }

  private begin(order: ExecutionOrder, signal: AbortSignal): Execution {
    const { identity, version, alone } = order;
    const number = this.all.length + 1;
    const runs = (each: Execution) => each.identity === identity && !each.alone && !each.over && !each.signal.aborted;
    const running = alone ? undefined : this.all.find((each) => runs(each) && each.asked > this.excused);
    if (running !== undefined) this.broken.push(`execution ${number} of ${identity} began while ${running.number} ran`);
    const execution: Execution = {
      ...order, number, signal, began: this.now(), over: false, failAfter: this.failures.shift(),
      bytes: resultOf(identity, this.steady ? version : 1000 + number),
      failure: new Error(`execution ${number} failed`),
    };
    this.all.push(execution);
    return execution;
  }
}

export interface ExecutionOrder {
  readonly identity: number;
  /** Of the data. */
  readonly version: number;
  /** When its query was asked. */
  readonly asked: number;
  /** Its query shares nothing. */
  readonly alone: boolean;
}

export interface Execution extends ExecutionOrder {
  readonly number: number;
  readonly began: number;
  readonly signal: AbortSignal;
  readonly bytes: Uint8Array;
  readonly failAfter?: number;
  readonly failure: Error;
  over: boolean;
}

const results = new Map<string, Uint8Array>();

/** The first identity's results have several segments, the second one's are kept in the index. */
function resultOf(identity: number, version: number): Uint8Array {
  const key = `${identity} ${version}`;
  const known = results.get(key) ?? arrowResult({ rows: identity === 0 ? 600 : 20, seed: version });
  results.set(key, known);
  return known;
}
