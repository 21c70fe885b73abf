import { setMaxListeners } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { abortedError, AwsError } from './errors.js';

export type RequestBody = string | Uint8Array | readonly Uint8Array[];

export interface BodyOptions {
  /** Ends the body, at any time. */
  readonly signal?: AbortSignal;
  /**
   * How long the server may send nothing while there is room for more, in milliseconds. A reader that makes it wait has all the time.
   * @default 30000
   */
  readonly idleTimeout?: number;
}

const IDLE_TIMEOUT = 30_000;
/** How often a body is looked at in the time that its server may be silent. */
const LOOKS = 4;
/** How long a server is waited for that may not know `Expect`, in milliseconds. */
const CONTINUE_TIMEOUT = 1000;
/** Smaller pieces of a body are put together, up to so many bytes; larger ones than `LARGE` are cut. */
const SMALL = 16 << 10;
const GATHERED = 64 << 10;
const LARGE = 1 << 20;

/** Bytes of a body. */
export function bodyLength(body: RequestBody): number {
  return isPieces(body) ? body.reduce((sum, { byteLength }) => sum + byteLength, 0) : Buffer.byteLength(body);
}

/** Sends a body: at once, or when the server asks for it. */
export function writeBody(outgoing: ClientRequest, body: RequestBody | undefined, expectContinue = false): void {
  const write = () => {
    if (body !== undefined && isPieces(body)) writePieces(outgoing, body);
    else outgoing.end(body);
  };
  if (!expectContinue) return write();
  const start = () => { stop(); write(); };
  const stop = () => { clearTimeout(timer); outgoing.off('continue', start); };
  const timer = setTimeout(start, CONTINUE_TIMEOUT);
  outgoing.on('continue', start).once('response', stop).once('close', stop);
  outgoing.flushHeaders();
}

/** Each piece by itself and in its turn: TLS would copy several into one, and encrypt all that it is given before anything else can run. */
function writePieces(outgoing: ClientRequest, pieces: readonly Uint8Array[]): void {
  const portions = portionsOf(pieces);
  let portion = portions.next();
  const write = () => {
    for (;;) {
      const { value } = portion;
      portion = portions.next();
      if (portion.done) return void outgoing.off('drain', write).end(value); // the answer may come at once, and finds the request at its end
      if (!outgoing.write(value)) return;
    }
  };
  outgoing.on('drain', write);
  write();
}

/** Pieces as they are, but that many small ones are put together, which costs less than a packet for each, and a large one is cut. */
function* portionsOf(pieces: readonly Uint8Array[]): Generator<Uint8Array, void, undefined> {
  let small: Uint8Array[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    const isSmall = piece.byteLength < SMALL;
    if (bytes > 0 && (!isSmall || bytes + piece.byteLength > GATHERED)) {
      yield Buffer.concat(small);
      small = [];
      bytes = 0;
    }
    if (isSmall) {
      small.push(piece);
      bytes += piece.byteLength;
    } else for (let at = 0; at < piece.byteLength; at += LARGE) yield piece.subarray(at, at + LARGE);
  }
  if (bytes > 0) yield Buffer.concat(small);
}

/** Reads a body whole. @param done gets it @param fail gets an error in place of it */
export function readBody(incoming: IncomingMessage, maxBytes: number, fail: (error: unknown) => void, done: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  incoming.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes > maxBytes) {
      incoming.destroy(new AwsError(`the response is larger than ${maxBytes} bytes`, { failure: 'request', code: 'E_AWS_RESPONSE_TOO_LARGE' }));
    }
  });
  incoming.on('end', () => done(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
  incoming.on('error', fail);
}

/** Ends a body with an error when its signal aborts, or its server falls silent. */
export function watchBody(body: IncomingMessage, host: string, { signal, idleTimeout = IDLE_TIMEOUT }: BodyOptions): void {
  body.on('error', () => {}); // one that nobody has taken yet must not end the process; who takes it is told
  let seen = -1;
  let silent = 0;
  const timer = setInterval(() => {
    const { bytesRead } = body.socket;
    if (body.complete || body.readableLength > 0 || bytesRead !== seen) silent = 0; // what waits here waits for its reader
    else if (++silent >= LOOKS) body.destroy(silence(host, idleTimeout));
    seen = bytesRead;
  }, idleTimeout / LOOKS).unref();
  const abort = () => { body.destroy(abortedError(host, signal!.reason)); };
  body.once('close', () => {
    clearInterval(timer);
    signal?.removeEventListener('abort', abort);
  });
  if (signal === undefined) return;
  if (signal.aborted) return abort();
  setMaxListeners(0, signal); // many bodies may share one, and Node 20 warns of the eleventh
  signal.addEventListener('abort', abort, { once: true });
}

function silence(host: string, idleTimeout: number): AwsError {
  return new AwsError(`${host}: nothing more came for ${idleTimeout} ms in the middle of a body`, {
    failure: 'timeout', code: 'E_AWS_SILENT', name: 'TimeoutError', retryable: true,
  });
}

function isPieces(body: RequestBody): body is readonly Uint8Array[] {
  return Array.isArray(body);
}
