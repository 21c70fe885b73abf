import { request } from 'node:https';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const TIMEOUT = 30_000;

/**
 * Calls an API's or a function's URL. Their hosts are the emulator's own, in no name server, and not even valid in a URL where they
 * end in an address; it tells them apart by the Host header.
 *
 * @param endpoint the emulator's
 */
export function httpGet(endpoint: string, url: string): Promise<HttpResponse> {
  const { hostname, port } = new URL(endpoint);
  const [, host, path] = /^https?:\/\/([^/]+)(\/.*)?$/.exec(url) ?? [];
  if (host === undefined) throw new Error(`${JSON.stringify(url)} is no URL: is the stack's output there?`);
  return new Promise((resolve, reject) => {
    const options = {
      hostname, port, path: path ?? '/', headers: { host }, agent: false as const, timeout: TIMEOUT,
      checkServerIdentity: (_: string, certificate: PeerCertificate) => checkServerIdentity(hostname, certificate), // not the header's
    };
    const message = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks).toString() }));
    });
    message.on('timeout', () => message.destroy(new Error(`${url} did not answer within ${TIMEOUT / 1000} s`)));
    message.on('error', reject);
    message.end();
  });
}
