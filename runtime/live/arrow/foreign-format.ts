const MAGIC: readonly (readonly [magic: readonly number[], what: string])[] = [
  [[0x41, 0x52, 0x52, 0x4f], 'an Arrow IPC file begins: write the stream format instead, which has no footer '
  + '(tableToIPC(table, \'stream\'), pyarrow.ipc.new_stream)'],
  [[0x50, 0x41, 0x52, 0x31], 'a Parquet file begins: convert it to an Arrow IPC stream'],
  [[0x46, 0x45, 0x41, 0x31], 'a Feather file of version 1 begins: convert it to an Arrow IPC stream'],
  [[0x1f, 0x8b, 0x08], 'data compressed with gzip begins: compress the bodies of the messages instead, with zstd or lz4, or decompress it'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'data compressed with zstd as a whole begins: compress the bodies of the messages instead, or decompress it'],
  [[0x04, 0x22, 0x4d, 0x18], 'data compressed with lz4 as a whole begins: compress the bodies of the messages instead, or decompress it'],
  [[0xef, 0xbb, 0xbf], 'text with a byte order mark begins'],
];

/** What begins with these four bytes, if it is known to be something else than an Arrow IPC stream, and what to do. */
export function foreignFormat(head: Uint8Array): string | undefined {
  const known = MAGIC.find(([magic]) => magic.every((byte, i) => head[i] === byte));
  if (known) return known[1];
  return head.every(isText) ? `text begins, with ${JSON.stringify(String.fromCharCode(...head))}` : undefined;
}

function isText(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
