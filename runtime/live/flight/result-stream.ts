import { Readable } from 'node:stream';
import type { SegmentMark } from '../index/result-index.js';
import type { LiveSummary } from '../options.js';
import { LogReader, type ByteSink } from './log-reader.js';
import type { SegmentLog } from './segment-log.js';
import { VerifiedRest } from './verified-rest.js';

/** Where a result's bytes come from. */
export interface ResultSource {
  readonly log: SegmentLog;
  /** The first segment, opened already. */
  readonly first?: Readable;
  /** What the end of the stream waits for, once all bytes have been given. */
  readonly beforeEnd?: () => Promise<void>;
  /** This caller has got all, or wants no more. */
  leave(): void;
}

/** How a source was lost. */
export interface Loss {
  readonly reason: unknown;
  /** The bucket has not got it, though it answers. */
  readonly gone: boolean;
  /** Bytes that the caller has. */
  readonly position: number;
}

/** Finds another source of the same result, after one was lost. */
export type Recover = (lost: ResultSource, loss: Loss) => Promise<ResultSource>;

/** Buffered for the caller, in bytes. */
const BUFFER = 256 << 10;
/** Sources that one stream may lose, one after the other. */
const MAX_RECOVERIES = 3;

/**
 * The bytes of one result for one caller. Where its source is lost on the way, it goes on with another one at the same byte, if that one's bytes
 * before it are the same.
 */
export class ResultStream extends Readable implements ByteSink {
  /** Bytes given to the caller. */
  given = 0;
  summary: LiveSummary | undefined;
  private reader: LogReader | undefined;
  /** Compares the source with what the caller has got, where another source was lost. */
  private rest: VerifiedRest | undefined;
  /** Boundaries of the last source whose bytes are known to be the caller's. */
  private marks: readonly SegmentMark[] = [];
  private recoveries = 0;
  private wanted = false;
  private left = false;

  constructor(private source: ResultSource, private readonly recover?: Recover) {
    super({ highWaterMark: BUFFER });
    this.reader = new LogReader(source.log, this, source.first);
  }

  override _read(): void {
    this.wanted = true;
    this.reader?.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.reader?.close();
    this.leave();
    callback(error);
  }

  accept(chunk: Uint8Array): boolean {
    this.given += chunk.length;
    this.wanted = this.push(chunk);
    return this.wanted;
  }

  ended(): void {
    this.summary = this.source.log.summary;
    const end = () => { this.push(null); };
    const waiting = this.source.beforeEnd?.();
    this.leave();
    if (waiting === undefined) end();
    else waiting.then(end, end);
  }

  failed(error: unknown): void {
    this.destroy(error instanceof Error ? error : new Error(String(error), { cause: error }));
  }

  lost(reason: unknown, gone: boolean): void {
    this.reader = undefined;
    this.goOn(reason, gone).catch((error: unknown) => this.failed(error));
  }

  private async goOn(reason: unknown, gone: boolean): Promise<void> {
    if (this.recover === undefined || ++this.recoveries > MAX_RECOVERIES) throw reason;
    const { source, given } = this;
    if (this.rest?.verified !== false) this.marks = source.log.marks;
    const rest = new VerifiedRest(given, this.marks, this); // first: where nothing can be compared, nothing need be executed again
    const next = await this.recover(source, { reason, gone, position: given });
    if (this.destroyed) {
      next.first?.destroy();
      return next.leave();
    }
    this.leave();
    this.left = false;
    this.source = next;
    this.rest = rest;
    this.reader = new LogReader(next.log, this.rest, next.first);
    if (this.wanted) this.reader.resume();
  }

  private leave(): void {
    if (this.left) return;
    this.left = true;
    this.source.leave();
  }
}
