import type { Readable, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createService } from './service';

/** What a function URL gives, as far as it is looked at here. */
interface UrlEvent {
  readonly rawPath: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly requestContext: { readonly http: { readonly method: string } };
}

/** What Lambda gives to functions that stream. */
interface AwsLambda {
  streamifyResponse(handler: (event: UrlEvent, response: Writable) => Promise<void>): unknown;
  readonly HttpResponseStream: { from(response: Writable, head: { statusCode: number; headers: Readonly<Record<string, string>> }): Writable };
}
declare const awslambda: AwsLambda;

// The engine starts while Lambda starts the function, not while somebody waits.
const service = createService(process.env.ASSETS ?? __dirname);
const started = service.engine.start();

async function answer({ rawPath, headers, body = '', isBase64Encoded, requestContext }: UrlEvent) {
  await started;
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString() : body;
  return service.answer({ method: requestContext.http.method, path: rawPath, headers, body: text });
}

async function stream(event: UrlEvent, response: Writable): Promise<void> {
  const { status, headers, body } = await answer(event);
  const out = awslambda.HttpResponseStream.from(response, { statusCode: status, headers });
  if (typeof body === 'string') out.end(body);
  else await pipeline(body, out);
}

/** For a URL without response streaming: the whole answer at once, at most 6 MB. */
async function whole(event: UrlEvent) {
  const { status: statusCode, headers, body } = await answer(event);
  return { statusCode, headers, body: (await bytesOf(body)).toString('base64'), isBase64Encoded: true };
}

const bytesOf = (body: string | Readable) => typeof body === 'string' ? Buffer.from(body) : buffer(body);

/** Lambda freezes the process after the answer: what the cache still has to do, and its counters, come before. */
const settling = <I extends unknown[], O>(work: (...input: I) => Promise<O>) => async (...input: I): Promise<O> => {
  try {
    return await work(...input);
  } finally {
    await service.live.settled();
  }
};

export const handler = process.env.RESPONSE_STREAMING === 'false' ? settling(whole) : awslambda.streamifyResponse(settling(stream));
