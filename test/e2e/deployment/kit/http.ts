import { request } from 'node:https';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { RequestSigner, sha256 } from '../../../../runtime/aws/sign-v4';
import { REGION } from '../places';
import type { Identity } from './identity';

export interface HttpOptions {
  /** @default - POST with a body, GET without */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Who signs the request, as a function's URL may ask. @default - nobody */
  readonly as?: Identity;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** The body as it came. */
  readonly bytes: Buffer;
}

const TIMEOUT = 30_000;

/**
 * Calls an API's or a function's URL. Their hosts are the emulator's own, in no name server, and not even valid in a URL where they
 * end in an address; it tells them apart by the Host header.
 *
 * @param endpoint the emulator's
 */
export function http(endpoint: string, url: string, { method, headers, body = '', as }: HttpOptions = {}): Promise<HttpResponse> {
  return send(endpoint, url, { method: method ?? (body === '' ? 'GET' : 'POST'), headers, body, as });
}

type Request = HttpOptions & Readonly<Record<'method' | 'body', string>>;

function send(endpoint: string, url: string, { method, headers, body, as }: Request): Promise<HttpResponse> {
  const { hostname, port } = new URL(endpoint);
  const [, host, path = '/'] = /^https?:\/\/([^/]+)(\/.*)?$/.exec(url) ?? [];
  if (host === undefined) throw new Error(`${JSON.stringify(url)} is no URL: is the stack's output there?`);
  const sent = { ...headers, host, ...(as && signature(as, { method, host, path, body })) };
  return new Promise((resolve, reject) => {
    const options = {
      hostname, port, path, method, headers: sent, agent: false as const, timeout: TIMEOUT,
      checkServerIdentity: (_: string, certificate: PeerCertificate) => checkServerIdentity(hostname, certificate), // not the header's
    };
    const message = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        resolve({ status: response.statusCode!, headers: response.headers, body: bytes.toString(), bytes });
      });
    });
    message.on('timeout', () => message.destroy(new Error(`${url} did not answer within ${TIMEOUT / 1000} s`)));
    message.on('error', reject);
    message.end(body);
  });
}

/** A query would have to be signed with the rest: none is. */
function signature({ credentials }: Identity, { method, host, path, body }: Readonly<Record<'method' | 'host' | 'path' | 'body', string>>) {
  const payloadHash = sha256(body);
  const headers = { host, 'x-amz-content-sha256': payloadHash };
  const signer = new RequestSigner({ service: 'lambda', region: REGION });
  return { ...headers, ...signer.sign({ method, path, headers, payloadHash }, credentials, Date.now()) };
}
