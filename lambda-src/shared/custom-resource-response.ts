import * as http from 'node:http';
import * as https from 'node:https';
import { retry } from './retry';

const ATTEMPTS = 4;
const BACKOFF = 250;

/** Of one attempt. */
const TIMEOUT = 3_000;

class ResponseError extends Error {
  constructor(message: string, readonly retryable: boolean, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ResponseError';
  }
}

export interface PutOptions {
  readonly timeout?: number;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/** Delivers a custom resource's response. The URL is a credential, so no error shows more of it than its host. */
export async function putResponse(url: string, body: string, options: PutOptions = {}): Promise<void> {
  await retry(() => put(new URL(url), body, options.timeout ?? TIMEOUT), {
    attempts: ATTEMPTS,
    backoff: BACKOFF,
    retryable: (error) => error instanceof ResponseError && error.retryable,
    sleep: options.sleep,
  });
}

function put(url: URL, body: string, timeout: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const { request } = url.protocol === 'http:' ? http : https;
    const message = request(url, {
      method: 'PUT',
      agent: false, // one request in the function's life: nothing to keep alive
      signal: AbortSignal.timeout(timeout),
      headers: { 'content-type': '', 'content-length': Buffer.byteLength(body) }, // the presigned URL has an empty content type
    }, (response) => {
      response.resume();
      response.on('end', () => {
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve();
        else reject(new ResponseError(`${url.host} answered ${status} to the custom resource's response`, status >= 500 || status === 429));
      });
      response.on('error', failed);
    });
    const failed = (cause: Error) => {
      const kind = (cause as NodeJS.ErrnoException).code ?? cause.name;
      reject(new ResponseError(`the custom resource's response did not reach ${url.host}: ${kind}`, true));
    };
    message.on('error', failed);
    message.end(body);
  });
}
