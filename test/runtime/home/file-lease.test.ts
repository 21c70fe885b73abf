import { mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { FileLease } from '../../../runtime/home/file-lease';
import { VersionedFile } from '../../../runtime/home/versioned-file';
import { readOnly } from './file-systems';

let folder: string;
let time: number;
let held: (() => void)[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lease-'));
  time = Date.UTC(2030, 0, 1);
  held = [];
});
afterEach(() => {
  for (const release of held) release();
  rmSync(folder, { recursive: true, force: true });
});

const lease = (options = {}) => new FileLease(folder, 'lease', { interval: 2, now: () => time, ...options });
const file = () => new VersionedFile(folder, 'lease');
const holder = () => JSON.parse(file().read()!.bytes.toString()) as Record<string, unknown>;

function take(from: FileLease = lease()): (() => void) | undefined {
  const release = from.tryAcquire();
  if (release !== undefined) held.push(release);
  return release;
}

/** Somebody else has written this. */
function writes(content: unknown): void {
  file().replace(file().read()?.generation ?? 0, typeof content === 'string' ? content : JSON.stringify(content));
}

test('one holds it, the next has it once it is given back', async () => {
  const release = await lease().acquire();
  expect(take()).toBeUndefined();
  const next = lease().acquire();
  release();
  const releaseNext = await next;
  release(); // has no effect any longer
  expect(take()).toBeUndefined();
  releaseNext();
  expect(take()).toBeDefined();
});

test('whoever waits can be called back', async () => {
  take();
  const reason = new Error('no longer wanted');
  const controller = new AbortController();
  const waiting = lease().acquire(controller.signal);
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  await expect(lease().acquire(AbortSignal.abort(reason))).rejects.toBe(reason);
});

test('it is lost when its time has passed, and what its former holder does then changes nothing', () => {
  const release = take()!;
  time += 14_999;
  expect(take()).toBeUndefined();
  time += 1;
  expect(take()).toBeDefined();
  const { token } = holder();
  release();
  expect(holder().token).toBe(token);
});

test('it is renewed while it is held', async () => {
  take(lease({ ttl: 60, now: Date.now }));
  const first = holder();
  while (holder().until === first.until) await sleep(5);
  expect(holder()).toMatchObject({ token: first.token, pid: process.pid });
});

test('a holder on another host is waited for, though nobody here has its number; a time that nobody sets is not', () => {
  writes({ token: 'x', pid: 2 ** 30, host: `not ${hostname()}`, until: time + 10_000 });
  expect(take()).toBeUndefined();
  writes({ token: 'x', pid: 1, host: `not ${hostname()}`, until: time + 86_400_000 });
  expect(take()).toBeDefined();
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('a host is not only its name: others that share the folder may have the same', () => {
  take();
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  expect(holder().host).toBe(`${hostname()} ${readlinkSync('/proc/self/ns/pid')} ${boot}`);
});

test.each(['', 'null', '5', '{}', '{"token":"x"}', '{"token":"x","pid":"1","host":"h","until":1e99}', '\0'.repeat(100), 'x'.repeat(10_000)])(
  'a file that says %j is nobody\'s lease', (content) => {
    writes(content);
    expect(take()).toBeDefined();
  });

test('where it cannot be written, that is an error', async () => {
  await expect(lease({ fileSystem: readOnly() }).acquire()).rejects.toMatchObject({ code: 'E_HOME_READ_ONLY' });
});
