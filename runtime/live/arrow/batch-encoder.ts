import type { RecordBatch } from 'apache-arrow';
import { LiveError } from '../errors.js';
import { Adoption } from './adoption.js';
import { loadArrow, type Arrow } from './arrow-module.js';
import type { RecordBatchLike } from './source.js';

/**
 * Writes record batches as an Arrow stream, one by one, and gives its bytes at once: the library's own writer queues without bounds. That writer
 * is kept for the whole stream, as it knows which dictionaries it has written. The pieces are the batches' own buffers where they can be.
 */
export class BatchEncoder {
  private readonly writer: PieceWriter;
  private readonly adoption: Adoption;
  private batches = 0;

  static async load(): Promise<BatchEncoder> {
    return new BatchEncoder(await loadArrow('a source of record batches'));
  }

  constructor(arrow: Arrow) {
    this.writer = newWriter(arrow);
    this.adoption = new Adoption(arrow);
  }

  /** @throws LiveError `E_LIVE_MALFORMED` if its schema is another than that of those before */
  encode(batch: RecordBatchLike): Uint8Array[] {
    this.batches += 1;
    this.writer.write(this.adoption.own(batch as RecordBatch));
    // What the writer does then is to end the stream, without the batch and without an error.
    if (this.writer.ended) throw new LiveError('E_LIVE_MALFORMED', `record batch ${this.batches} has another schema than those before it`);
    return this.writer.pieces.splice(0);
  }

  /** The end-of-stream marker. */
  finish(): Uint8Array[] {
    this.writer.finish();
    return this.writer.pieces.splice(0);
  }
}

interface PieceWriter {
  /** What it has written. */
  readonly pieces: Uint8Array[];
  readonly ended: boolean;
  write(batch: RecordBatch): void;
  finish(): unknown;
}

function newWriter({ RecordBatchStreamWriter }: Arrow): PieceWriter {
  return new class extends RecordBatchStreamWriter implements PieceWriter {
    readonly pieces: Uint8Array[] = [];
    ended = false;

    constructor() {
      super();
      this._sink.write = (piece: Uint8Array) => { this.pieces.push(piece); };
      this._sink.close = () => { this.ended = true; };
    }
  }();
}
