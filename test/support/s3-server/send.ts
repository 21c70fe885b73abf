import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { BodyTrouble } from './faults';

/** Bytes that are given to the connection at a time: TLS encrypts all that it is given at once. */
const PIECE = 1 << 20;
/** Pieces a second of a slow body. */
const PACE = 20;

/** Sends a body at the pace of who reads it, and ends the response. The bytes are not copied. */
export async function sendBody(response: ServerResponse, body: Buffer, trouble?: BodyTrouble): Promise<void> {
  const { resetAfter = Infinity, silentAfter = Infinity, bytesPerSecond } = trouble ?? {};
  const last = Math.min(body.length, resetAfter, silentAfter);
  const piece = bytesPerSecond === undefined ? PIECE : Math.max(1, Math.ceil(bytesPerSecond / PACE));
  for (let at = 0; at < last && !response.destroyed; at += piece) {
    const written = response.write(body.subarray(at, Math.min(at + piece, last)));
    if (!written) await roomIn(response);
    if (bytesPerSecond !== undefined) await pause(1000 / PACE);
  }
  if (resetAfter < body.length) response.socket?.resetAndDestroy();
  else if (silentAfter >= body.length) response.end();
}

/** Resolves when there is room for more, or nobody reads any more. */
function roomIn(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
