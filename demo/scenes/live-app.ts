import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LiveClient, type LiveClientOptions, type LiveStatus } from 'cdk-cache-tiers/live';
import { arrowResult, inPieces } from '../../test/support/live/arrow-result';

/** Bytes of a piece, and of all that the engine gives before it stops where it is told to. */
const PIECE = 64 << 10;
export const HELD_AT = 24 * PIECE;
/** Milliseconds that the engine takes for a piece. */
const PACE = 6;
/** A lease without a sign of life. Twelve seconds by default: the demo does not want to wait for so long. */
export const LEASE = 2000;

/** What the client counts. */
export type LiveNumbers = Readonly<Record<'queries' | 'executions' | 'hits' | 'joined' | 'bypasses' | 'resumed' | 'bytesServed', number>>;

export interface Asked {
  readonly sql: string;
  readonly tenant: string;
  readonly preview?: boolean;
}

export interface Begun {
  readonly status: LiveStatus;
  readonly reason?: string;
  readonly age: number;
  /** Milliseconds to the first byte. */
  readonly wait: number;
}

export interface LiveAnswer extends Begun {
  readonly bytes: number;
  readonly digest: string;
  /** Milliseconds to the last byte. */
  readonly time: number;
}

/** What each process of the demo has: an engine that takes its time, and a client over the bucket and the index that all share. */
export class LiveApp {
  readonly live: LiveClient;
  private readonly begun = new Map<string, { readonly begun: Begun; readonly rest: Promise<LiveAnswer> }>();

  constructor(options: LiveClientOptions) {
    // All processes share this machine with the servers: a busy one must not look like one that is away.
    this.live = new LiveClient({ ...options, lease: LEASE, indexTimeout: '5s', insecure: true });
  }

  numbers(): LiveNumbers {
    const { queries, executions, hits, joined, bypasses, resumed, bytesServed } = this.live.stats();
    return { queries, executions, hits, joined, bypasses, resumed, bytesServed };
  }

  async ask(asked: Asked): Promise<LiveAnswer> {
    const { rest } = await this.read(asked, false);
    return rest;
  }

  /** Asks, and returns with the first bytes; `rest` has what comes after them. @param hold has the engine stop in the middle, for good */
  async begin(asked: Asked, hold = false): Promise<Begun> {
    const reading = await this.read(asked, hold);
    reading.rest.catch(() => {}); // told by whoever asks for it
    this.begun.set(asked.sql, reading);
    return reading.begun;
  }

  async rest(sql: string): Promise<LiveAnswer> {
    return this.begun.get(sql)!.rest;
  }

  /** Lets the engine go on. */
  release = () => {};

  private async read({ sql, tenant, preview }: Asked, hold: boolean) {
    const start = performance.now();
    const execute = () => this.engine(sql, hold);
    const result = await (preview ? this.live.query({ mode: 'preview' }, execute)
      : this.live.query({ scope: tenant, key: { sql }, datasets: ['sales'] }, execute));
    const bytes = result[Symbol.asyncIterator]();
    const first = await bytes.next() as IteratorYieldResult<Uint8Array>;
    const begun: Begun = { status: result.status, reason: result.reason, age: result.age, wait: performance.now() - start };
    const rest = async (): Promise<LiveAnswer> => {
      const hash = createHash('sha256').update(first.value);
      let length = first.value.length;
      for await (const chunk of { [Symbol.asyncIterator]: () => bytes }) {
        hash.update(chunk);
        length += chunk.length;
      }
      return { ...begun, bytes: length, digest: hash.digest('hex'), time: performance.now() - start };
    };
    return { begun, rest: rest() };
  }

  private async* engine(sql: string, hold: boolean): AsyncGenerator<Uint8Array> {
    const bytes = resultOf(sql);
    const pace = () => sleep(PACE);
    if (!hold) return yield* inPieces(bytes, PIECE, pace);
    const released = new Promise<void>((resolve) => { this.release = resolve; });
    yield* inPieces(bytes.subarray(0, HELD_AT), PIECE, pace);
    await released;
    yield* inPieces(bytes.subarray(HELD_AT), PIECE, pace);
  }
}

/** Two megabytes, the same for the same query. */
function resultOf(sql: string): Uint8Array {
  return arrowResult({ batches: 250, seed: createHash('sha256').update(sql).digest().readUInt16BE() + 1 });
}
