import type { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { resolveEndpoint, type Endpoint } from '../../../runtime/aws/endpoint';
import { HttpPool, type HttpOptions } from '../../../runtime/aws/http';
import type { BodyOptions } from '../../../runtime/aws/http-body';
import { listen } from '../../support/dynamodb-server';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const LARGE = Buffer.alloc(8_000_000, 'x');
const large: Handler = (_, response) => { response.writeHead(200, { 'content-length': LARGE.length }).end(LARGE); };
/** The head of a response and its first bytes, and no more. */
const begun: Handler = (_, response) => { response.writeHead(200, { 'content-length': 10 }).write('12345'); };

let handler: Handler;
let sockets: Set<Socket>;
const server = createServer({ keepAliveTimeout: 0 }, (request, response) => handler(request, response));
server.on('connection', (socket) => { sockets.add(socket); });
let endpoint: Endpoint;
const pools: HttpPool[] = [];
const pool = (options: HttpOptions = {}) => {
  const made = new HttpPool({ env: {}, ...options });
  pools.push(made);
  return made;
};
beforeAll(async () => { endpoint = resolveEndpoint('s3', 'eu-west-1', { endpoint: await listen(server) }, {}); });
beforeEach(() => { handler = large; sockets = new Set(); });
afterEach(() => { pools.splice(0).forEach((each) => each.destroy()); server.closeAllConnections(); });
afterAll(() => new Promise((resolve) => { server.close(resolve); }));

const closeOf = (emitter: EventEmitter) => new Promise((resolve) => { emitter.once('close', resolve); });

const GET = { method: 'GET', path: '/o', headers: [], maxResponseBytes: 1000 };
async function open(http: HttpPool, body?: BodyOptions, signal?: AbortSignal): Promise<Readable> {
  return (await http.open(endpoint, GET, signal, body)).body as Readable;
}

describe('a response as a stream', () => {
  test('resolves with the headers, and its connection serves the next once it has been read', async () => {
    const http = pool();
    for (let i = 0; i < 3; i++) {
      const { statusCode, headers, body } = await http.open(endpoint, GET, undefined);
      expect([statusCode, headers['content-length']]).toEqual([200, String(LARGE.length)]);
      expect(LARGE.equals(await buffer(body as Readable))).toBe(true);
    }
    expect(sockets.size).toBe(1);
  });

  test('its place is taken until it has been read or destroyed', async () => {
    const http = pool({ maxSockets: 1 });
    for (const end of [buffer, (body: Readable) => { body.destroy(); }]) {
      const first = await open(http);
      let opened = false;
      const second = open(http).then((body) => { opened = true; return body; });
      await pause(20);
      expect(opened).toBe(false);
      await end(first);
      (await second).destroy();
    }
  });

  test('destroying it closes its connection', async () => {
    const body = await open(pool());
    const [socket] = sockets;
    const closed = closeOf(socket!);
    body.destroy();
    await closed;
  });

  test('a failure is read whole, within bounds, and its connection serves the next', async () => {
    const http = pool({ maxSockets: 1 });
    handler = (_, response) => { response.writeHead(503).end('<Error/>'); };
    expect(await http.open(endpoint, GET, undefined)).toMatchObject({ statusCode: 503, body: Buffer.from('<Error/>') });
    handler = (_, response) => { response.writeHead(503).end(LARGE); };
    await expect(http.open(endpoint, GET, undefined)).rejects.toMatchObject({ code: 'E_AWS_RESPONSE_TOO_LARGE' });
    handler = large;
    expect((await buffer(await open(http))).length).toBe(LARGE.length);
    expect(sockets.size).toBe(2);
  });

  test('a connection that breaks is an error, also if nobody has taken the body yet', async () => {
    handler = (request, response) => { begun(request, response); setTimeout(() => request.socket.resetAndDestroy(), 10); };
    await expect(buffer(await open(pool()))).rejects.toMatchObject({ code: 'ECONNRESET' });
    const body = await open(pool());
    await closeOf(body);
    await expect(buffer(body)).rejects.toThrow();
  });

  test('a connection that was closed while idle is replaced', async () => {
    const http = pool();
    await buffer(await open(http));
    handler = (request) => { request.socket.resetAndDestroy(); handler = large; };
    expect((await buffer(await open(http))).length).toBe(LARGE.length);
    expect(sockets.size).toBe(2);
  });
});

describe('time', () => {
  test('a deadline for the headers does not cut the body', async () => {
    handler = (request, response) => { begun(request, response); setTimeout(() => response.end('67890'), 60); };
    const control = new AbortController();
    const body = await open(pool(), {}, control.signal);
    control.abort();
    expect((await buffer(body)).toString()).toBe('1234567890');
  });

  test('the signal of the body ends it in the middle, with an error', async () => {
    handler = begun;
    const control = new AbortController();
    const body = await open(pool(), { signal: control.signal });
    setTimeout(() => control.abort(new Error('enough')), 10);
    await expect(buffer(body)).rejects.toMatchObject({ code: 'E_AWS_ABORTED', cause: { message: 'enough' } });
  });

  test('no listener stays at a signal that outlives its bodies', async () => {
    const { signal } = new AbortController();
    const [added, removed] = [jest.spyOn(signal, 'addEventListener'), jest.spyOn(signal, 'removeEventListener')];
    const http = pool();
    for (let i = 0; i < 3; i++) await buffer(await open(http, { signal }, signal));
    (await open(http, { signal }, signal)).destroy();
    await pause(10);
    expect(added).toHaveBeenCalled();
    const listeners = (calls: typeof added.mock.calls) => new Set(calls.map(([, listener]) => listener));
    expect(listeners(removed.mock.calls as never)).toEqual(listeners(added.mock.calls));
  });

  test('a server that is silent in the middle is not waited for', async () => {
    handler = begun;
    await expect(buffer(await open(pool(), { idleTimeout: 40 }))).rejects.toMatchObject({
      code: 'E_AWS_SILENT', failure: 'timeout', message: expect.stringContaining('nothing more came for 40 ms') as string,
    });
  });

  test('a reader who pauses has all the time', async () => {
    const body = await open(pool(), { idleTimeout: 40 });
    await pause(300);
    expect((await buffer(body)).length).toBe(LARGE.length);
  });

  test('nor is a server cut that sends little by little', async () => {
    handler = async (_, response) => {
      response.writeHead(200, { 'content-length': 20 });
      for (let i = 0; i < 20; i++) { response.write('x'); await pause(20); }
    };
    expect((await buffer(await open(pool(), { idleTimeout: 200 }))).length).toBe(20);
  });
});

describe('bodies in pieces', () => {
  let received: Buffer;
  const PUT = { method: 'PUT', path: '/o', headers: [], maxResponseBytes: 1000 };
  const take: Handler = (request, response) => void buffer(request).then((body) => { received = body; response.end('taken'); });

  test.each([
    ['none', []], ['empty ones', [0, 0]], ['small ones', [1, 2, 3, 16_000, 16_000, 16_000, 16_000, 16_000, 16_000, 5]],
    ['small and large ones', [8, 70_000, 4, 4, 3_000_000, 1, 1_048_576, 1_048_577]],
  ])('arrive as they are: %s', async (_, sizes) => {
    handler = take;
    const body = sizes.map((size, i) => new Uint8Array(size).fill(i + 1));
    const http = pool();
    for (let i = 0; i < 2; i++) { // twice: nothing of them is used up
      const response = await http.request(endpoint, { ...PUT, body });
      expect(response.body.toString()).toBe('taken');
      expect(received.equals(Buffer.concat(body))).toBe(true);
    }
    expect(sockets.size).toBe(1);
  });

  test('their length is announced', async () => {
    let length: string | undefined;
    handler = (request, response) => { length = request.headers['content-length']; take(request, response); };
    await pool().request(endpoint, { ...PUT, body: [Buffer.from('ab'), Buffer.from('cde')] });
    expect(length).toBe('5');
  });

  test('are sent again where the connection had been closed while idle', async () => {
    handler = take;
    const http = pool();
    await http.request(endpoint, { ...PUT, body: [Buffer.from('first')] });
    handler = (request) => { request.socket.resetAndDestroy(); handler = take; };
    await http.request(endpoint, { ...PUT, body: [Buffer.from('sec'), Buffer.from('ond')] });
    expect(received.toString()).toBe('second');
  });

  test('a refusal that comes while the body is sent is heard', async () => {
    handler = (_, response) => { response.shouldKeepAlive = false; response.writeHead(403).end('no'); };
    const http = pool({ maxSockets: 1 });
    const { statusCode, body } = await http.request(endpoint, { ...PUT, body: [LARGE, LARGE, LARGE] });
    expect([statusCode, body.toString()]).toEqual([403, 'no']);
    handler = take;
    await http.request(endpoint, { ...PUT, body: [Buffer.from('next')] });
    expect(received.toString()).toBe('next');
  });

  /** What the server does with a request that says Expect. */
  async function expecting(whenAsked: Handler, by: (at: Endpoint) => Promise<void>): Promise<void> {
    const careful = createServer().on('checkContinue', whenAsked);
    const at = resolveEndpoint('s3', 'eu-west-1', { endpoint: await listen(careful) }, {});
    await by(at).finally(() => new Promise((resolve) => { careful.close(resolve); careful.closeAllConnections(); }));
  }

  test('a body waits until it is asked for, and a refused one is not sent', async () => {
    let read = Infinity;
    const refuse: Handler = (request, response) => {
      request.socket.on('close', () => { read = request.socket.bytesRead; });
      response.writeHead(403).end('no');
    };
    await expecting(refuse, async (at) => {
      const { statusCode, body } = await pool().request(at, { ...PUT, body: [LARGE], expectContinue: true });
      expect([statusCode, body.toString()]).toEqual([403, 'no']);
      while (read === Infinity) await pause(5);
      expect(read).toBeLessThan(1000);
    });
    await expecting((request, response) => { response.writeContinue(); take(request, response); }, async (at) => {
      await pool().request(at, { ...PUT, body: [Buffer.from('as'), Buffer.from('ked')], expectContinue: true });
      expect(received.toString()).toBe('asked');
    });
  });

  test('a server that knows no Expect gets the body after a while', () => expecting(take, async (at) => {
    expect((await pool().request(at, { ...PUT, body: [Buffer.from('late')], expectContinue: true })).statusCode).toBe(200);
    expect(received.toString()).toBe('late');
  }));
});
