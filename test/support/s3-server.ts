import { randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, createServer as createTlsServer } from 'node:https';
import { selfSigned } from './certificate';
import { listen, TEST_CREDENTIALS, TEST_REGION } from './dynamodb-server';
import { checkedSums } from './s3-server/checksums';
import { Faults, type BodyTrouble, type Fault } from './s3-server/faults';
import { Bucket, S3Error, type S3Answer, type S3Request, type StoredObject } from './s3-server/model';
import { perform } from './s3-server/operations';
import { payloadOf } from './s3-server/payload';
import { sendBody } from './s3-server/send';
import { isPresigned, signerOf, splitOnce } from './s3-server/signature';
import { document } from './s3-server/xml';

export { isGet, isPut, SLOW_DOWN } from './s3-server/faults';

/** Who may read, write and delete objects, and may not list the bucket: S3 denies him an object that is not there. */
export const NO_LIST_CREDENTIALS = { accessKeyId: 'AKIAI44QH8DHBEXAMPLE', secretAccessKey: 'je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY' } as const;

export interface S3Options {
  /** @default - one, named `test-bucket` */
  readonly buckets?: readonly string[];
  /** With a certificate of its own, which `ca` and the agent of `clientConfig` vouch for. @default false */
  readonly tls?: boolean;
}

export interface RecordedS3Request {
  readonly method: string;
  /** As it came, with the query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** Answers in the server's place. @returns whether it has, or will */
export type Intercept = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface S3Server {
  readonly endpoint: string;
  /** The first of its buckets. */
  readonly bucket: string;
  readonly clientConfig: {
    readonly endpoint: string; readonly region: string; readonly credentials: typeof TEST_CREDENTIALS; readonly forcePathStyle: true;
    /** Over TLS, for our clients. */
    readonly agent?: Agent;
  };
  /** The authority of its certificate, PEM, over TLS. */
  readonly ca?: string;
  /** Environment for a child process, or for a client that reads it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Every request that arrived, in order, also if it was not answered. */
  readonly requests: RecordedS3Request[];
  /** What is in a bucket. @default - the first one */
  objects(bucket?: string): Map<string, StoredObject>;
  /** Sees each request first, once its body has been read; `undefined` for nobody. */
  intercept(by: Intercept | undefined): void;
  /** Has something go wrong, before anybody intercepts. */
  fail(fault: Fault): void;
  /** Forgets all objects, uploads, requests and faults, and who intercepts. */
  reset(): void;
  /** Refuses connections, and breaks those there are, until `start`. What it keeps, it keeps. */
  stop(): Promise<void>;
  /** Listens again where it did before. */
  start(): Promise<void>;
  close(): Promise<void>;
}

const SIGNERS = [{ ...TEST_CREDENTIALS, mayList: true }, { ...NO_LIST_CREDENTIALS, mayList: false }];

/**
 * An S3 server in this process, on 127.0.0.1 and a free port, with empty buckets in memory.
 *
 * It keeps the list in contracts/s3: signatures are checked, writes may have conditions, SSE-C is enforced, large objects come in parts.
 * Large bodies go out as fast as they are read.
 * It knows no versions, policies, lifecycle, tags or signed chunks, and says so (501) where S3 would do something.
 */
export async function startS3(options: S3Options = {}): Promise<S3Server> {
  const [first = 'test-bucket', ...others] = options.buckets ?? [];
  const buckets = new Map([first, ...others].map((name) => [name, new Bucket()]));
  const requests: RecordedS3Request[] = [];
  let intercepted: Intercept | undefined;

  const faults = new Faults();

  const listener = (request: IncomingMessage, response: ServerResponse) => {
    // Whatever goes wrong in between is a broken connection to the client.
    handle(request, response).catch(() => response.destroy());
  };
  const certificate = options.tls ? selfSigned() : undefined;
  const server = certificate === undefined ? createServer(listener) : createTlsServer(certificate, listener);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const recorded = { method: request.method!, url: request.url!, headers: request.headers };
    requests.push(recorded);
    const trouble = faults.next(recorded);
    if (trouble?.kind === 'reset') return resetAfter(request, trouble.after ?? 0);
    if (trouble?.kind === 'refusal' && trouble.early) {
      response.shouldKeepAlive = false;
      return send(request, response, complaint(new S3Error(trouble.status, trouble.code, trouble.message ?? ''), request));
    }
    const raw = await readAll(request);
    if (trouble?.kind === 'silence') return;
    if (trouble?.kind === 'refusal') {
      return send(request, response, complaint(new S3Error(trouble.status, trouble.code, trouble.message ?? ''), request));
    }
    if (intercepted?.(request, response)) return;
    const answer = await answerTo(request, raw).catch((error: unknown) => complaint(error, request));
    if (trouble?.kind !== 'lost') return send(request, response, answer, trouble);
    if (!trouble.silent) request.socket.resetAndDestroy();
  }

