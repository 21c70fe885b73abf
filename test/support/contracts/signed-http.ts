import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { encodeRfc3986, RequestSigner, sha256, type AwsCredentials } from '../../../runtime/aws/sign-v4';

export interface Question {
  readonly method?: string;
  /** Percent-encoded here, a segment at a time. @default - of the service itself */
  readonly path?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** In place of the body's own hash: `UNSIGNED-PAYLOAD`, a kind of streaming. */
  readonly payload?: string;
  /** Without a length: the body as a stream is sent. */
  readonly streamed?: boolean;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** The body as text. */
  readonly text: string;
  /** Of an error in XML. */
  readonly code?: string;
}

export interface HttpAccess {
  readonly endpoint: string;
  readonly region: string;
  /** @default - not signed */
  readonly credentials?: AwsCredentials;
}

/** One request, signed by our own signer, without retries: for what no client of ours asks, and for what it must not ask. */
export async function ask(access: HttpAccess, service: string, question: Question = {}): Promise<Reply> {
  const { method = 'GET', path = '', query = {}, body = '', streamed = false } = question;
  const { protocol, hostname, port, host } = new URL(access.endpoint);
  const payloadHash = question.payload ?? sha256(body);
  const url = `/${path.split('/').map(encodeRfc3986).join('/')}`;
  const given = { ...question.headers, 'x-amz-content-sha256': payloadHash };
  const signature = access.credentials && new RequestSigner({ service, region: access.region }).sign(
    { method, path: url, query: Object.entries(query), headers: { host, ...given }, payloadHash }, access.credentials, Date.now());
  const search = Object.entries(query).map(([name, value]) => `${encodeRfc3986(name)}=${encodeRfc3986(value)}`).join('&');
  const length = streamed ? { 'transfer-encoding': 'chunked' } : { 'content-length': Buffer.byteLength(body) };

  return new Promise((resolve, reject) => {
    const send = protocol === 'https:' ? httpsRequest : httpRequest;
    const outgoing = send({
      hostname, port, method, path: search === '' ? url : `${url}?${search}`, headers: { ...given, ...signature, ...length }, agent: false,
    }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject).on('end', () => {
        const whole = Buffer.concat(chunks);
        const text = whole.toString('utf8');
        resolve({
          status: incoming.statusCode!, headers: incoming.headers, body: whole, text, code: /<Error>[^]*<Code>([^<]*)<\/Code>/.exec(text)?.[1],
        });
      });
    });
    outgoing.on('error', reject).setTimeout(30_000, () => outgoing.destroy(new Error(`${method} ${url}: no answer in 30 s`)));
    outgoing.end(body);
  });
}
