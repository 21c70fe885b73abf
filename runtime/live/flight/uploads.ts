import type { SegmentPlace } from '../segments/segment-store.js';
import { StorageAwayError, StorageSlowError, type QuerySegments } from './guarded-segments.js';
import type { SegmentLog } from './segment-log.js';

export interface UploadOptions {
  readonly log: SegmentLog;
  readonly store: QuerySegments;
  readonly placeOf: (index: number) => SegmentPlace;
  /** Called with each segment that is in the bucket. */
  readonly onStored: (bytes: number) => void;
  /** Called once: no more will be stored. */
  readonly onFailed: (error: unknown) => void;
}

/** Segments of one result that are on their way at the same time. */
const CONCURRENCY = 2;
/** The bucket is given up if no segment arrives for so long while the source has to wait for it, in milliseconds. */
const PATIENCE = 5000;

/** Carries the sealed segments of a log to the bucket. */
export class Uploads {
  /** Bytes that arrived. */
  bytes = 0;
  private readonly queue: number[] = [];
  private running = 0;
  /** Segments that may be on their way: one, while that finds out whether the bucket is back. */
  private places = CONCURRENCY;
  private next = 0;
  private failure: { readonly error: unknown } | undefined;
  private idle: (() => void)[] = [];
  private readonly stopping = new AbortController();
  private pressed = false;
  private stall: NodeJS.Timeout | undefined;

  constructor(private readonly options: UploadOptions) {}

  get failed(): boolean {
    return this.failure !== undefined;
  }

  /** Segments come in order; one that came before is taken no second time. */
  add(index: number): void {
    if (this.failure !== undefined || index < this.next) return;
    this.next = index + 1;
    this.queue.push(index);
    this.pump();
  }

  /** Resolves when all that was added is stored. @returns false if it never will be */
  async finished(): Promise<boolean> {
    if (this.failure === undefined && this.running + this.queue.length > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
    return this.failure === undefined;
  }

  /** Gives the bucket up. */
  stop(error: unknown): void {
    if (this.failure !== undefined) return;
    this.cancel(error);
    this.options.log.stopStoring();
    this.options.onFailed(error);
  }

  /** Ends what is under way: the result is none. */
  cancel(error: unknown): void {
    this.failure ??= { error };
    this.queue.length = 0;
    clearTimeout(this.stall);
    this.stopping.abort(error);
    this.wake();
  }

  /** The source has to wait for a segment to arrive, or has not any more. */
  pressing(waiting: boolean): void {
    this.pressed = waiting;
    this.watch();
  }

  private watch(): void {
    clearTimeout(this.stall);
    if (!this.pressed || this.failure !== undefined) return;
    this.stall = setTimeout(() => this.stop(new StorageSlowError(`no segment arrived for ${PATIENCE} ms, and the query had to wait`)), PATIENCE);
  }

  private pump(): void {
    while (this.failure === undefined && this.running < this.places && this.queue.length > 0) void this.upload(this.queue.shift()!);
  }

  private async upload(index: number): Promise<void> {
    const { log, store, placeOf, onStored } = this.options;
    const { chunks, bytes } = log.segments[index]!;
    this.running++;
    try {
      await store.put(placeOf(index), chunks!, this.stopping.signal);
      this.places = CONCURRENCY;
      this.bytes += bytes;
      if (this.failure !== undefined) return;
      this.watch(); // from now on; there may still be no room for more
      log.stored(index);
      onStored(bytes);
    } catch (error) {
      if (error instanceof StorageAwayError && this.running > 1 && this.failure === undefined) this.postpone(index);
      else this.stop(error);
    } finally {
      this.running--;
      this.pump();
      if (this.running + this.queue.length === 0) this.wake();
    }
  }

  /** Another one was let through, perhaps to find out whether the bucket is back. To give up now would end it, and nobody would ever know. */
  private postpone(index: number): void {
    this.queue.unshift(index);
    this.places = 1;
  }

  private wake(): void {
    this.idle.splice(0).forEach((resolve) => resolve());
  }
}
