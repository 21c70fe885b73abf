import { within } from '../../resilience/within.js';
import { bytesOf } from '../arrow/bytes-of.js';
import { StreamFramer } from '../arrow/framer.js';
import { LiveError } from '../errors.js';
import type { Execute, LiveSummary } from '../options.js';
import type { SegmentLog } from './segment-log.js';

/** Bytes that are taken from a source in one turn of the event loop. The first chunk is passed on at once. */
const TURN = 1 << 20;

export interface ExecutionOrder {
  readonly execute: Execute;
  readonly attempt: string;
  /** Longest it may take, in milliseconds. */
  readonly timeout: number;
}

/** One run of a query, into a log. */
export class Execution {
  /** Resolves when the executor has given a source, rejects with the query's own error. */
  readonly started: Promise<void>;
  /** Resolves when the log has ended, however. */
  readonly ended: Promise<void>;
  private readonly abortion = new AbortController();

  constructor(private readonly log: SegmentLog, private readonly order: ExecutionOrder) {
    const source = this.begin();
    this.started = source.then(() => {});
    this.started.catch(() => {}); // there may be nobody who waits
    this.ended = this.run(source);
  }

  /** Ends it: nobody wants its result. */
  abort(reason: unknown): void {
    this.abortion.abort(reason);
    this.log.fail(reason);
  }

  private async begin(): Promise<AsyncIterable<Uint8Array>> {
    const { signal } = this.abortion;
    const { execute, attempt } = this.order;
    signal.throwIfAborted();
    // an executor may take no notice of the signal: what it gives then is closed at once
    const given = Promise.resolve(execute({ signal, attempt })).then((source) => bytesOf(source, signal));
    return await within(given, signal);
  }

  private async run(source: Promise<AsyncIterable<Uint8Array>>): Promise<void> {
    const { timeout } = this.order;
    const late = setTimeout(() => this.abort(new LiveError('E_LIVE_TIMEOUT', `the query was not done after ${timeout} ms`)), timeout);
    try {
      this.log.finish(await this.copy(await source));
    } catch (error) {
      this.log.fail(error);
    } finally {
      clearTimeout(late);
    }
  }

  private async copy(source: AsyncIterable<Uint8Array>): Promise<LiveSummary> {
    const { log } = this;
    const framer = new StreamFramer();
    let passOn = 0;
    for await (const chunk of source) {
      framer.push(chunk);
      log.append(chunk);
      const room = log.room();
      if (room !== undefined) await room;
      if (log.length < passOn) continue;
      await turn();
      passOn = log.length + TURN;
    }
    framer.end();
    return { bytes: framer.bytes, rows: framer.rows, batches: framer.batches };
  }
}

/** A source that never waits leaves callers and uploads no time for theirs otherwise, until all room is taken. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
