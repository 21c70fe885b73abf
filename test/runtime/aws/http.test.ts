import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { resolveEndpoint, type Endpoint } from '../../../runtime/aws/endpoint';
import { HttpPool, type HttpOptions } from '../../../runtime/aws/http';
import { listen } from '../../support/dynamodb-server';

type Handler = (request: IncomingMessage, response: ServerResponse, nth: number) => void;

const echo: Handler = (request, response) => {
  let body = '';
  request.on('data', (chunk) => { body += chunk; }).on('end', () => response.end(`${request.method} ${request.url} ${body}`));
};

let handler: Handler;
let seen: number;
let sockets: Set<Socket>;
const server = createServer({ keepAliveTimeout: 0 }, (request, response) => handler(request, response, seen++));
server.on('connection', (socket) => { sockets.add(socket); });
let endpoint: Endpoint;
const pools: HttpPool[] = [];
const pool = (options: HttpOptions = {}) => {
  const made = new HttpPool({ env: {}, ...options });
  pools.push(made);
  return made;
};
const POST = { method: 'POST', path: '/p', headers: ['x-test', '1'], body: 'b', maxResponseBytes: 1000 };

beforeAll(async () => { endpoint = resolveEndpoint('dynamodb', 'eu-west-1', { endpoint: await listen(server) }, {}); });
beforeEach(() => { handler = echo; seen = 0; sockets = new Set(); });
afterEach(() => { pools.splice(0).forEach((each) => each.destroy()); server.closeAllConnections(); });
afterAll(() => new Promise((resolve) => { server.close(resolve); }));

const received = async (promise: Promise<{ body: Buffer }>) => (await promise).body.toString();
/** The server has this many requests that it has not answered. */
const arrived = async (count: number) => { while (seen < count) await once(server, 'request'); };

test('one connection serves one call after the other', async () => {
  const http = pool();
  for (let i = 0; i < 5; i++) expect(await received(http.request(endpoint, POST))).toBe('POST /p b');
  expect(sockets.size).toBe(1);
});

test('headers and length arrive as given', async () => {
  let headers: IncomingMessage['headers'] = {};
  handler = (request, response) => { headers = request.headers; response.end(); };
  await pool().request(endpoint, { ...POST, body: 'é' });
  expect(headers).toMatchObject({ host: endpoint.host, 'x-test': '1', 'content-length': '2', connection: 'keep-alive' });
});

/** Requests are held until `release`. */
const hold = () => {
  const held: (() => void)[] = [];
  handler = (request, response, nth) => held.push(() => echo(request, response, nth));
  return { release: () => held.splice(0).forEach((each) => each()) };
};

