import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import type { SegmentMark } from '../index/result-index.js';
import type { LiveSummary } from '../options.js';
import { Followers, type Follower } from './followers.js';
import { segmentSize } from './segment-sizes.js';

/** A part of a result. It can be read from memory, from the bucket, or from both. */
export interface LogSegment {
  /** Bytes of the result before it. */
  readonly start: number;
  readonly bytes: number;
  /** CRC-32 of the result from its first byte to this segment's last. */
  readonly crc: number;
  /** Its bytes, while they are kept in memory. */
  readonly chunks?: readonly Uint8Array[];
  /** Nothing will be added to it. */
  readonly sealed: boolean;
  /** It is in the bucket. */
  readonly stored: boolean;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type WritableSegment = Mutable<Omit<LogSegment, 'chunks'>> & { chunks?: Uint8Array[] };

export interface LogOptions {
  /** Opens a stored segment from an offset on. Without it nothing can be stored. */
  readonly read?: (index: number, offset: number, signal: AbortSignal) => Promise<Readable>;
  /** Bytes that may be kept for followers who could also read them from the bucket. @default 0 */
  readonly maxLag?: number;
  /** Bytes that may wait to be stored, or to be taken where nothing is stored, before the source has to wait. @default 18874368 (18 MiB) */
  readonly window?: number;
}

/** How a log stands. `lost`: the rest of it cannot be had here any more, maybe elsewhere. */
export type LogState = 'open' | 'complete' | 'failed' | 'lost';

/**
 * A result from its first byte on, as far as there is one by now: written by an execution here, or known from a manifest. Any number of followers
 * read it, each at its own pace and from the beginning.
 *
 * Where segments are stored, memory holds what is not stored yet and a bounded rest for followers who are close behind. Where they are not, it
 * holds what some follower has not taken, and the source has to wait for the slowest.
 */
export class SegmentLog {
  state: LogState = 'open';
  /** Why it failed or was lost. */
  reason: unknown;
  summary: LiveSummary | undefined;
  readonly segments: readonly LogSegment[];
  private readonly parts: WritableSegment[] = [];
  private readonly followers = new Followers();
  private readonly maxLag: number;
  private readonly window: number;
  /** Segments before this one are not in memory. */
  private firstKept = 0;
  private storing: boolean;
  private roomWaiters: (() => void)[] = [];
  /** Called with each segment that is sealed, in order. */
  onSealed: ((index: number) => void) | undefined;
  /** Called when the source has to wait for room, and when it has not any more. */
  onWaiting: ((waiting: boolean) => void) | undefined;

  constructor(private readonly options: LogOptions = {}) {
    this.segments = this.parts;
    this.maxLag = options.maxLag ?? 0;
    this.window = options.window ?? 18 << 20;
    this.storing = options.read !== undefined;
  }

  /** Bytes so far. */
  get length(): number {
    const last = this.parts.at(-1);
    return last === undefined ? 0 : last.start + last.bytes;
  }

  /** Whether a follower could still begin at the first byte. */
  get whole(): boolean {
    return this.parts.slice(0, this.firstKept).every((segment) => segment.stored);
  }

  /** Boundaries of what is sealed. */
  get marks(): SegmentMark[] {
    return this.parts.filter((segment) => segment.sealed).map(({ bytes, crc }) => [bytes, crc]);
  }

  /** Boundaries of what is in the bucket, from the first byte on without a gap. */
  get storedMarks(): SegmentMark[] {
    const gap = this.parts.findIndex((segment) => !segment.stored);
    return this.parts.slice(0, gap < 0 ? undefined : gap).map(({ bytes, crc }) => [bytes, crc]);
  }

  /** Adds bytes of the source. They are not copied, so nobody may change them afterwards. */
  append(chunk: Uint8Array): void {
    let rest = chunk;
    while (rest.length > 0) {
      const index = this.parts.at(-1)?.sealed === false ? this.parts.length - 1 : this.begin();
      const segment = this.parts[index]!;
      const piece = rest.subarray(0, segmentSize(index) - segment.bytes);
      segment.chunks!.push(piece);
      segment.crc = crc32(piece, segment.crc);
      segment.bytes += piece.length;
      rest = rest.subarray(piece.length);
      if (segment.bytes === segmentSize(index)) this.seal(index);
    }
    this.followers.wake();
  }

