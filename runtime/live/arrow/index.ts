import type { RecordBatchReader, TypeMap } from 'apache-arrow';
import { loadArrow } from './arrow-module.js';
import { bytesOf } from './bytes-of.js';
import { StreamFramer } from './framer.js';

/** Content type of Arrow IPC streams. */
export const MIME = 'application/vnd.apache.arrow.stream';

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
  const bytes = framed(bytesOf(source, new AbortController().signal));
  try {
    const reader = await RecordBatchReader.from<T>(bytes);
    return await reader.open();
  } catch (error) {
    await bytes.return();
    throw error;
  }
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
