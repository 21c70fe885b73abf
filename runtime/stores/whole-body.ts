import { AwsError, connectionError } from '../aws/errors.js';
import type { ObjectStream } from '../aws/s3.js';

/**
 * A body in one piece.
 *
 * @param what the object, for the error
 * @throws AwsError if it breaks off, or is larger than it may be
 */
export async function wholeBody({ body, bytes }: ObjectStream, what: string, maxBytes: number): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    // Leaving the loop closes the connection.
    for await (const piece of body as AsyncIterable<Buffer>) {
      if ((length += piece.length) > maxBytes || (bytes ?? 0) > maxBytes) throw tooLarge(what, maxBytes);
      pieces.push(piece);
    }
  } catch (error) {
    throw error instanceof AwsError ? error : connectionError(what, error);
  }
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, length);
}

function tooLarge(what: string, maxBytes: number): AwsError {
  return new AwsError(`${what}: it is larger than ${maxBytes} bytes`, { failure: 'request', code: 'E_AWS_RESPONSE_TOO_LARGE' });
}
