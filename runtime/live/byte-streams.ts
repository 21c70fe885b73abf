import { Buffer } from 'node:buffer';
import type { Readable } from 'node:stream';

/** Buffered on the way into a web stream, in bytes. */
const BUFFER = 256 << 10;

/** Why a stream's bytes cannot be had any more: nobody who asks now would be told of its end. */
function lost(node: Readable): Error | undefined {
  if (node.destroyed && !node.readableEnded) return node.errored ?? new Error(CLOSED);
  return node.readableDidRead ? new Error('the bytes of a result can be taken once, and somebody has begun to') : undefined;
}

const CLOSED = 'the stream was closed before its end';

/** A Node stream as a web stream, chunk by chunk without copying; canceling one destroys the other. */
export function webStreamOf(node: Readable): ReadableStream<Uint8Array> {
  let over = false;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const reason = lost(node);
      if (reason !== undefined) return controller.error(reason);
      node.on('data', (chunk: Uint8Array) => {
        if (over) return;
        controller.enqueue(chunk);
        if (controller.desiredSize! <= 0) node.pause();
      });
      node.once('end', () => {
        if (!over) controller.close();
        over = true;
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

/**
 * A stream whose `pipe` leaves nobody waiting: when it fails, its destination is closed, and when that is closed before the end, it is left.
 * Node's own does neither, so that a reader would wait for ever, and an execution go on for nobody. With `end: false` it is Node's own.
 */
export function safelyPiped<T extends Readable>(node: T): T {
  const pipe = node.pipe.bind(node);
  const safe = <D extends NodeJS.WritableStream & { destroy?(): unknown }>(destination: D, options?: { end?: boolean }): D => {
    if (options?.end !== false) {
      node.once('error', () => destination.destroy?.());
      destination.once('close', () => { if (!node.readableEnded) node.destroy(); });
    }
    return pipe(destination, options);
  };
  return Object.assign(node, { pipe: safe });
}

/** All bytes of a stream. */
export function bytesOfStream(node: Readable): Promise<Uint8Array> {
  const reason = lost(node);
  if (reason !== undefined) return Promise.reject(reason);
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    node.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    node.once('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    node.once('error', reject);
    node.once('close', () => reject(new Error(CLOSED)));
  });
}
