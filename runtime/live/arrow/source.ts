/** A record batch of `apache-arrow`, as far as it is looked at here. Its package is needed only by those who have one. */
export interface RecordBatchLike {
  readonly schema: object;
  readonly numRows: number;
}

/** What an execution gives: an Arrow IPC stream as bytes, in pieces of any size, or record batches, or a reader of them. */
export type ArrowSource
  = | Uint8Array
    | ReadableStream<Uint8Array>
    | AsyncIterable<Uint8Array | RecordBatchLike>
    | Iterable<Uint8Array | RecordBatchLike>
    | AsyncIterator<Uint8Array | RecordBatchLike>;
