import { InvalidArgumentError, show } from '../../errors.js';
import { BatchEncoder } from './batch-encoder.js';
import { Gatherer } from './gatherer.js';
import { isBytes, isRecordBatch, itemsOf, type Items } from './items.js';
import type { ArrowSource } from './source.js';

/**
 * The bytes of a source as they are, or of its record batches once they are written as an Arrow stream. Small chunks are put together to about
 * 64 KiB, but not held back when the source pauses; chunks of 16 KiB and more go on uncopied. The source is asked for more only when the
 * reader asks, one item ahead at most.
 *
 * Its errors come as they are. Leaving early, or an abort, closes the source without waiting for it.
 * Empty or cut streams are the framer's business.
 *
 * @throws InvalidArgumentError `E_LIVE_SOURCE` at once if it is no source, or while reading if it gives something else than bytes or batches
 */
export function bytesOf(source: ArrowSource, signal: AbortSignal): AsyncIterableIterator<Uint8Array> {
  return new SourceBytes(itemsOf(source), signal);
}

type Item = IteratorResult<unknown>;

const DONE = { done: true, value: undefined } as const;
/** Why a `next()` that waits ends when the reader leaves. */
const LEFT = Symbol('left');

class SourceBytes implements AsyncIterableIterator<Uint8Array> {
  private readonly gathered = new Gatherer();
  private encoder: BatchEncoder | undefined;
  /** Number of the item that was given last, from 1. */
  private position = 0;
  /** The source's next item, asked for and not yet there. */
  private asked: Promise<Item> | undefined;
  /** No item will come any more. */
  private ended = false;
  /** The source needs no closing any more. */
  private closed = false;
  /** Why no more is to be given. */
  private stop: { readonly reason: unknown } | undefined;
  /** The last answer has been given. */
  private over = false;
  /** Ends the wait for an item. */
  private interrupt: ((reason: unknown) => void) | undefined;
  private readonly onAbort = () => this.close(this.signal.reason);

  constructor(private readonly items: Items, private readonly signal: AbortSignal) {
    if (signal.aborted) this.onAbort();
    else signal.addEventListener('abort', this.onAbort, { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** To be called again only when the last call has been answered. */
  async next(): Promise<IteratorResult<Uint8Array>> {
    if (this.over) return DONE;
    try {
      const chunk = await this.chunk();
      if (chunk) return { done: false, value: chunk };
      this.leave();
    } catch (error) {
      this.close(error);
      if (error !== LEFT) throw error;
    } finally {
      this.over = this.closed;
    }
    return DONE;
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    this.close(LEFT);
    this.over = true;
    return Promise.resolve(DONE);
  }

  private async chunk(): Promise<Uint8Array | undefined> {
    for (;;) {
      if (this.stop) throw this.stop.reason;
      const chunk = this.gathered.take();
      if (chunk) return chunk;
      if (this.ended) return this.gathered.rest();
      const next = this.asked ?? this.items.next();
      if (!isPromise(next)) await this.accept(next);
      else if (this.gathered.holds && await this.isPaused(next)) return this.gathered.rest();
      else await this.accept(await this.wait(next));
    }
  }

  /** Whether an item is not there within this turn of the event loop. It is waited for later. */
  private isPaused(next: Promise<Item>): Promise<boolean> {
    this.asked = next;
    return new Promise((resolve) => {
      const immediate = setImmediate(resolve, true);
      const arrived = () => {
        clearImmediate(immediate);
        resolve(false);
      };
      next.then(arrived, arrived);
    });
  }

  private async wait(next: Promise<Item>): Promise<Item> {
    this.asked = undefined;
    try {
      return await new Promise<Item>((resolve, reject) => {
        this.interrupt = reject;
        if (this.stop) reject(this.stop.reason);
        next.then(resolve, (error: unknown) => {
          this.leave(); // a source that failed is closed
          reject(error);
        });
      });
    } finally {
      this.interrupt = undefined;
    }
  }

  private async accept({ done, value }: Item): Promise<void> {
    if (done) {
      this.ended = true;
      for (const piece of this.encoder?.finish() ?? []) this.gathered.push(piece);
      return;
    }
    this.position += 1;
    if (isBytes(value) && !this.encoder) this.gathered.push(value);
    else if (isRecordBatch(value) && (this.encoder || this.position === 1)) {
      this.encoder ??= await BatchEncoder.load();
      for (const piece of this.encoder.encode(value)) this.gathered.push(piece);
    } else throw unexpected(value, this.position, this.encoder !== undefined);
  }

  private close(reason: unknown): void {
    if (this.closed) return;
    this.leave();
    this.stop = { reason };
    this.interrupt?.(reason);
    this.items.close(reason === LEFT ? undefined : reason);
  }

  private leave(): void {
    this.closed = true;
    this.signal.removeEventListener('abort', this.onAbort);
  }
}

function isPromise(next: Item | PromiseLike<Item>): next is Promise<Item> {
  return typeof (next as PromiseLike<Item>).then === 'function';
}

function unexpected(value: unknown, position: number, batches: boolean): InvalidArgumentError {
  const wanted = position === 1 ? 'a Uint8Array or a record batch' : batches ? 'a record batch, as those before' : 'a Uint8Array, as those before';
  const hint = typeof value === 'string' ? ': a stream must have no encoding' : '';
  return new InvalidArgumentError('E_LIVE_SOURCE', `item ${position} of the source must be ${wanted}, got ${show(value)}${hint}`);
}
