/** Bytes in chunks of one length; the last one may be shorter. */
export function inChunks(bytes: Uint8Array, length: number): Uint8Array[] {
  const chunks = [];
  for (let at = 0; at < bytes.byteLength; at += length) chunks.push(bytes.subarray(at, at + length));
  return chunks;
}

/** Bytes cut at places, in any order and perhaps more than once: then there are empty chunks. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [0, ...[...places].sort((a, b) => a - b), bytes.byteLength];
  return sorted.slice(1).map((end, i) => bytes.subarray(sorted[i], end));
}

export async function collected(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

/** One array, whatever class its parts have. */
export const joined = (chunks: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(chunks));
