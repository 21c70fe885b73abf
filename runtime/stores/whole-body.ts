import { AwsError, connectionError } from '../aws/errors.js';
import type { ObjectStream } from '../aws/s3.js';
import { ObjectTooLargeError } from './object-store.js';

/**
 * A body in one piece.
 *
 * @throws ObjectTooLargeError
 * @throws AwsError if it breaks off
 */
export async function wholeBody({ body, bytes = 0 }: ObjectStream, key: string, maxBytes: number): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of body as AsyncIterable<Buffer>) { // to leave it closes the connection
      if ((length += piece.length) > maxBytes || bytes > maxBytes) throw new ObjectTooLargeError(key, maxBytes);
      pieces.push(piece);
    }
  } catch (error) {
    throw error instanceof AwsError || error instanceof ObjectTooLargeError ? error : connectionError(key, error);
  }
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, length);
}
