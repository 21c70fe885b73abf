import { ByteBuffer } from 'flatbuffers';
import { Message } from 'apache-arrow/fb/message';

/** A part of a stream that ends where a reader could stop: a message with its body, or the end-of-stream marker. */
export interface Part {
  readonly prefix: Uint8Array;
  readonly metadata: Uint8Array;
  readonly body: Uint8Array;
}

/** Takes a whole stream apart with the FlatBuffers library, so that the framer is not what it is compared with. */
export function partsOf(stream: Uint8Array): Part[] {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  const parts: Part[] = [];
  for (let at = 0; at < stream.byteLength;) {
    const prefixLength = view.getInt32(at, true) === -1 ? 8 : 4;
    const start = at + prefixLength;
    const end = start + view.getInt32(start - 4, true);
    const metadata = stream.subarray(start, end);
    const bodyLength = end === start ? 0 : Number(Message.getRootAsMessage(new ByteBuffer(metadata)).bodyLength());
    parts.push({ prefix: stream.subarray(at, start), metadata, body: stream.subarray(end, end + bodyLength) });
    at = end + bodyLength;
  }
  return parts;
}

export const bytesOfParts = (parts: readonly Part[]): Uint8Array => {
  return new Uint8Array(Buffer.concat(parts.flatMap(({ prefix, metadata, body }) => [prefix, metadata, body])));
};

/** The same stream in the framing of before Arrow 0.15: without continuation markers, and with an end of four zeros. */
export function legacyOf(stream: Uint8Array): Uint8Array {
  return bytesOfParts(partsOf(stream).map((part) => ({ ...part, prefix: part.prefix.slice(-4) })));
}
