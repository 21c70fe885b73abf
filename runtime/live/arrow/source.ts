/** A record batch of `apache-arrow`, as far as it is looked at here. Its package is needed only by those who have one. */
export interface RecordBatchLike {
  readonly schema: object;
  readonly numRows: number;
}

/**
 * What an execution gives: an Arrow IPC stream as bytes, in pieces of any size (a `ReadableStream`, a Node stream, an iterable), or record batches
 * of `apache-arrow` as an iterable, a `RecordBatchReader` or a `Table`. All batches have one schema. Bytes cost least: they go on as they are.
 *
 * A `RecordBatchReader` over bytes that come from elsewhere does not tell when they were cut between two batches, and over a stream not even that
 * the stream failed. Give the bytes themselves.
 */
export type ArrowSource
  = | Uint8Array
    | ReadableStream<Uint8Array>
    | AsyncIterable<Uint8Array | RecordBatchLike>
    | Iterable<Uint8Array | RecordBatchLike>
    | AsyncIterator<Uint8Array | RecordBatchLike>;
