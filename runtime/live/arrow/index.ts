import type { RecordBatchReader, TypeMap } from 'apache-arrow';
import { loadArrow } from './arrow-module.js';
import { bytesOf } from './bytes-of.js';
import { StreamFramer } from './framer.js';

export { ARROW_STREAM_TYPE } from './media-type.js';

/**
 * A reader of `apache-arrow` over the bytes of an Arrow IPC stream: a result of `LiveClient.query`, the body of a response, a Node stream.
 * Unlike the library's own, it does not take a stream that was cut between two batches for a whole one.
 *
 * Take the batches by `for await`. The reader's `toNodeStream` and `toDOMStream` lose errors.
 * Columns compressed with zstd or lz4 need a codec in the `compressionRegistry` of `apache-arrow`.
 *
 * @throws LiveError `E_LIVE_EMPTY`, `E_LIVE_TRUNCATED` and `E_LIVE_MALFORMED`, at once or in the loop; the source's own errors;
 * CacheTiersError `E_LIVE_ARROW` if `apache-arrow` is not installed
 */
export async function readerOf<T extends TypeMap = TypeMap>(
  source: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<RecordBatchReader<T>> {
  const { RecordBatchReader } = await loadArrow('readerOf');
  const bytes = bytesOf(source, new AbortController().signal);
  const close = () => { void bytes.return!(); };
  try {
    // As an iterable: the library's readers of streams take their errors for an end.
    const reader = await RecordBatchReader.from<T>(framed(bytes));
    return closing(await reader.open(), close);
  } catch (error) {
    close();
    throw error;
  }
}

/** A reader that closes its source when it is left, which the library's does not for an iterable. */
function closing<T extends RecordBatchReader>(reader: T, close: () => void): T {
  const batches = reader as unknown as AsyncIterable<unknown> & { cancel(): Promise<void>; return(value?: unknown): Promise<unknown> };
  const [iterate, cancel, leave] = [batches[Symbol.asyncIterator].bind(batches), batches.cancel.bind(batches), batches.return.bind(batches)];
  return Object.assign(reader, {
    [Symbol.asyncIterator]: () => {
      const iterator = iterate();
      return { next: () => iterator.next(), return: () => { close(); return leave(); } };
    },
    cancel: () => { close(); return cancel(); },
    return: (value?: unknown) => { close(); return leave(value); },
  });
}

/** Chunks that a framer has seen, and an error where the stream is cut. */
async function* framed(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const framer = new StreamFramer();
  for await (const chunk of chunks) {
    framer.push(chunk);
    yield chunk;
  }
  framer.end();
}