  async function answerTo(request: IncomingMessage, raw: Buffer): Promise<S3Answer> {
    const { mayList } = await signerOf(request, SIGNERS, TEST_REGION);
    const { headers } = request;
    if (request.method === 'PUT' && headers['content-length'] === undefined && headers['x-amz-decoded-content-length'] === undefined) {
      throw new S3Error(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
    }
    const { body, trailers } = payloadOf(headers, raw, isPresigned(request));
    const checksums = checkedSums(headers, trailers, body);
    return perform(buckets, { ...placeOf(request.url!), method: request.method!, headers, body, checksums }, mayList);
  }

  const endpoint = (await listen(server)).replace('http:', certificate === undefined ? 'http:' : 'https:');
  const agent = certificate && new Agent({ ca: certificate.cert, keepAlive: true });
  const stop = () => new Promise<void>((resolve, reject) => {
    server.close((error) => error ? reject(error) : resolve());
    server.closeAllConnections();
  });
  let closing: Promise<void> | undefined;
  return {
    endpoint,
    bucket: first,
    clientConfig: { endpoint, region: TEST_REGION, credentials: TEST_CREDENTIALS, forcePathStyle: true, ...(agent && { agent }) },
    ca: certificate?.cert,
    environment: {
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_REGION: TEST_REGION,
      AWS_ACCESS_KEY_ID: TEST_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: TEST_CREDENTIALS.secretAccessKey,
    },
    requests,
    objects: (name = first) => buckets.get(name)!.objects,
    intercept: (by) => { intercepted = by; },
    fail: (fault) => faults.add(fault),
    reset() {
      buckets.clear();
      for (const name of [first, ...others]) buckets.set(name, new Bucket());
      requests.length = 0;
      intercepted = undefined;
      faults.clear();
    },
    stop,
    start: async () => { await listen(server, Number(new URL(endpoint).port)); },
    close: () => closing ??= (server.listening ? stop() : Promise.resolve()).finally(() => agent?.destroy()),
  };
}

/** By path only, as at every custom endpoint. */
function placeOf(url: string): Pick<S3Request, 'bucket' | 'key' | 'query'> {
  const [path, search = ''] = splitOnce(url, '?') as [string, string?];
  const [bucket, key = ''] = splitOnce(path.slice(1), '/');
  try {
    return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key), query: new URLSearchParams(search) };
  } catch {
    throw new S3Error(400, 'InvalidURI', 'Couldn\'t parse the specified URI.');
  }
}

function complaint(error: unknown, request: IncomingMessage): S3Answer {
  const { status, code, message, headers } = error instanceof S3Error ? error : new S3Error(500, 'InternalError', String((error as Error).stack));
  const [path] = splitOnce(request.url!, '?');
  const body = document('Error', [['Code', code], ['Message', message], ['Resource', path]], false);
  return { status, headers: { 'content-type': 'application/xml', ...headers }, body };
}

async function send(
  request: IncomingMessage, response: ServerResponse, { status, headers = {}, body = '' }: S3Answer, trouble?: BodyTrouble,
): Promise<void> {
  const requestId = randomBytes(8).toString('hex').toUpperCase();
  // An error's body names the request too; every other answer's is its own.
  const bytes = typeof body === 'string'
    ? Buffer.from(body.replace('</Error>', `<RequestId>${requestId}</RequestId><HostId>embedded</HostId></Error>`))
    : body;
  const bodyless = request.method === 'HEAD' || status === 204 || status === 304;
  response.writeHead(status, {
    server: 'AmazonS3', 'x-amz-request-id': requestId, 'x-amz-id-2': 'embedded', ...headers,
    ...(status === 204 || status === 304 ? {} : { 'content-length': bytes.length }),
  });
  if (bodyless) response.end();
  else await sendBody(response, bytes, trouble);
}

async function resetAfter(request: IncomingMessage, bytes: number): Promise<void> {
  let read = 0;
  if (bytes > 0) for await (const chunk of request) if ((read += (chunk as Buffer).length) >= bytes) break;
  request.socket.resetAndDestroy();
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
