import type { FolderCache, TaskRun, TaskStorage, TaskStorageOptions } from '../../../../runtime/tasks';
import { decodeManifest } from '../../../../runtime/tasks/manifest/decode';
import { encodeManifest } from '../../../../runtime/tasks/manifest/encode';
import { systemClock, type Clock } from '../../../../runtime/resilience/clock';
import { isGet, isPut, SLOW_DOWN, type RecordedS3Request, type S3Server } from '../../../support/s3-server';
import { FaultWorld } from '../../../support/tasks/fault-world';
import { TOP_VALUE } from '../../../support/tasks/workflow';

let world: FaultWorld;
let restore: () => void;
beforeAll(async () => { world = await FaultWorld.start(); });
beforeAll(async () => {
  const first = world.computer();
  first.write(PUSHED);
  await first.folder((cache) => cache.push());
  await first.run();
  restore = world.snapshot();
});
beforeEach(() => restore());
afterAll(() => world.close());

const PUSHED: Readonly<Record<string, string>> = {
  'a.txt': 'pushed', 'Family/large.bin': 'large '.repeat(60_000), 'Family/small.txt': 'small\n'.repeat(999),
};
const EDITED = { 'a.txt': 'edited', 'Family/new.txt': 'new' };

const isObject = ({ url }: RecordedS3Request) => url.includes('/objects/');
const isManifest = ({ url }: RecordedS3Request) => url.split('?')[0]!.endsWith('/manifest');

/** Waits between tries take no time. */
const impatient: Clock = { ...systemClock, sleep: () => new Promise(setImmediate) };

interface Trouble {
  readonly name: string;
  readonly begin: (server: S3Server) => void;
  /** Whether all goes well in spite of it. */
  readonly harmless?: boolean;
  readonly options?: TaskStorageOptions;
}

/** Of those requests each that is new: what is tried again gets through. */
function everySecond(of: (request: RecordedS3Request) => boolean): (request: RecordedS3Request) => boolean {
  const failed = new Set<string>();
  return (request) => {
    const same = `${request.method} ${request.url}`;
    if (!of(request) || failed.delete(same)) return false;
    failed.add(same);
    return true;
  };
}

/** Somebody else replaces the manifest just before each time that it is replaced, so often. */
function storm(server: S3Server, times: number): void {
  let left = times;
  let storms = 0;
  server.intercept((request) => {
    if (request.method !== 'PUT' || !isManifest({ url: request.url!, method: 'PUT', headers: {} }) || left-- <= 0) return false;
    for (const [key, object] of server.objects()) {
      if (!key.endsWith('/manifest')) continue;
      const before = decodeManifest(object.body);
      const body = Buffer.from(encodeManifest({ ...before, revision: before.revision + 1 }));
      server.objects().set(key, { ...object, body, etag: `"storm${++storms}"` });
    }
    return false;
  });
}

const refusal = (status: number, code: string) => ({ kind: 'refusal', status, code } as const);
const TROUBLES: readonly Trouble[] = [
  { name: 'refuses everything', begin: (server) => server.fail({ trouble: refusal(403, 'AccessDenied') }) },
  { name: 'refuses to be written to', begin: (server) => server.fail({ of: isPut, trouble: refusal(403, 'AccessDenied') }) },
  {
    name: 'refuses to give objects',
    begin: (server) => server.fail({ of: (each) => isGet(each) && isObject(each), trouble: refusal(403, 'AccessDenied') }),
  },
  { name: 'never answers', begin: (server) => server.fail({ trouble: { kind: 'silence' } }), options: { timeout: '200ms' } },
  {
    name: 'never answers about objects', options: { timeout: '200ms' },
    begin: (server) => server.fail({ of: isObject, trouble: { kind: 'silence' } }),
  },
  {
    name: 'goes silent in the middle of objects', options: { timeout: '200ms' },
    begin: (server) => server.fail({ of: (each) => isGet(each) && isObject(each), trouble: { kind: 'body', silentAfter: 40 } }),
  },
  {
    name: 'asks for patience every second time', harmless: true,
    begin: (server) => server.fail({ of: everySecond(() => true), trouble: SLOW_DOWN }),
  },
  {
    name: 'cuts every second body of what it gives', harmless: true,
    begin: (server) => server.fail({ of: everySecond(isGet), trouble: { kind: 'body', resetAfter: 30 } }),
  },
  {
    name: 'cuts every second body of what it is given', harmless: true,
    begin: (server) => server.fail({ of: everySecond(isPut), trouble: { kind: 'reset', after: 30 } }),
  },
  {
    name: 'carries out and does not answer, every second time', harmless: true,
    begin: (server) => server.fail({ of: everySecond(isPut), trouble: { kind: 'lost' } }),
  },
  {
    name: 'has its manifest replaced by others, 12 times in a row', harmless: true, options: { parts: { clock: impatient } },
    begin: (server) => storm(server, 12),
  },
  {
    name: 'has its manifest replaced by others, whenever somebody does', options: { parts: { clock: impatient } },
    begin: (server) => storm(server, Infinity),
  },
];

