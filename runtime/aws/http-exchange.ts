import http, { type Agent, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import type { Endpoint } from './endpoint.js';
import { abortedError, AwsError, connectionError, isReset } from './errors.js';
import { bodyLength, readBody, writeBody, type RequestBody } from './http-body.js';

export interface HttpRequest {
  readonly method: string;
  /** Path and query as they go on the wire. */
  readonly path: string;
  /** Names and values in turn; `host` and `content-length` are added. */
  readonly headers: readonly string[];
  /** In one piece or in several, which are sent as they are. */
  readonly body?: RequestBody;
  /** Send the body only when the server asks for it, or says nothing for a second: so that a refusal is heard before the connection breaks. */
  readonly expectContinue?: boolean;
  /** Largest response body to read whole, in bytes. */
  readonly maxResponseBytes: number;
}

export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A success whose body is still to come. */
export interface HttpStream extends Omit<HttpResponse, 'body'> {
  readonly body: IncomingMessage;
}

export interface ExchangeOptions {
  readonly signal?: AbortSignal;
  /** Whether the body of a success is left to the caller. */
  readonly streamed: boolean;
  /** The signal has aborted on a connection that was used before. */
  readonly whenSilent: () => void;
}

/** A kept-alive connection was closed before it was used again: the request was not answered on it. */
export class StaleConnection extends Error {}

export function isStream(response: HttpResponse | HttpStream): response is HttpStream {
  return !Buffer.isBuffer(response.body);
}

/** Sends one request once. @throws AwsError, StaleConnection */
export function exchange(
  agent: Agent, endpoint: Endpoint, request: HttpRequest, { signal, streamed, whenSilent }: ExchangeOptions,
): Promise<HttpResponse | HttpStream> {
  return new Promise((resolve, reject) => {
    const outgoing = begin(agent, endpoint, request);
    let answered = false;
    const abort = () => {
      fail(abortedError(endpoint.host, signal!.reason));
      if (outgoing.reusedSocket) whenSilent();
      outgoing.destroy();
    };
    const done = () => signal?.removeEventListener('abort', abort);
    const fail = (error: unknown) => { done(); reject(error instanceof AwsError ? error : connectionError(endpoint.host, error)); };
    signal?.addEventListener('abort', abort, { once: true });
    outgoing.on('error', (error) => {
      if (answered) return; // a refusal may come before the body has been sent: what was answered is what matters, and has its own error
      if (!outgoing.reusedSocket || !isReset(error)) return fail(error);
      done();
      reject(new StaleConnection('closed while idle', { cause: error }));
    });
    outgoing.on('response', (incoming) => {
      answered = true;
      const { statusCode = 0, headers } = incoming;
      if (streamed && statusCode < 300) {
        done();
        resolve({ statusCode, headers, body: incoming });
        return;
      }
      readBody(incoming, request.maxResponseBytes, fail, (body) => {
        done();
        resolve({ statusCode, headers, body });
        if (!outgoing.writableFinished) outgoing.destroy(); // nobody wants the rest
      });
    });
    writeBody(outgoing, request.body, request.expectContinue);
  });
}

function begin(agent: Agent, endpoint: Endpoint, { method, path, headers, body, expectContinue }: HttpRequest): ClientRequest {
  const all = ['host', endpoint.host, ...headers];
  if (body !== undefined) all.push('content-length', String(bodyLength(body)));
  if (expectContinue) all.push('expect', '100-continue');
  return moduleFor(endpoint).request({
    agent, protocol: endpoint.protocol, host: endpoint.hostname, port: endpoint.port, method, path,
    headers: all as unknown as OutgoingHttpHeaders, // a flat list is taken as it is, without a map in between
  });
}

/** `node:https` takes its time to load, and plain endpoints do without. */
export function moduleFor({ protocol }: Endpoint) {
  return protocol === 'https:' ? process.getBuiltinModule('node:https') : http;
}
