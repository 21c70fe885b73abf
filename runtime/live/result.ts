import type { Readable } from 'node:stream';
import { ARROW_STREAM_TYPE } from './arrow/media-type.js';
import { bytesOfStream, safelyPiped, webStreamOf } from './byte-streams.js';
import type { Acquired } from './flight/acquired.js';
import type { ResultStream } from './flight/result-stream.js';
import type { DirectDownload, LiveResult, LiveSummary, ResponseOptions } from './options.js';

export interface ResultParts {
  readonly found: Acquired;
  readonly stream: ResultStream;
  /** Milliseconds from the query to now. */
  readonly wait: number;
  readonly direct: () => Promise<DirectDownload | undefined>;
}

/** @see LiveResult */
export class Result implements LiveResult {
  readonly status: LiveResult['status'];
  readonly reason: LiveResult['reason'];
  readonly age: number;
  readonly id: string | undefined;
  readonly bytes: number | undefined;
  readonly done: Promise<LiveSummary>;
  private web: ReadableStream<Uint8Array> | undefined;

  constructor(private readonly parts: ResultParts) {
    const { found } = parts;
    const stream = safelyPiped(parts.stream);
    this.status = found.status;
    this.reason = found.reason;
    this.age = found.age / 1000;
    this.id = found.id;
    this.bytes = found.bytes;
    this.done = new Promise((resolve, reject) => {
      stream.once('end', () => resolve(stream.summary!));
      stream.once('error', reject);
      stream.once('close', () => { if (!stream.readableEnded) reject(new Error('the result was left before its end')); });
    });
    this.done.catch(() => {}); // whoever reads the stream is told there
  }

  get stream(): ReadableStream<Uint8Array> {
    return this.web ??= webStreamOf(this.parts.stream);
  }

  async* [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    yield* this.stream;
  }

  toNodeStream(): Readable {
    return this.parts.stream;
  }

  toBytes(): Promise<Uint8Array> {
    return bytesOfStream(this.parts.stream);
  }

  toResponse({ status = 200, headers = {} }: ResponseOptions = {}): Response {
    const all = new Headers(this.headers());
    for (const [name, value] of Object.entries(headers)) all.set(name, value); // whatever its case, one's own replaces ours
    return new Response(this.stream, { status, headers: all });
  }

  headers(): Record<string, string> {
    const { wait } = this.parts;
    return {
      'content-type': ARROW_STREAM_TYPE,
      age: String(Math.floor(this.age)),
      'x-cache': this.reason === undefined ? this.status : `${this.status}; reason=${this.reason}`,
      'server-timing': `cache;desc=${this.status}, wait;dur=${wait.toFixed(1)}`,
      ...(this.bytes === undefined ? {} : { 'content-length': String(this.bytes) }),
    };
  }

  async direct(): Promise<DirectDownload | undefined> {
    const found = await this.parts.direct();
    if (found !== undefined) this.parts.stream.destroy(); // whoever fetches it from the bucket does not take it from here, and holds no connection
    return found;
  }

  async cancel(reason?: unknown): Promise<void> {
    const { stream } = this.parts;
    if (this.web?.locked === false) await this.web.cancel(reason);
    stream.destroy();
  }
}