interface Seen {
  readonly pulled: Record<string, string>;
  readonly run: TaskRun;
  readonly value: unknown;
  readonly pushed: Awaited<ReturnType<FolderCache['push']>>;
  readonly storeErrors: number;
}

/** What one computer sees of it all: it pulls, runs everything anew, changes files and pushes. */
async function useAll(options: TaskStorageOptions): Promise<Seen> {
  const computer = world.computer();
  const all = { mode: 'remote:rw', ...options };
  let storeErrors = 0;
  const count = (storage: TaskStorage) => { storeErrors += storage.telemetry.stats().storeErrors; };
  await computer.folder(async (cache, storage) => {
    await cache.pull();
    count(storage);
  }, all);
  const pulled = computer.files();
  let value: unknown;
  const storage = computer.storage(all);
  const run = await computer.run({ storage, force: ['Top', 'Joined'] }, {
    look: (done, { top }) => { value = done.resultOf(top).value; return Promise.resolve(); },
  });
  count(storage);
  await storage.close();
  computer.write(EDITED);
  const pushed = await computer.folder(async (cache, own) => {
    const report = await cache.push();
    count(own);
    return report;
  }, all);
  return { pulled, run, value, pushed, storeErrors };
}

describe.each(TROUBLES)('a bucket that $name', ({ begin, harmless = false, options = {} }) => {
  test('never fails anybody, gives nothing wrong, and what it swallows is counted', async () => {
    begin(world.server);
    const { pulled, run, value, pushed, storeErrors } = await useAll(options);
    run.throwIfFailed();
    expect(value).toEqual(TOP_VALUE);
    for (const [path, text] of Object.entries(pulled)) expect([path, text]).toEqual([path, PUSHED[path]]);
    if (harmless) {
      expect(pulled).toEqual(PUSHED);
      expect(pushed.outcome).toBe('stored');
      expect(run.summary.counts).toMatchObject({ reused: 3 });
      expect(run.outcomes.every(({ status, kept }) => status === 'reused' || kept.length === 1)).toBe(true);
      expect(storeErrors).toBe(0);
    } else {
      expect(storeErrors).toBeGreaterThan(0);
      expect(pushed.outcome).toBe('failed');
    }

    world.server.intercept(undefined);
    const saved = world.snapshot();
    saved(); // without faults
    await world.expectWhole();
    const other = world.computer();
    await other.folder((cache) => cache.pull());
    expect(other.files()).toEqual(harmless ? { ...PUSHED, ...EDITED } : PUSHED);
    expect((await other.run()).summary.counts.reused).toBe(5);
  }, 60_000);

  if (!harmless) {
    test('is an error in strict mode', async () => {
      begin(world.server);
      const computer = world.computer();
      const strict = { mode: 'remote:rw', ...options, strict: true };
      const pull = await computer.folder((cache) => cache.pull(), strict).catch((error: unknown) => error);
      if ((pull as { outcome?: string }).outcome !== 'restored') expect(pull).toMatchObject({ code: 'E_TASK_STORE' });
      computer.write(EDITED);
      await expect(computer.folder((cache) => cache.push(), strict)).rejects.toMatchObject({ code: 'E_TASK_STORE' });
      const storage = computer.storage(strict);
      const run = computer.run({ storage, strict: true, force: ['Top', 'Joined'] }).then((done) => { throw done.failed[0]!.error; });
      await expect(run).rejects.toMatchObject({ code: 'E_TASK_STORE' });
      await storage.close();
    }, 60_000);
  }
});
