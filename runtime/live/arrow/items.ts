import { types } from 'node:util';
import { InvalidArgumentError, show } from '../../errors.js';
import type { ArrowSource, RecordBatchLike } from './source.js';

/** What a source consists of, one after the other. */
export interface Items {
  next(): IteratorResult<unknown> | Promise<IteratorResult<unknown>>;
  /** Tells the source that no more is wanted. Does not wait for it, as it may never answer. */
  close(reason: unknown): void;
}

const POSSIBLE = 'a Uint8Array, a ReadableStream or a Node stream of bytes, an (async) iterable of bytes or of record batches, '
  + 'or a RecordBatchReader';

type Unknown = Readonly<Record<PropertyKey, unknown>>;

/** @throws InvalidArgumentError `E_LIVE_SOURCE`; TypeError of a stream that somebody else reads already */
export function itemsOf(source: ArrowSource): Items {
  if (isBytes(source) || isRecordBatch(source)) return ofIterator([source].values());
  if (typeof source !== 'object' || source === null || ArrayBuffer.isView(source)) throw invalid(source);
  const object = source as unknown as Unknown;
  // A table iterates over its rows, so it is asked for its batches.
  if (Array.isArray(object.batches) && isObject(object.schema)) return ofIterator(batchesOf(object as unknown as TableLike).values());
  if (typeof object.getReader === 'function') return ofWebStream(source as ReadableStream<unknown>);
  // First, as the asynchronous readers of apache-arrow have a Symbol.iterator too, which throws.
  if (typeof object[Symbol.asyncIterator] === 'function') {
    const stream = typeof object.pipe === 'function' && typeof object.destroy === 'function' ? source as unknown as NodeJS.ReadableStream : undefined;
    return stream ? ofNodeStream(stream) : ofIterator((source as AsyncIterable<unknown>)[Symbol.asyncIterator]());
  }
  if (typeof object[Symbol.iterator] === 'function') return ofIterator((source as Iterable<unknown>)[Symbol.iterator]());
  if (typeof object.next === 'function') return ofIterator(source as AsyncIterator<unknown>);
  throw invalid(source);
}

/** Also those of another realm, as a test runner's. */
export const isBytes = (item: unknown): item is Uint8Array => types.isUint8Array(item);

export function isRecordBatch(item: unknown): item is RecordBatchLike {
  return isObject(item) && isObject(item.schema) && typeof item.data === 'object' && !Array.isArray(item.data) && typeof item.numRows === 'number';
}

interface TableLike {
  readonly schema: object;
  readonly batches: readonly unknown[];
}

/** A table without rows may have no batch at all, but a stream of it has a schema, and that comes with a batch. */
function batchesOf({ schema, batches }: TableLike): readonly unknown[] {
  return batches.length > 0 ? batches : [{ schema, numRows: 0, data: null }];
}

function isObject(value: unknown): value is Unknown {
  return typeof value === 'object' && value !== null;
}

function ofIterator(iterator: Iterator<unknown> | AsyncIterator<unknown>): Items {
  return {
    next: () => iterator.next(),
    close: () => quietly(() => iterator.return?.()),
  };
}

/** By a reader, because cancelling it ends a read that waits, as an iterator's `return()` does not. */
function ofWebStream(stream: ReadableStream<unknown>): Items {
  const reader = stream.getReader();
  return {
    next: () => reader.read() as Promise<IteratorResult<unknown>>,
    close: (reason) => quietly(() => reader.cancel(reason)),
  };
}

function ofNodeStream(stream: NodeJS.ReadableStream): Items {
  // Its iterator listens from the first next() on. An error before that, with nobody listening, would end the process; next() tells of it.
  stream.on('error', () => undefined);
  const iterator = stream[Symbol.asyncIterator]();
  return {
    next: () => iterator.next(),
    close: () => { (stream as unknown as { destroy(): void }).destroy(); },
  };
}

/** Whoever leaves does not want to hear what goes wrong with what he leaves. */
function quietly(close: () => unknown): void {
  try {
    Promise.resolve(close()).catch(() => undefined);
  } catch { /* as above */ }
}

function invalid(source: unknown): InvalidArgumentError {
  return new InvalidArgumentError('E_LIVE_SOURCE', `an Arrow stream must be ${POSSIBLE}, got ${show(source)}${hint(source)}`);
}

function hint(source: unknown): string {
  if (typeof source === 'string') return ': give the bytes themselves, as text cannot hold them';
  if (types.isAnyArrayBuffer(source)) return ': give new Uint8Array(buffer)';
  if (ArrayBuffer.isView(source)) return ': give new Uint8Array(view.buffer, view.byteOffset, view.byteLength)';
  if (isObject(source) && isObject(source.body)) return ': give its body';
  if (isObject(source) && typeof source.then === 'function') return ': await it';
  return '';
}
