import { LiveError } from '../errors.js';
import { DICTIONARY_BATCH, readMessage, RECORD_BATCH, SCHEMA, type Message } from './message.js';
import { foreignFormat } from './foreign-format.js';

export interface FramerOptions {
  /** Longest metadata of one message, in bytes. A schema's grow with its columns. @default 268435456 (256 MiB) */
  readonly maxMetadataBytes?: number;
}

const CONTINUATION = -1;
const END_OF_STREAM = 0;
const FIRST_CAPACITY = 4096;

/** What comes next in the stream. */
type Expected = 'prefix' | 'length' | 'metadata' | 'body' | 'nothing';

/**
 * Follows an Arrow IPC stream from message to message without decoding it: that it begins with a schema, that record and dictionary batches
 * follow, that it has an end-of-stream marker, and nothing after it. Both framings are accepted, also that of before Arrow 0.15, which has no
 * continuation marker. As other readers do, it does not insist on the alignment that the format asks of writers.
 *
 * Bodies are skipped by counting. Nothing is kept but the metadata of the message under way, and that only if it is in more than one chunk.
 */
export class StreamFramer {
  private expected: Expected = 'prefix';
  /** Bytes that `expected` still lacks. */
  private missing = 4;
  /** Begun prefix, length or metadata. */
  private pieces = new Uint8Array(FIRST_CAPACITY);
  private filled = 0;
  /** Where in the stream the message under way begins. */
  private messageStart = 0;
  private counts = { bytes: 0, rows: 0, batches: 0, dictionaries: 0 };
  private schema = false;
  private failure: LiveError | undefined;
  private readonly maxMetadataBytes: number;

  constructor(options: FramerOptions = {}) {
    this.maxMetadataBytes = options.maxMetadataBytes ?? 256 * 1024 * 1024;
  }

  /** Of all chunks so far. */
  get bytes(): number { return this.counts.bytes; }
  /** Of the record batches whose metadata has been seen, as the other counts. */
  get rows(): number { return this.counts.rows; }
  get batches(): number { return this.counts.batches; }
  get dictionaries(): number { return this.counts.dictionaries; }
  get schemaSeen(): boolean { return this.schema; }
  /** Whether the end-of-stream marker has been seen. */
  get ended(): boolean { return this.expected === 'nothing'; }

  /**
   * Takes the next bytes, however the stream is cut. They are not kept.
   *
   * @throws LiveError `E_LIVE_MALFORMED`, again for each chunk after the first that is wrong
   */
  push(chunk: Uint8Array): void {
    if (this.failure) throw this.failure;
    const start = this.counts.bytes;
    this.counts.bytes += chunk.byteLength;
    let at = 0;
    while (at < chunk.byteLength) {
      if (this.expected === 'nothing') throw this.malformed(start + at, 'something follows the end-of-stream marker');
      at += this.take(chunk, at);
    }
  }

  /** @throws LiveError `E_LIVE_EMPTY`, `E_LIVE_TRUNCATED`, or what `push` failed with */
  end(): void {
    if (this.failure) throw this.failure;
    if (this.bytes === 0) throw new LiveError('E_LIVE_EMPTY', 'the Arrow stream is empty: not even a schema was in it');
    if (this.ended) return;
    throw new LiveError('E_LIVE_TRUNCATED', `the Arrow stream ended after ${this.bytes} bytes without its end-of-stream marker, ${this.place()}`);
  }

  private place(): string {
    const message = `the message that begins at byte ${this.messageStart}`;
    if (this.expected === 'body') return `${this.missing} bytes before the end of the body of ${message}`;
    if (this.expected === 'metadata') return `${this.missing} bytes before the end of the metadata of ${message}`;
    if (this.expected === 'length' || this.filled > 0) return `before the length of ${message}`;
    return 'between two messages';
  }