  /** There will be no more. */
  finish(summary: LiveSummary): void {
    if (this.state !== 'open') return;
    this.summary = summary;
    this.state = 'complete';
    const last = this.parts.at(-1);
    if (last?.sealed === false) this.seal(this.parts.length - 1);
    this.followers.wake();
  }

  /** What it has is no result: followers get the error. */
  fail(error: unknown): void {
    this.end('failed', error);
  }

  /** The rest must be had from elsewhere. */
  lose(reason: unknown): void {
    this.end('lost', reason);
  }

  /** Knows of more segments that are in the bucket. */
  extend(marks: readonly SegmentMark[]): void {
    for (const [bytes, crc] of marks.slice(this.parts.length)) {
      this.parts.push({ start: this.length, bytes, crc, sealed: true, stored: true });
      this.firstKept = this.parts.length;
    }
    this.followers.wake();
  }

  /** A segment is in the bucket now. */
  stored(index: number): void {
    this.parts[index]!.stored = true;
    this.trim();
    this.followers.wake();
  }

  /** From now on nothing is stored: what is in memory stays until all have taken it. */
  stopStoring(): void {
    this.storing = false;
    this.trim();
    if (this.roomWaiters.length > 0) this.followers.press(this.length);
  }

  /** @returns a promise if the source has to wait; it resolves when there is room, or the log has ended */
  room(): Promise<void> | undefined {
    if (this.hasRoom()) return undefined;
    this.onWaiting?.(true);
    if (!this.storing) this.followers.press(this.length);
    return new Promise((resolve) => this.roomWaiters.push(resolve));
  }

  read(index: number, offset: number, signal: AbortSignal): Promise<Readable> {
    return this.options.read!(index, offset, signal);
  }

  follow(follower: Follower): void {
    this.followers.add(follower);
  }

  leave(follower: Follower): void {
    this.followers.delete(follower);
    this.trim();
  }

  /** A follower has taken a segment. */
  taken(): void {
    this.trim();
  }

  private begin(): number {
    this.parts.push({ start: this.length, bytes: 0, crc: this.parts.at(-1)?.crc ?? 0, chunks: [], sealed: false, stored: false });
    return this.parts.length - 1;
  }

  private seal(index: number): void {
    this.parts[index]!.sealed = true;
    this.onSealed?.(index);
    this.trim();
  }

  /** Forgets what need not be in memory. */
  private trim(): void {
    const { slowest, any } = this.followers;
    let kept = this.keptBytes((segment) => segment.stored);
    for (; this.firstKept < this.parts.length; this.firstKept++) {
      const segment = this.parts[this.firstKept]!;
      const wanted = slowest < segment.start + segment.bytes;
      if (!segment.sealed || (this.storing && !segment.stored)) break;
      if (wanted && (!segment.stored || kept <= this.maxLag)) break;
      if (!wanted && !segment.stored && !any) break; // nobody has begun yet
      segment.chunks = undefined;
      if (segment.stored) kept -= segment.bytes;
    }
    if (this.hasRoom()) this.wakeSource();
  }

  private hasRoom(): boolean {
    return this.state !== 'open' || this.keptBytes((segment) => !this.storing || !segment.stored) < this.window;
  }

  private keptBytes(counts: (segment: WritableSegment) => boolean): number {
    let bytes = 0;
    for (let i = this.firstKept; i < this.parts.length; i++) if (counts(this.parts[i]!)) bytes += this.parts[i]!.bytes;
    return bytes;
  }

  private end(state: LogState, reason: unknown): void {
    if (this.state !== 'open') return;
    this.state = state;
    this.reason = reason;
    this.followers.wake();
    this.wakeSource();
  }

  private wakeSource(): void {
    this.followers.relax();
    if (this.roomWaiters.length > 0) this.onWaiting?.(false);
    this.roomWaiters.splice(0).forEach((wake) => wake());
  }
}
