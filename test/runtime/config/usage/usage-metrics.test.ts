import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Home } from '../../../../runtime/home/home';
import { nodeFileSystem } from '../../../../runtime/home/file-system';
import { VersionedFile } from '../../../../runtime/home/versioned-file';
import { UsageMetrics } from '../../../../runtime/config/usage/usage-metrics';
import { filesBelow } from '../vault/worlds';

let path: string;
let time: number;
let server: Server;
let endpoint: string;
let received: string[];
let answer: (path: string) => { status: number; headers?: Record<string, string> } | undefined;

beforeEach(async () => {
  path = mkdtempSync(join(tmpdir(), 'usage-'));
  time = Date.UTC(2030, 0, 31, 12);
  received = [];
  answer = () => ({ status: 204 });
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => { body += String(chunk); }).on('end', () => {
      received.push(body);
      const { status, headers } = answer(request.url!) ?? {};
      if (status !== undefined) response.writeHead(status, headers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/usage`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(path, { recursive: true, force: true });
});

const metrics = (fileSystem = nodeFileSystem) => new UsageMetrics({ home: Home.open({ home: path, fileSystem }), now: () => time });

function used(): UsageMetrics {
  const usage = metrics();
  usage.count('config get', 'ok', 7);
  usage.count('config get', 'ok', 250);
  usage.count('config get', 'E_CONFIG_FOOTPRINT_MISSING', 20);
  usage.count('vault clear', 'ok', 1e9);
  return usage;
}

const REPORT = {
  format: 'cache-tiers-usage-1', since: '2030-01-31', until: '2030-01-31', buckets: [10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000],
  commands: {
    'config get': {
      ok: { count: 2, durations: [1, 0, 0, 1, 0, 0, 0, 0, 0, 0] },
      E_CONFIG_FOOTPRINT_MISSING: { count: 1, durations: [0, 1, 0, 0, 0, 0, 0, 0, 0, 0] },
    },
    'vault clear': { ok: { count: 1, durations: [0, 0, 0, 0, 0, 0, 0, 0, 0, 1] } },
  },
};

test('what is counted can be seen, and is not sent', async () => {
  const usage = used();
  expect(usage.preview()).toEqual(REPORT);
  expect(usage.settings()).toEqual({ enabled: false });
  expect(await usage.report()).toEqual({ sent: false, reason: 'disabled' });
  expect(await usage.reportIfDue()).toEqual({ sent: false, reason: 'disabled' });
  expect(received).toEqual([]);
  expect(metrics().preview()).toEqual(REPORT);
  usage.reset();
  expect(metrics().preview().commands).toEqual({});
});

test('what is sent is what was shown, once', async () => {
  const usage = used();
  usage.enable({ endpoint });
  expect(metrics().settings()).toEqual({ enabled: true, endpoint });
  const shown = usage.preview();
  expect(await Promise.all([usage.report(), metrics().report()])).toContainEqual({ sent: true });
  expect(received).toEqual([JSON.stringify(shown)]);
  expect(await usage.report()).toEqual({ sent: false, reason: 'nothing to report' });
  usage.count('config get', 'ok', 1);
  usage.disable();
  expect(await usage.report()).toEqual({ sent: false, reason: 'disabled' });
  expect(received).toHaveLength(1);
});

test('by itself it is sent once a day, and what failed is kept for the next', async () => {
  const usage = used();
  usage.enable({ endpoint });
  expect(await usage.reportIfDue()).toEqual({ sent: false, reason: 'not due' });
  time += 86_400_000;
  answer = () => ({ status: 500 });
  expect(await usage.reportIfDue()).toMatchObject({ sent: false, reason: 'failed' });
  expect(await usage.reportIfDue()).toEqual({ sent: false, reason: 'not due' });
  expect(usage.preview()).toEqual({ ...REPORT, until: '2030-02-01' });
  time += 86_400_000;
  answer = () => ({ status: 200 });
  expect(await usage.reportIfDue()).toEqual({ sent: true });
  expect(JSON.parse(received.at(-1)!)).toEqual({ ...REPORT, until: '2030-02-02' });
  expect(usage.counters.snapshot()).toEqual({ counted: 4, dropped: 0, reports: 1, failures: 1 });
});

test('a redirection is not followed', async () => {
  const usage = used();
  usage.enable({ endpoint });
  answer = (url) => url === '/usage' ? { status: 307, headers: { location: '/elsewhere' } } : { status: 200 };
  expect(await usage.report()).toMatchObject({ sent: false, reason: 'failed' });
  expect(received).toHaveLength(1);
  expect(usage.preview()).toEqual(REPORT);
});

test('an endpoint that says nothing, or is not there, is given up; nothing is lost', async () => {
  const usage = used();
  usage.enable({ endpoint });
  answer = () => undefined;
  expect(await usage.report()).toMatchObject({ sent: false, reason: 'failed', error: { name: 'TimeoutError' } });
  usage.enable({ endpoint: 'http://127.0.0.1:1/' });
  expect(await usage.report()).toMatchObject({ sent: false, reason: 'failed' });
  expect(usage.preview()).toEqual(REPORT);
});

test.each(['http://example.com/', 'http://127.0.0.1.example.com/', 'ftp://127.0.0.1/', 'https://user:pass@example.com/', 'example.com', '', 5, undefined])(
  '%p is no endpoint', (wrong) => {
    expect(() => { metrics().enable({ endpoint: wrong as string }); }).toThrow(expect.objectContaining({ code: 'E_CONFIG_USAGE_ENDPOINT' }));
    expect(metrics().settings()).toEqual({ enabled: false });
  });

test.each(['https://example.com/usage', 'http://localhost:8080/', 'http://[::1]:8080/', 'http://127.1.2.3/'])('%s is one', (right) => {
  metrics().enable({ endpoint: right });
  expect(metrics().settings()).toEqual({ enabled: true, endpoint: right });
});

test('an endpoint that a foreign hand has written is checked as well', async () => {
  const usage = used();
  for (const content of ['{"endpoint":"http://example.com/"}', '{"endpoint":5}', 'nothing', 'null', '[]']) {
    usage.disable();
    const file = new VersionedFile(join(path, 'usage'), 'settings');
    file.replace(file.read()!.generation, content);
    expect(await usage.report()).toEqual({ sent: false, reason: 'disabled' });
  }
});

test('what is no command or outcome is counted without its name, and there is an end to names', () => {
  const usage = metrics();
  usage.count('config get /app/password', 'ok', 1);
  usage.count('/app/db', '/app/secret-value', Number.NaN);
  usage.count('__proto__', 'constructor', -1);
  expect(JSON.stringify(usage.preview())).not.toMatch(/app|password|secret|__proto__/);
  const name = (i: number) => i.toString(26).replace(/./g, (digit) => String.fromCharCode(97 + parseInt(digit, 26)));
  for (let i = 0; i < 100; i++) usage.count(`x${name(i)}`, 'ok', 1);
  for (let i = 0; i < 100; i++) usage.count('config get', `E_${i}`, 1);
  expect(Object.keys(usage.preview().commands).length).toBeLessThanOrEqual(64);
  for (const outcomes of Object.values(usage.preview().commands)) expect(Object.keys(outcomes).length).toBeLessThanOrEqual(16);
  expect(filesBelow(path).map((file) => statSync(file).size).reduce((a, b) => a + b)).toBeLessThan(100_000);
});

test('counting never throws: a disk that is full, a home that is a file, a file that is damaged', () => {
  const writeSync = () => { throw Object.assign(new Error('full'), { code: 'ENOSPC' }); };
  const full = metrics({ ...nodeFileSystem, writeSync });
  full.count('config get', 'ok', 1);
  expect(full.counters.snapshot()).toMatchObject({ counted: 0, dropped: 1 });

  const usage = used();
  for (const file of filesBelow(path)) writeFileSync(file, 'damaged');
  usage.count('config get', 'ok', 1);
  expect(usage.preview().commands).toEqual({ 'config get': { ok: { count: 1, durations: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0] } } });

  rmSync(path, { recursive: true });
  writeFileSync(path, 'a file');
  usage.count('config get', 'ok', 1);
  expect(usage.counters.get('dropped')).toBe(1);
});

test('a home folder that cannot be is no error of who counts', async () => {
  const previous = process.env.CACHE_TIERS_HOME;
  process.env.CACHE_TIERS_HOME = 'relative';
  try {
    const usage = new UsageMetrics();
    usage.count('config get', 'ok', 1);
    expect(await usage.report()).toMatchObject({ sent: false, reason: 'failed', error: { code: 'E_HOME_PATH' } });
  } finally {
    if (previous === undefined) delete process.env.CACHE_TIERS_HOME;
    else process.env.CACHE_TIERS_HOME = previous;
  }
});
