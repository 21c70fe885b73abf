import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { headerOf, S3Error } from './model';

interface Payload {
  readonly body: Buffer;
  readonly trailers: Readonly<Record<string, string>>;
}

const STREAMING = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';

/** What the bytes of a request mean, by its `x-amz-content-sha256`. @throws S3Error if they are not what it says */
export function payloadOf(headers: IncomingHttpHeaders, raw: Buffer, presigned: boolean): Payload {
  const said = presigned ? 'UNSIGNED-PAYLOAD' : headerOf(headers, 'x-amz-content-sha256');
  if (said === STREAMING) return unchunked(headers, raw);
  if (said?.startsWith('STREAMING-')) throw new S3Error(501, 'NotImplemented', `A payload of the kind ${said} is not known here.`);
  if (said === undefined) throw new S3Error(400, 'InvalidRequest', 'x-amz-content-sha256 is missing.');
  if (said !== 'UNSIGNED-PAYLOAD' && said !== createHash('sha256').update(raw).digest('hex')) {
    throw new S3Error(400, 'XAmzContentSHA256Mismatch', 'The SHA-256 of the body is another.');
  }
  return { body: raw, trailers: {} };
}

/** `aws-chunked`: size in hexadecimal, bytes, …, a chunk of no bytes, and headers that could only be known at the end. */
function unchunked(headers: IncomingHttpHeaders, raw: Buffer): Payload {
  const incomplete = () => new S3Error(400, 'IncompleteBody', 'The body ends too early.');
  const chunks: Buffer[] = [];
  let at = 0;
  const line = () => {
    const end = raw.indexOf('\r\n', at);
    if (end < 0) throw incomplete();
    const text = raw.toString('latin1', at, end);
    at = end + 2;
    return text;
  };
  for (;;) {
    const size = /^([\da-f]{1,8})(;.*)?$/i.exec(line())?.[1];
    if (size === undefined) throw incomplete();
    const length = parseInt(size, 16);
    if (length === 0) break;
    chunks.push(raw.subarray(at, at + length));
    at += length;
    if (line() !== '') throw incomplete();
  }
  const body = Buffer.concat(chunks);
  if (body.length !== Number(headerOf(headers, 'x-amz-decoded-content-length'))) throw incomplete();
  const trailers: Record<string, string> = {};
  for (let text = line(); text !== ''; text = line()) {
    const colon = text.indexOf(':');
    trailers[text.slice(0, colon).trim().toLowerCase()] = text.slice(colon + 1).trim();
  }
  const announced = (headerOf(headers, 'x-amz-trailer') ?? '').split(',').map((name) => name.trim().toLowerCase()).filter(Boolean);
  if (announced.some((name) => !(name in trailers))) {
    throw new S3Error(400, 'MalformedTrailerError', 'The trailer is not the one announced.');
  }
  return { body, trailers };
}
