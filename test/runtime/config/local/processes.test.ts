import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { cacheOf, FOOTPRINT, listed, RemoteModel } from './remote-model';

jest.setTimeout(180_000);

const MINUTE = 60_000;

let folder: string;
let bundle: string;
let home: string;
let remote: RemoteModel;
let server: Server;
const children = new Set<ChildProcess>();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'local-'));
  bundle = join(folder, 'child.mjs');
  buildSync({ entryPoints: [join(__dirname, 'child.ts')], outfile: bundle, bundle: true, platform: 'node', format: 'esm', target: 'node20' });
});
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(async () => {
  home = mkdtempSync(join(folder, 'home-'));
  remote = new RemoteModel();
  remote.pageRows = 50;
  server = createServer(({ url = '' }, response) => {
    const { pathname, searchParams: query } = new URL(url, 'http://127.0.0.1');
    const answer = pathname === '/meta' ? remote.meta() : pathname === '/world' ? { now: remote.now, footprint: FOOTPRINT }
      : remote.changed(query.get('shard')!, Number(query.get('since')), query.get('after') || undefined);
    void Promise.resolve(answer).then((found) => response.end(JSON.stringify(found)));
  }).listen(0, '127.0.0.1');
  server.keepAliveTimeout = 120_000; // on a busy machine a child may take longer than the default between two requests
  await once(server, 'listening');
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  server.closeAllConnections();
  server.close();
});

function start(...task: string[]): ChildProcess {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = { ...process.env, NODE_OPTIONS: '' };
  const child = spawn(process.execPath, [bundle, home, url, ...task], { stdio: ['ignore', 'pipe', 'inherit'], env });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

async function ended(child: ChildProcess): Promise<{ names: number; events: object }> {
  let told = '';
  child.stdout!.on('data', (data: Buffer) => { told += data.toString(); });
  const [code] = await once(child, 'close') as [number];
  expect(code).toBe(0);
  return JSON.parse(told.trim().split('\n').at(-1)!) as { names: number; events: object };
}

test('twenty processes sync and put in one home: nothing is lost', async () => {
  for (let i = 0; i < 300; i += 1) remote.put(`/app/${i}`);
  const ends = await Promise.all(Array.from({ length: 20 }, (_, i) => ended(start('put', String(i)))));
  for (const { events } of ends) expect(events).toEqual({ damaged: 0, unsaved: 0 });
  const cache = cacheOf(remote, { home });
  await cache.open();
  const own = Array.from({ length: 20 }, (_, i) => Array.from({ length: 5 }, (_each, n) => `/own/${i}/${n}:1`)).flat();
  expect(listed(cache).sort()).toEqual([...remote.truth(), ...own].sort());
  remote.live(11 * MINUTE);
  await cache.sync();
  expect(listed(cache)).toEqual(remote.truth());
});

test('a sync that is killed at any moment leaves what was there, and the next one brings the rest', async () => {
  for (let i = 0; i < 1_500; i += 1) remote.put(`/app/${i}`);
  const rounds = Number(process.env.KILLS ?? 40);
  let [killed, known] = [0, false];
  for (let round = 0; round < rounds; round += 4) {
    const running = Array.from({ length: 4 }, async () => {
      const child = start('sync', '100');
      await once(child.stdout!, 'data');
      await new Promise((resolve) => { setTimeout(resolve, Math.random() * 120); });
      if (child.exitCode === null) killed += 1;
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    });
    await Promise.all(running);
    for (let i = 0; i < 40; i += 1) remote.put(`/app/${(round * 37 + i * 11) % 1_700}`);
    remote.delete(`/app/${round}`);

    const cache = cacheOf(remote, { home });
    await cache.open();
    expect(cache.view.known || !known).toBe(true); // what was once there is not lost
    expect(cache.events).toEqual({ damaged: 0, unsaved: 0 });
    if (round % 20 !== 0) continue;
    remote.live(MINUTE);
    await cache.sync();
    known = true;
    expect(cache.count()).toBe(remote.truth().length);
    expect(listed(cache)).toEqual(remote.truth());
  }
  expect(killed).toBeGreaterThan(rounds * 0.9);
  const cache = cacheOf(remote, { home });
  await cache.sync();
  expect(listed(cache)).toEqual(remote.truth());
  expect(readdirSync(join(home, 'cache', FOOTPRINT.account, FOOTPRINT.region, FOOTPRINT.name)).some((name) => name.startsWith('state.'))).toBe(true);
});