  /** Takes of a chunk what is expected. @returns how much that was */
  private take(chunk: Uint8Array, at: number): number {
    const taken = Math.min(this.missing, chunk.byteLength - at);
    this.missing -= taken;
    if (this.expected === 'body') {
      if (this.missing === 0) this.expectMessage(this.counts.bytes - chunk.byteLength + at + taken);
      return taken;
    }
    if (this.missing > 0 || this.filled > 0) this.collect(chunk, at, taken);
    if (this.missing > 0) return taken;
    const whole = this.filled > 0 ? this.pieces : chunk;
    const [from, to] = this.filled > 0 ? [0, this.filled] : [at, at + taken];
    this.filled = 0;
    this.complete(whole, from, to, this.counts.bytes - chunk.byteLength + at + taken);
    return taken;
  }

  private collect(chunk: Uint8Array, at: number, taken: number): void {
    const filled = this.filled + taken;
    if (filled > this.pieces.byteLength) {
      // It grows with what has come, not with what the stream claims is to come.
      const grown = new Uint8Array(Math.max(filled, Math.min(filled + this.missing, 2 * this.pieces.byteLength)));
      grown.set(this.pieces.subarray(0, this.filled));
      this.pieces = grown;
    }
    this.pieces.set(chunk.subarray(at, at + taken), this.filled);
    this.filled = filled;
  }

  private complete(bytes: Uint8Array, from: number, to: number, position: number): void {
    if (this.expected === 'metadata') {
      this.accept(this.read(bytes, from, to), position);
      if (this.pieces.byteLength > FIRST_CAPACITY) this.pieces = new Uint8Array(FIRST_CAPACITY);
      return;
    }
    const number = bytes[from]! | (bytes[from + 1]! << 8) | (bytes[from + 2]! << 16) | (bytes[from + 3]! << 24);
    if (this.expected === 'prefix' && position === 4) {
      const foreign = foreignFormat(bytes.subarray(from, to));
      if (foreign !== undefined) throw this.malformed(0, foreign);
    }
    if (this.expected === 'prefix' && number === CONTINUATION) this.expect('length', 4);
    else if (number === END_OF_STREAM) this.finish();
    else if (number < 0) throw this.malformed(position - 4, `a message's metadata cannot have ${number} bytes`);
    else if (number > this.maxMetadataBytes) {
      throw this.malformed(position - 4, `a message's metadata of ${number} bytes is longer than the limit of ${this.maxMetadataBytes}`);
    } else this.expect('metadata', number);
  }

  private read(bytes: Uint8Array, from: number, to: number): Message {
    try {
      return readMessage(bytes, from, to);
    } catch (error) {
      throw this.malformed(this.messageStart, `the message cannot be read: ${(error as Error).message}`);
    }
  }

  private accept({ kind, bodyLength, rows }: Message, position: number): void {
    if (kind === SCHEMA && this.schema) throw this.malformed(this.messageStart, 'a second schema: a stream has one');
    if (kind === SCHEMA && bodyLength > 0) throw this.malformed(this.messageStart, `a schema with a body of ${bodyLength} bytes`);
    if (kind !== SCHEMA && !this.schema) throw this.malformed(this.messageStart, 'a batch before the schema');
    if (kind === SCHEMA) this.schema = true;
    else if (kind === DICTIONARY_BATCH) this.counts.dictionaries += 1;
    else if (kind === RECORD_BATCH) this.counts.batches += 1;
    this.counts.rows += rows;
    if (bodyLength > 0) this.expect('body', bodyLength);
    else this.expectMessage(position);
  }

  private finish(): void {
    if (!this.schema) throw this.malformed(this.messageStart, 'the end-of-stream marker comes before a schema');
    this.expect('nothing', 0);
  }

  private expectMessage(position: number): void {
    this.messageStart = position;
    this.expect('prefix', 4);
  }

  private expect(what: Expected, bytes: number): void {
    this.expected = what;
    this.missing = bytes;
  }

  private malformed(position: number, reason: string): LiveError {
    this.failure = new LiveError('E_LIVE_MALFORMED', `not an Arrow IPC stream: at byte ${position}, ${reason}`);
    return this.failure;
  }
}
