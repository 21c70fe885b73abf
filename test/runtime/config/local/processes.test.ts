import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundled, Processes, type Running } from '../../home/processes';
import { cacheOf, FOOTPRINT, listed, RemoteModel } from './remote-model';

jest.setTimeout(180_000);

const MINUTE = 60_000;
/** Four processes are killed in each. */
const ROUNDS = Number(process.env.KILL_ROUNDS ?? 4);

let folder: string;
let program: string;
let processes: Processes;
let home: string;
let remote: RemoteModel;
let server: Server;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'local-'));
  program = bundled(join(__dirname, 'child.ts'));
});
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(async () => {
  home = mkdtempSync(join(folder, 'home-'));
  processes = new Processes(program);
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
afterEach(async () => {
  await processes.close();
  server.closeAllConnections();
  server.close();
});

function start(...task: string[]): Running {
  return processes.start([home, `http://127.0.0.1:${(server.address() as AddressInfo).port}`, ...task]);
}

/** How many names it knew in the end, and what became of its files. */
async function ended(child: Running): Promise<{ names: number; events: object }> {
  const lines = await child.output();
  expect(await child.exit).toBe(0);
  return JSON.parse(lines.at(-1)!) as { names: number; events: object };
}

test('twenty processes sync and put in one home: nothing is lost', async () => {
  for (let i = 0; i < 100; i += 1) remote.put(`/app/${i}`);
  const ends = await Promise.all(Array.from({ length: 20 }, (_, i) => ended(start('put', String(i)))));
  for (const { events } of ends) expect(events).toEqual({ damaged: 0, unsaved: 0 });
  const cache = cacheOf(remote, { home });
  await cache.open();
  const own = Array.from({ length: 20 }, (_, i) => Array.from({ length: 3 }, (_each, n) => `/own/${i}/${n}:1`)).flat();
  expect(listed(cache).sort()).toEqual([...remote.truth(), ...own].sort());
  remote.live(11 * MINUTE);
  await cache.sync();
  expect(listed(cache)).toEqual(remote.truth());
});

test('a sync that is killed at any moment leaves what was there, and the next one brings the rest', async () => {
  for (let i = 0; i < 1_500; i += 1) remote.put(`/app/${i}`);
  let [killed, known] = [0, false];
  for (let round = 0; round < ROUNDS; round += 1) {
    const running = Array.from({ length: 4 }, async () => {
      const child = start('sync', '100');
      await child.says('ready');
      await sleep(Math.random() * 120);
      child.kill();
      if (await child.exit === null) killed += 1;
    });
    await Promise.all(running);
    for (let i = 0; i < 40; i += 1) remote.put(`/app/${(round * 148 + i * 11) % 1_700}`);
    remote.delete(`/app/${round}`);

    const cache = cacheOf(remote, { home });
    await cache.open();
    expect(cache.view.known || !known).toBe(true); // what was once there is not lost
    expect(cache.events).toEqual({ damaged: 0, unsaved: 0 });
    if (round % 3 !== 0) continue;
    remote.live(MINUTE);
    await cache.sync();
    known = true;
    expect(cache.count()).toBe(remote.truth().length);
    expect(listed(cache)).toEqual(remote.truth());
  }
  expect(killed).toBeGreaterThan(ROUNDS * 4 * 0.9 - 1);
  const cache = cacheOf(remote, { home });
  await cache.sync();
  expect(listed(cache)).toEqual(remote.truth());
  expect(readdirSync(join(home, 'cache', FOOTPRINT.account, FOOTPRINT.region, FOOTPRINT.name)).some((name) => name.startsWith('state.'))).toBe(true);
});
