import type { Readable } from 'node:stream';
import { wait } from '../../resilience/wait.js';
import { SegmentGoneError } from '../segments/segment-store.js';
import type { Follower } from './followers.js';
import type { LogSegment, SegmentLog } from './segment-log.js';

/** Takes what a reader reads. */
export interface ByteSink {
  /** @returns false if it has enough for now: the reader stops until `resume` */
  accept(chunk: Uint8Array): boolean;
  /** All of the result was taken. */
  ended(): void;
  /** The query failed. */
  failed(error: unknown): void;
  /** The rest cannot be had from here. `gone`: the bucket answers, and has not got it. */
  lost(reason: unknown, gone: boolean): void;
}

/** Times that a segment is opened again without getting a byte further. */
const MAX_ATTEMPTS = 3;
/** Longest wait before opening again, in milliseconds; doubled for each further time. */
const BACKOFF = 50;
/** Why what a reader had opened ends. One for all, as each would have to look where it was made. */
const LEFT = new Error('the reader has left');

/**
 * Reads a log from its first byte on, segment by segment: from memory where it is there, otherwise from the bucket. The segment after the one it
 * is in is opened ahead, so that a result runs as fast as if it were one object. A connection that breaks is replaced, from where it broke.
 */
export class LogReader implements Follower {
  position = 0;
  private index = 0;
  /** Where it is in the chunks of a segment in memory. */
  private chunk = { segment: -1, next: 0, at: 0 };
  private source: Readable | undefined;
  private opening = false;
  private ahead: { readonly index: number; readonly source: Promise<Readable> } | undefined;
  private attempts = 0;
  private hungry = false;
  private over = false;
  /** Made when there is something to end: whoever reads from memory needs none. */
  private leaving: AbortController | undefined;

  constructor(private readonly log: SegmentLog, private readonly sink: ByteSink, first?: Readable) {
    if (first !== undefined) this.ahead = { index: 0, source: Promise.resolve(first) };
    log.follow(this);
  }

  /** The sink wants more. */
  resume(): void {
    this.hungry = true;
    if (this.source !== undefined) this.source.resume();
    else this.pump();
  }

  wake(): void {
    if (!this.failed() && this.hungry && this.source === undefined) this.pump();
  }

  evict(): void {
    if (!this.over) this.giveUp(new Error('the caller took too little for too long, while others waited'), false);
  }

  /** Leaves, wherever it is. */
  close(): void {
    if (this.over) return;
    this.over = true;
    this.log.leave(this);
    this.leaving?.abort(LEFT);
    this.source?.destroy();
    this.ahead?.source.then((source) => source.destroy(), () => {});
  }

  private pump(): void {
    if (this.failed()) return; // perhaps before anybody was there to be woken
    while (this.hungry && !this.over && !this.opening && this.source === undefined) {
      const segment = this.log.segments[this.index];
      if (segment === undefined || (this.position === segment.start + segment.bytes && !segment.sealed)) return this.reachedEnd();
      if (this.position === segment.start + segment.bytes) this.nextSegment();
      else if (segment.chunks !== undefined) this.takeFromMemory(segment);
      else if (segment.stored) this.open(segment);
      else return this.giveUp(new Error('the segment was forgotten before it was stored'), false);
    }
  }

  private failed(): boolean {
    if (this.log.state !== 'failed') return false;
    if (!this.over) this.finish(() => this.sink.failed(this.log.reason));
    return true;
  }

  private reachedEnd(): void {
    const { state, reason } = this.log;
    if (state === 'complete') this.finish(() => this.sink.ended());
    else if (state === 'lost') this.giveUp(reason, true);
  }

  private nextSegment(): void {
    this.index++;
    this.log.taken();
  }

  private takeFromMemory(segment: LogSegment): void {
    const chunks = segment.chunks!;
    if (this.chunk.segment !== this.index) this.chunk = this.placeIn(segment);
    while (this.hungry && this.chunk.next < chunks.length) {
      const piece = chunks[this.chunk.next++]!.subarray(this.chunk.at);
      this.chunk.at = 0;
      this.give(piece);
    }
  }

  /** Finds the position among a segment's chunks: after it was read from the bucket up to there. */
  private placeIn(segment: LogSegment): LogReader['chunk'] {
    let at = this.position - segment.start;
    let next = 0;
    for (; at > 0 && at >= segment.chunks![next]!.length; next++) at -= segment.chunks![next]!.length;
    return { segment: this.index, next, at };
  }

  private open(segment: LogSegment): void {
    const { index } = this;
    this.opening = true;
    const offset = this.position - segment.start;
    const { ahead } = this;
    if (ahead?.index === index) this.ahead = undefined; // the next segment's stays, when this one's connection is replaced
    const opened = ahead?.index === index && offset === 0 ? ahead.source : this.log.read(index, offset, this.signal());
    opened.then((source) => this.use(source, segment), (error: unknown) => this.broken(error));
  }

  private use(source: Readable, segment: LogSegment): void {
    this.opening = false;
    if (this.over) return void source.destroy();
    if (source.destroyed) return this.broken(source.errored ?? new Error('the connection was closed')); // while it waited ahead
    this.source = source;
    this.openAhead();
    const end = segment.start + segment.bytes;
    source.on('data', (chunk: Buffer) => {
      if (this.source !== source) return;
      this.attempts = 0;
      if (this.position + chunk.length > end) return this.broken(new SegmentGoneError('there is a longer object in place of the segment'));
      this.give(chunk);
      if (!this.hungry) source.pause();
    });
    source.on('end', () => {
      if (this.source !== source) return;
      if (this.position < end) return this.broken(new Error('the segment ended early'));
      this.source = undefined;
      this.nextSegment();
      this.pump();
    });
    source.on('error', (error) => {
      if (this.source === source) this.broken(error);
    });
    if (!this.hungry) source.pause();
  }

  /** The next segment's connection: it waits, held back by its own buffer, until this one is read. */
  private openAhead(): void {
    const index = this.index + 1;
    const next = this.log.segments[index];
    if (next === undefined || next.chunks !== undefined || !next.stored || this.ahead !== undefined) return;
    const source = this.log.read(index, 0, this.signal());
    source.then((opened) => opened.on('error', () => {}), () => {}); // told when it is used: a stream that was destroyed ends at once
    this.ahead = { index, source };
  }

  private broken(error: unknown): void {
    this.opening = false;
    this.source?.destroy();
    this.source = undefined;
    if (this.over) return;
    if (error instanceof SegmentGoneError) return this.giveUp(error, true);
    if (++this.attempts >= MAX_ATTEMPTS) return this.giveUp(error, false);
    this.opening = true;
    wait(Math.random() * BACKOFF * 2 ** this.attempts, this.signal()).then(() => {
      this.opening = false;
      this.pump();
    }, () => {});
  }

  private signal(): AbortSignal {
    this.leaving ??= new AbortController();
    return this.leaving.signal;
  }

  private give(chunk: Uint8Array): void {
    this.position += chunk.length;
    this.hungry = this.sink.accept(chunk);
  }

  private giveUp(reason: unknown, gone: boolean): void {
    this.finish(() => this.sink.lost(reason, gone));
  }

  private finish(tell: () => void): void {
    this.close();
    tell();
  }
}