describe('faults', () => {
  test('refused', async () => {
    const closed = createServer();
    await listen(closed);
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => { closed.close(resolve); });
    await expect(pool().request({ ...endpoint, port }, POST)).rejects.toMatchObject({
      code: 'E_AWS_CONNECTION', failure: 'connection', retryable: false, message: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  test('silent, ended by the signal', async () => {
    handler = () => {};
    const control = new AbortController();
    const call = pool().request(endpoint, POST, control.signal);
    await arrived(1);
    const [socket] = sockets;
    const closed = once(socket!, 'close');
    control.abort(new DOMException('late', 'TimeoutError'));
    await expect(call).rejects.toMatchObject({ code: 'E_AWS_TIMEOUT', failure: 'timeout', name: 'TimeoutError', cause: { message: 'late' } });
    await closed;
  });

  test('ended by the caller in the middle of the body', async () => {
    const control = new AbortController();
    handler = (_, response) => { response.writeHead(200, { 'content-length': 10 }); response.write('12345', () => control.abort()); };
    const call = pool().request(endpoint, POST, control.signal);
    await expect(call).rejects.toMatchObject({ code: 'E_AWS_ABORTED', failure: 'timeout', name: 'AbortError' });
  });

  test('aborted before it begins', async () => {
    await expect(pool().request(endpoint, POST, AbortSignal.abort())).rejects.toMatchObject({ code: 'E_AWS_ABORTED' });
    expect(seen).toBe(0);
  });

  test('reset before the answer, on a new connection', async () => {
    handler = (request) => request.socket.resetAndDestroy();
    await expect(pool().request(endpoint, POST)).rejects.toMatchObject({ failure: 'connection', retryable: true });
    expect(seen).toBe(1);
  });

  test('reset in the middle of the body', async () => {
    handler = (request, response) => { response.writeHead(200, { 'content-length': 10 }); response.write('12345', () => request.socket.destroy()); };
    await expect(pool().request(endpoint, POST)).rejects.toMatchObject({ failure: 'connection', retryable: true });
    expect(seen).toBe(1);
  });

  test('a response that is too large', async () => {
    handler = (_, response) => response.end('x'.repeat(1001));
    await expect(pool().request(endpoint, POST)).rejects.toMatchObject({ code: 'E_AWS_RESPONSE_TOO_LARGE', failure: 'request' });
  });

  test('an agent for the other protocol', async () => {
    await expect(pool({ agent: new HttpsAgent() }).request(endpoint, POST)).rejects.toMatchObject({
      failure: 'connection', retryable: false, message: expect.stringContaining('Protocol "http:" not supported') as string,
    });
  });

  test('the next call is served', async () => {
    const http = pool({ maxSockets: 1 });
    handler = (request) => request.socket.resetAndDestroy();
    await http.request(endpoint, POST).catch(() => {});
    handler = echo;
    expect(await received(http.request(endpoint, POST))).toBe('POST /p b');
  });
});

describe('connections that died while idle', () => {
  test.each([['our own agent', undefined], ['an agent that was given', new Agent({ keepAlive: true })]])('are replaced with %s', async (_, agent) => {
    const http = pool({ agent });
    const { release } = hold();
    const four = Array.from({ length: 4 }, () => http.request(endpoint, POST));
    await arrived(4);
    release();
    await Promise.all(four);
    expect(sockets.size).toBe(4);

    handler = (request, response, nth) => nth === 4 ? request.socket.resetAndDestroy() : echo(request, response, nth);
    expect(await received(http.request(endpoint, POST))).toBe('POST /p b');
    expect(seen).toBe(6);
    expect(sockets.size).toBe(5); // not one of the other three, which are as old
    agent?.destroy();
  });

  test('are replaced once only', async () => {
    const http = pool();
    await http.request(endpoint, POST);
    handler = (request) => request.socket.resetAndDestroy();
    await expect(http.request(endpoint, POST)).rejects.toMatchObject({ failure: 'connection' });
    expect(seen).toBe(3);
  });

  test('when one of them is silent past the deadline, the others are not tried', async () => {
    const http = pool();
    const both = [http.request(endpoint, POST), http.request(endpoint, POST)];
    await Promise.all(both);
    expect(sockets.size).toBe(2);
    handler = () => {};
    const control = new AbortController();
    const call = http.request(endpoint, POST, control.signal);
    await arrived(3);
    control.abort();
    await expect(call).rejects.toMatchObject({ failure: 'timeout' });
    handler = echo;
    await http.request(endpoint, POST);
    expect(sockets.size).toBe(3);
  });
});

describe('bounds', () => {
  test('sockets and queue', async () => {
    const { release } = hold();
    const http = pool({ maxSockets: 2, maxQueue: 2 });
    const calls = Array.from({ length: 4 }, () => received(http.request(endpoint, POST)));
    await expect(http.request(endpoint, POST)).rejects.toMatchObject({ code: 'E_AWS_QUEUE_FULL', failure: 'throttled', retryable: false });
    await arrived(2);
    release();
    await arrived(4);
    release();
    expect(await Promise.all(calls)).toEqual(Array(4).fill('POST /p b'));
    expect(sockets.size).toBe(2);
  });

  test('who gives up waiting leaves the queue', async () => {
    const { release } = hold();
    const http = pool({ maxSockets: 1, maxQueue: 1 });
    const first = http.request(endpoint, POST);
    const control = new AbortController();
    const second = http.request(endpoint, POST, control.signal);
    control.abort();
    await expect(second).rejects.toMatchObject({ code: 'E_AWS_ABORTED' });
    const third = received(http.request(endpoint, POST));
    await arrived(1);
    release();
    await first;
    await arrived(2);
    release();
    expect(await third).toBe('POST /p b');
    expect(seen).toBe(2);
  });
});

describe('certificates', () => {
  test('fails for an AWS_CA_BUNDLE that cannot be read', async () => {
    const secure = { ...endpoint, protocol: 'https:' as const };
    await expect(pool({ env: { AWS_CA_BUNDLE: '/nowhere.pem' } }).request(secure, POST)).rejects.toMatchObject({ code: 'E_AWS_CA_BUNDLE' });
  });
});

test('in a process: idle connections do not keep it alive, and a signal that many calls share causes no warning', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'idle-'));
  try {
    const contents = `import { HttpPool } from './runtime/aws/http';
      const http = new HttpPool({ env: {}, maxSockets: 15 });
      const { signal } = new AbortController();
      const call = () => http.request(${JSON.stringify(endpoint)}, ${JSON.stringify(POST)}, signal);
      Promise.all(Array.from({ length: 30 }, call)).then((all) => console.log(all.length));`;
    const outfile = join(directory, 'idle.js');
    buildSync({ stdin: { contents, resolveDir: process.cwd(), loader: 'ts' }, bundle: true, platform: 'node', outfile });
    expect(await promisify(execFile)(process.execPath, [outfile], { timeout: 10_000 })).toEqual({ stdout: '30\n', stderr: '' });
  } finally {
    rmSync(directory, { recursive: true });
  }
});
