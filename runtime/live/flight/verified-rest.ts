import { crc32 } from 'node:zlib';
import { LiveError } from '../errors.js';
import type { SegmentMark } from '../index/result-index.js';
import type { ByteSink } from './log-reader.js';

/**
 * Lets the rest of a second copy of a result through, once its beginning has turned out to be the same as that of the first copy. What the caller
 * has got of the first one is compared by the first one's checksums, at the boundary after his position; until then bytes are held back.
 */
export class VerifiedRest implements ByteSink {
  /** Whether the second copy has turned out to be the same. */
  verified: boolean;
  private seen = 0;
  private crc = 0;
  private held: Uint8Array[] = [];
  /** The boundary to compare at, and the checksum there. */
  private readonly end: number;
  private readonly expected: number;

  /**
   * @param position bytes that the caller has
   * @param marks boundaries of the first copy
   * @throws LiveError `E_LIVE_CHANGED` if they do not reach the position
   */
  constructor(private readonly position: number, marks: readonly SegmentMark[], private readonly sink: ByteSink) {
    let end = 0;
    const mark = marks.find(([bytes]) => (end += bytes) >= position);
    if (position > 0 && mark === undefined) throw changed('nothing is known of what it was');
    this.verified = position === 0;
    this.end = end;
    this.expected = mark?.[1] ?? 0;
  }

  accept(chunk: Uint8Array): boolean {
    if (this.verified) return this.sink.accept(chunk);
    const before = chunk.subarray(0, this.end - this.seen);
    this.crc = crc32(before, this.crc);
    const news = before.subarray(Math.max(0, this.position - this.seen));
    if (news.length > 0) this.held.push(news);
    this.seen += before.length;
    if (this.seen < this.end) return true;
    if (this.crc !== this.expected) {
      this.sink.failed(changed('the query was executed again and gave other bytes'));
      return false;
    }
    this.verified = true;
    const rest = chunk.subarray(before.length);
    if (rest.length > 0) this.held.push(rest);
    let hungry = true;
    for (const piece of this.held.splice(0)) hungry = this.sink.accept(piece);
    return hungry;
  }

  ended(): void {
    if (this.verified) this.sink.ended();
    else this.sink.failed(changed('the query was executed again and gave fewer bytes'));
  }

  failed(error: unknown): void {
    this.sink.failed(error);
  }

  lost(reason: unknown, gone: boolean): void {
    this.sink.lost(reason, gone);
  }
}

function changed(why: string): LiveError {
  return new LiveError('E_LIVE_CHANGED', `the cached result was lost while it was read, and cannot be continued: ${why}`);
}
