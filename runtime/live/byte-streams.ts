import { Buffer } from 'node:buffer';
import type { Readable } from 'node:stream';

/** Buffered on the way into a web stream, in bytes. */
const BUFFER = 256 << 10;

/** Why a stream has ended already, without its last byte: nobody would be told any more. */
function lostEnd(node: Readable): Error | undefined {
  return node.destroyed && !node.readableEnded ? node.errored ?? new Error(CLOSED) : undefined;
}

const CLOSED = 'the stream was closed before its end';

/** A Node stream as a web stream, chunk by chunk without copying; canceling one destroys the other. */
export function webStreamOf(node: Readable): ReadableStream<Uint8Array> {
  let over = false;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const lost = lostEnd(node);
      if (lost !== undefined) return controller.error(lost);
      node.on('data', (chunk: Uint8Array) => {
        if (over) return;
        controller.enqueue(chunk);
        if (controller.desiredSize! <= 0) node.pause();
      });
      node.once('end', () => {
        over = true;
        controller.close();
      });
      node.once('error', (error) => {
        if (!over) controller.error(error);
        over = true;
      });
      node.once('close', () => {
        if (!over) controller.error(new Error(CLOSED));
        over = true;
      });
      node.pause();
    },
    pull: () => { node.resume(); },
    cancel: (reason) => {
      over = true; // a stream that is destroyed may still give what it has buffered
      node.destroy(reason instanceof Error ? reason : undefined);
    },
  }, { highWaterMark: BUFFER, size: (chunk) => chunk.byteLength });
}

/** All bytes of a stream. */
export function bytesOfStream(node: Readable): Promise<Uint8Array> {
  const lost = lostEnd(node);
  if (lost !== undefined) return Promise.reject(lost);
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    node.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    node.once('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    node.once('error', reject);
    node.once('close', () => reject(new Error(CLOSED)));
  });
}
