import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LiveClient, type Execute, type LiveResult } from '../../../runtime/live';
import { arrowResult } from '../../support/live/arrow-result';
import { clientOf, sharedParts } from '../../support/live/processes';
import { S3World } from '../../support/live/s3-world';

const QUERY = { scope: 'tenant', key: 'select 1' };
const LARGE = arrowResult({ batches: 250 });
const FORBIDDEN = () => { throw new Error('executed'); };

test('own headers replace the result\'s, whatever their case', async () => {
  const live = clientOf(sharedParts());
  const result = await live.query(QUERY, () => LARGE);
  const { headers, status } = result.toResponse({ status: 206, headers: { 'Content-Type': 'application/octet-stream', 'X-Own': '1' } });
  expect([status, headers.get('content-type'), headers.get('x-own'), headers.get('x-cache')]).toEqual([206, 'application/octet-stream', '1', 'miss']);
  await result.cancel();
  await live.close();
});

test('bytes can be taken once: whoever comes later is told so', async () => {
  const live = clientOf(sharedParts());
  for (const again of [(result: LiveResult) => result.toBytes(), (result: LiveResult) => new Response(result.stream).arrayBuffer()]) {
    const result = await live.query(QUERY, () => LARGE);
    await result.toBytes();
    await expect(again(result)).rejects.toThrow('can be taken once');
  }
  await live.close();
});

describe('pipe into a response', () => {
  /** Answers one request by a result, and says how that ended. */
  async function ask(execute: Execute, take: (response: Response) => Promise<unknown>): Promise<string> {
    const live = clientOf(sharedParts(), { whenAbandoned: 'abort' });
    let ended!: Promise<string>;
    const server = createServer((_, response) => void live.query(QUERY, execute).then((result) => {
      ended = result.done.then(() => 'whole', (error: Error) => error.message);
      response.writeHead(200, result.headers());
      result.toNodeStream().pipe(response);
    }));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await take(await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    const how = await ended;
    await live.close();
    server.closeAllConnections();
    server.close();
    return how;
  }

  test('a whole result', async () => {
    let bytes = 0;
    const take = async (response: Response) => { bytes = (await response.arrayBuffer()).byteLength; };
    expect([await ask(() => LARGE, take), bytes]).toEqual(['whole', LARGE.length]);
  });

  test('a query that fails breaks the response', async () => {
    let begin!: () => void;
    const begun = new Promise<void>((resolve) => { begin = resolve; });
    const execute: Execute = async function* () {
      yield LARGE.subarray(0, 100_000);
      await begun;
      throw new Error('the engine is gone');
    };
    const take = (response: Response) => {
      begin();
      return expect(response.arrayBuffer()).rejects.toThrow('terminated');
    };
    expect(await ask(execute, take)).toBe('the engine is gone');
  });

  test('a reader who leaves ends the execution that nobody else wants', async () => {
    let aborted!: Promise<unknown>;
    const execute: Execute = async function* ({ signal }) {
      aborted = once(signal, 'abort');
      yield LARGE.subarray(0, 100_000);
      await aborted;
    };
    const leave = async (response: Response) => {
      const reader = response.body!.getReader();
      await reader.read();
      await reader.cancel();
    };
    expect(await ask(execute, leave)).toBe('the result was left before its end');
    await aborted;
  });
});

describe('direct download', () => {
  let world: S3World;
  beforeEach(async () => { world = await S3World.start(); });
  afterEach(() => world.close());
  const client = (directDownload = true) => new LiveClient({ env: {}, directDownload, parts: world.parts() });

  async function stored(): Promise<LiveClient> {
    const live = client();
    const first = await live.query(QUERY, () => LARGE);
    expect(await first.direct()).toBeUndefined(); // it is not complete
    expect(Buffer.compare(await first.toBytes(), LARGE)).toBe(0); // and can be taken as ever
    await live.settled();
    return live;
  }

  test('gives the parts of a result to whoever has their headers, and leaves the result', async () => {
    const live = await stored();
    const result = await live.query(QUERY, FORBIDDEN);
    const left = expect(result.done).rejects.toThrow('left before its end');
    const direct = (await result.direct())!;
    await left;
    expect(direct.bytes).toBe(LARGE.length);
    expect(direct.expiresIn).toBeGreaterThan(300);
    expect(direct.expiresIn).toBeLessThanOrEqual(360);
    const parts = await Promise.all(direct.parts.map(async ({ url, headers, bytes }) => {
      const key = headers['x-amz-server-side-encryption-customer-key']!;
      expect(url).not.toContain(encodeURIComponent(key));
      expect((await fetch(url)).status).toBe(403);
      const part = Buffer.from(await (await fetch(url, { headers })).arrayBuffer());
      expect(part).toHaveLength(bytes);
      return part;
    }));
    expect(Buffer.compare(Buffer.concat(parts), LARGE)).toBe(0);
    await live.close();
  });

  test('is nothing unless it is wanted, and for results in the index', async () => {
    const live = await stored();
    const off = client(false);
    const result = await off.query(QUERY, FORBIDDEN);
    expect([result.status, await result.direct()]).toEqual(['hit', undefined]);
    expect(Buffer.compare(await result.toBytes(), LARGE)).toBe(0);
    const small = { ...QUERY, key: 'small' };
    await (await live.query(small, () => arrowResult())).toBytes();
    await live.settled();
    const hit = await live.query(small, FORBIDDEN);
    expect([hit.status, await hit.direct()]).toEqual(['hit', undefined]);
    expect(await hit.toBytes()).toHaveLength(arrowResult().length);
    await Promise.all([live.close(), off.close()]);
  });
});
