import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheOf, listed, RemoteModel } from './remote-model';

jest.setTimeout(60_000);

const MINUTE = 60_000;
const DAY = 86_400_000;

let home: string;
let remote: RemoteModel;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'copy-'));
  remote = new RemoteModel();
});
afterEach(() => rmSync(home, { recursive: true }));

const folder = () => join(home, 'cache', '123456789012', 'eu-west-3', 'main');
const files = (of: RegExp) => readdirSync(folder()).filter((name) => of.test(name));

/** A cache of a new process. */
const another = (options: Parameters<typeof cacheOf>[1] = {}) => cacheOf(remote, { home, ...options });

test('before the first sync nothing is known; then all is, also without network', async () => {
  for (const name of ['/app/b', '/app/a', '/app/c']) remote.put(name);
  remote.delete('/app/c');
  const cache = another();
  expect(await cache.open()).toMatchObject({ known: false, age: undefined });
  expect(listed(cache)).toEqual([]);
  const progress: object[] = [];
  expect(await cache.sync({ onProgress: (each) => progress.push({ ...each }) })).toMatchObject({
    kind: 'full', reason: 'new', itemsRead: 3, changed: 2, watermark: remote.now,
  });
  expect(progress.at(-1)).toEqual({ kind: 'full', itemsRead: 3, queries: 8 });
  expect(listed(cache)).toEqual(['/app/a:1', '/app/b:1']);

  remote.live(5 * MINUTE);
  const calls = remote.calls;
  const later = another();
  expect(await later.open()).toMatchObject({ known: true, age: 5 * MINUTE });
  expect(listed(later)).toEqual(['/app/a:1', '/app/b:1']);
  expect(later.get('/app/a')).toEqual({ name: '/app/a', version: 1, lastModified: remote.now - 5 * MINUTE, type: 'String' });
  expect(remote.calls).toBe(calls);
});

test('only what has changed is read', async () => {
  for (let i = 0; i < 200; i += 1) remote.put(`/app/${i}`);
  remote.live(6 * MINUTE);
  const cache = another();
  await cache.sync();
  remote.live(DAY);
  for (let i = 0; i < 10; i += 1) remote.put(`/app/${i}`);
  remote.delete('/app/11');
  remote.put('/app/new');
  remote.itemsRead = 0;
  expect(await cache.sync()).toMatchObject({ kind: 'incremental', itemsRead: 12, changed: 12 });
  expect(listed(cache)).toEqual(remote.truth());
  // Those of the last minutes are read again, and change nothing.
  expect(await cache.sync()).toMatchObject({ kind: 'incremental', itemsRead: 12, changed: 0 });
  expect(listed(another())).toEqual([]);
  const fresh = another();
  await fresh.open();
  expect(listed(fresh)).toEqual(remote.truth());
});

describe('all is read anew', () => {
  test.each<[string, string, () => void, object]>([
    ['the table was built anew', 'epoch', () => { remote.clear('two'); remote.put('/app/z'); }, {}],
    ['the table has lost its epoch', 'epoch', () => { remote.about = {}; }, {}],
    ['the footprint names another table', 'table', () => {}, { cacheTable: 'other' }],
    ['the footprint follows other paths', 'namespaces', () => {}, { namespaces: ['/app', '/more'] }],
    ['the copy is older than the tombstones', 'tombstones', () => { remote.delete('/app/a'); remote.live(31 * DAY); }, {}],
  ])('%s', async (_, reason, happens, footprint) => {
    remote.put('/app/a');
    remote.put('/app/b');
    await another().sync();
    happens();
    const cache = another({ footprint });
    expect(await cache.sync()).toMatchObject({ kind: 'full', reason });
    expect(listed(cache)).toEqual(remote.truth());
    if (remote.about.epoch !== undefined) expect(await cache.sync()).toMatchObject({ kind: 'incremental' });
  });

  test('when asked', async () => {
    remote.put('/app/a');
    const cache = another();
    await cache.sync();
    expect(await cache.sync({ full: true })).toMatchObject({ kind: 'full', reason: 'asked' });
  });

  test('a footprint that does not say how long tombstones stay keeps them a day', async () => {
    remote.put('/app/a');
    const cache = another({ footprint: { tombstoneDays: undefined } });
    await cache.sync();
    remote.live(22 * 60 * MINUTE);
    expect(await cache.sync()).toMatchObject({ kind: 'incremental' });
    remote.live(24 * 60 * MINUTE);
    expect(await cache.sync()).toMatchObject({ kind: 'full', reason: 'tombstones' });
  });

  test('not of a table in which nothing happens for long', async () => {
    remote.put('/app/a');
    const cache = another();
    for (let day = 0; day < 100; day += 20) {
      await cache.sync();
      remote.live(20 * DAY);
    }
    expect(await cache.sync()).toMatchObject({ kind: 'incremental', changed: 0 });
  });
});

describe('clocks', () => {
  test.each([-40, -3, 3, 40])('this computer\'s is %d days off', async (days) => {
    const now = () => remote.now + days * DAY;
    const cache = another({ now });
    for (let i = 0; i < 30; i += 1) {
      remote.put(`/app/${i % 7}`);
      remote.delete(`/app/${(i + 3) % 7}`);
      remote.live(i % 3 === 0 ? 9 * DAY : MINUTE);
      await cache.sync();
      expect(listed(cache)).toEqual(remote.truth());
    }
    await cache.put('/app/own', { version: 1 });
    expect(cache.get('/app/own')).toBeDefined();
  });

  test.each([-40, 40])('it is set by %d days between two syncs, and a deletion was forgotten meanwhile', async (days) => {
    remote.put('/app/a');
    remote.put('/app/b');
    let off = 0;
    const cache = another({ now: () => remote.now + off * DAY });
    await cache.sync();
    remote.delete('/app/a');
    remote.live(35 * DAY);
    off = days;
    await cache.sync();
    expect(listed(cache)).toEqual(remote.truth());
  });

  test('a handler\'s is ahead: what others write meanwhile is not missed', async () => {
    remote.ahead = 20 * MINUTE;
    remote.put('/app/a');
    const cache = another();
    await cache.sync();
    remote.ahead = 0;
    remote.live(MINUTE);
    remote.put('/app/b');
    await cache.sync();
    expect(listed(cache)).toEqual(remote.truth());
  });
});

test('a row that becomes visible late is read', async () => {
  remote.put('/app/a');
  const cache = another();
  await cache.sync();
  remote.lag = 4 * MINUTE;
  remote.put('/app/late');
  remote.lag = 0;
  remote.live(MINUTE);
  remote.put('/app/b');
  await cache.sync();
  expect(cache.get('/app/late')).toBeUndefined();
  remote.live(4 * MINUTE);
  await cache.sync();
  expect(listed(cache)).toEqual(remote.truth());
});

describe('own changes', () => {
  beforeEach(async () => {
    remote.put('/app/a');
    await another().sync();
  });

  test('are seen at once, here and by others, and end when the table agrees', async () => {
    const [cache, other] = [another(), another()];
    await cache.open();
    await cache.put('/app/a', { version: 2, type: 'SecureString' });
    await cache.put('/app/new');
    expect(cache.get('/app/a')).toEqual({ name: '/app/a', version: 2, type: 'SecureString' });
    await other.open();
    expect(listed(other)).toEqual(['/app/a:2', '/app/new:undefined']);
    await cache.sync(); // the table does not know yet
    expect(listed(cache)).toEqual(['/app/a:2', '/app/new:undefined']);
    remote.put('/app/a', 2);
    remote.put('/app/new', 1);
    await cache.sync();
    expect(listed(cache)).toEqual(['/app/a:2', '/app/new:1']);
    remote.put('/app/a', 3);
    remote.delete('/app/new');
    await other.sync();
    expect(listed(other)).toEqual(remote.truth());
  });

  test('a deletion hides a name until the table agrees', async () => {
    const cache = another();
    await cache.delete('/app/a');
    await cache.sync();
    expect(listed(cache)).toEqual([]);
    remote.delete('/app/a');
    await cache.sync();
    remote.put('/app/a', 1);
    await cache.sync();
    expect(listed(cache)).toEqual(['/app/a:1']);
  });

  test('what the table does not come to say within ten minutes was not so', async () => {
    const cache = another();
    await cache.put('/app/never');
    remote.live(9 * MINUTE);
    await cache.sync();
    expect(listed(cache)).toEqual(['/app/a:1', '/app/never:undefined']);
    remote.live(2 * MINUTE);
    await cache.open();
    expect(listed(cache)).toEqual(['/app/a:1', '/app/never:undefined']); // nobody has asked the table since
    await cache.sync();
    expect(listed(cache)).toEqual(['/app/a:1']);
  });

  test('a value that is passed by mistake gets nowhere', async () => {
    const cache = another();
    await cache.put('/app/a', { version: 2, value: 'open sesame', Value: 'open sesame' } as object);
    await cache.sync();
    for (const name of readdirSync(folder())) expect(readFileSync(join(folder(), name), 'utf8')).not.toContain('sesame');
  });

  test.each(['', '#meta', 'a\tb', 'a\nb', 7])('%j is no name', async (name) => {
    await expect(another().put(name as string)).rejects.toMatchObject({ code: 'E_CONFIG_NAME' });
  });

  test('are kept when the copy is damaged', async () => {
    const cache = another();
    await cache.put('/app/own', { version: 1 });
    for (const name of files(/base$/)) writeFileSync(join(folder(), name), 'rubbish');
    const later = another();
    expect((await later.open()).known).toBe(false);
    expect(listed(later)).toEqual(['/app/own:1']);
    expect(await later.sync()).toMatchObject({ kind: 'full', reason: 'new' });
    expect(listed(later)).toEqual(['/app/a:1', '/app/own:1']);
    expect(later.events).toMatchObject({ damaged: 1, unsaved: 0 });
  });
});

describe('files', () => {
  test('a copy that turns out to be damaged while it is read is dropped', async () => {
    for (let i = 0; i < 500; i += 1) remote.put(`/app/${i}`);
    await another().sync();
    const [base] = files(/base$/);
    const bytes = readFileSync(join(folder(), base));
    bytes[100] ^= 1;
    writeFileSync(join(folder(), base), bytes);
    const cache = another();
    expect(await cache.open()).toMatchObject({ known: true });
    expect(cache.prefix('/app')).toEqual([]);
    expect(cache.view.known).toBe(false);
    expect(cache.events).toMatchObject({ damaged: 1, problem: { code: 'E_CONFIG_CACHE_DAMAGED' } });
    expect(files(/base$/)).toEqual([]);
    expect(await cache.sync()).toMatchObject({ kind: 'full', reason: 'new' });
    expect(listed(cache)).toEqual(remote.truth());
  });

  test('so is one that a sync finds damaged', async () => {
    for (let i = 0; i < 500; i += 1) remote.put(`/app/${i}`);
    await another().sync();
    const [base] = files(/base$/);
    const bytes = readFileSync(join(folder(), base));
    for (let at = 40; at < bytes.length - 2_000; at += 1_000) bytes[at] ^= 1;
    writeFileSync(join(folder(), base), bytes);
    remote.live(DAY);
    remote.put('/app/7');
    const cache = another();
    expect(await cache.sync()).toMatchObject({ kind: 'full', reason: 'new' });
    expect(listed(cache)).toEqual(remote.truth());
  });

  test.each(['removed', 'truncated'])('a names file is %s', async (how) => {
    remote.put('/app/a');
    await another().sync();
    for (const name of files(/base$/)) {
      if (how === 'removed') rmSync(join(folder(), name));
      else writeFileSync(join(folder(), name), readFileSync(join(folder(), name)).subarray(0, 50));
    }
    const cache = another();
    expect((await cache.open()).known).toBe(false);
    await cache.sync();
    expect(listed(cache)).toEqual(remote.truth());
    expect(cache.events.damaged).toBe(1);
  });

  test('many changes become part of a new names file, and old files go after a while', async () => {
    const cache = another();
    await cache.sync();
    const [first] = files(/base$/);
    remote.pageRows = 500;
    for (let i = 0; i < 1_100; i += 1) remote.put(`/app/${i}`);
    for (let i = 0; i < 50; i += 1) remote.delete(`/app/${i}`);
    expect(await cache.sync()).toMatchObject({ kind: 'incremental', changed: 1_100 });
    expect(files(/base$/)).toHaveLength(2);
    expect(listed(cache)).toEqual(remote.truth());
    for (const name of [first, 'other.file']) {
      writeFileSync(join(folder(), name), '', { flag: 'a' });
      utimesSync(join(folder(), name), new Date(0), new Date(0));
    }
    remote.live(MINUTE);
    remote.put('/app/more');
    await cache.sync();
    expect(files(/base$/)).toHaveLength(1);
    expect(files(/other/)).toHaveLength(1);
    const later = another();
    await later.open();
    expect(listed(later)).toEqual(remote.truth());
    expect(later.count()).toBe(remote.truth().length);
  });

  test('very many changes are sorted outside of memory', async () => {
    const cache = another();
    await cache.sync();
    remote.pageRows = 5_000;
    for (let i = 0; i < 21_000; i += 1) remote.put(`/app/${(i * 7_919) % 21_000}`);
    expect(await cache.sync()).toMatchObject({ kind: 'incremental', changed: 21_000 });
    expect(cache.count()).toBe(21_000);
    expect(files(/run$/)).toEqual([]);
    expect(await cache.sync()).toMatchObject({ changed: 0 });
  });
});

describe('several at once', () => {
  test('what is read and put meanwhile is merged', async () => {
    remote.put('/app/a');
    await another().sync();
    const caches = Array.from({ length: 8 }, () => another());
    let n = 0;
    remote.beforeAnswer = () => { if (n < 60) remote.put(`/app/${n += 1}`); };
    await Promise.all(caches.flatMap((cache, i) => [cache.sync(), cache.put(`/app/own-${i}`, { version: 1 })]));
    const cache = another();
    await cache.sync();
    expect(listed(cache)).toEqual([...remote.truth(), ...caches.map((_, i) => `/app/own-${i}:1`)]);
  });

  test('one reads all names, the others what has changed since', async () => {
    for (let i = 0; i < 50; i += 1) remote.put(`/app/${i}`);
    const reports = await Promise.all(Array.from({ length: 6 }, () => another().sync()));
    expect(reports.filter(({ kind }) => kind === 'full')).toHaveLength(1);
  });

  test('a sync that slept while others went on brings nothing back', async () => {
    remote.put('/app/a');
    await another().sync();
    let wake = () => {};
    const slept = new Promise<void>((resolve) => { wake = resolve; });
    const slow = another();
    // It has read the row of a parameter, and sleeps before it writes.
    remote.put('/app/gone');
    let calls = 0;
    remote.beforeAnswer = () => (calls += 1) === 9 ? slept : undefined;
    const sync = slow.sync();
    await new Promise((resolve) => { setImmediate(resolve); });
    remote.beforeAnswer = undefined;
    const fast = another();
    await fast.sync();
    remote.live(DAY);
    remote.delete('/app/gone');
    await fast.sync();
    remote.live(DAY);
    remote.put('/app/b');
    await fast.sync();
    await fast.sync({ full: true }); // has forgotten the deletion
    wake();
    await sync;
    expect(listed(slow)).toEqual(remote.truth());
  });
});

test('an older copy that stands in for a damaged one is brought up to date from its own time on', async () => {
  remote.put('/app/a');
  remote.live(DAY);
  remote.lag = 4 * MINUTE;
  remote.put('/app/late');
  remote.live(MINUTE);
  await another().sync(); // does not see it yet
  remote.live(4.5 * MINUTE);
  const cache = another();
  await cache.sync();
  expect(listed(cache)).toEqual(remote.truth());
  remote.live(MINUTE);
  let damage = () => {
    const newest = join(folder(), files(/^state\.\d+$/).sort().at(-1)!);
    writeFileSync(newest, readFileSync(newest).subarray(0, 30));
    damage = () => {};
  };
  let answers = 0;
  remote.beforeAnswer = () => { if ((answers += 1) > 1) damage(); }; // while it reads what has changed since the newer copy
  await cache.sync();
  remote.live(DAY);
  await cache.sync();
  expect(listed(cache)).toEqual(remote.truth());
});

describe('refresh', () => {
  test('syncs when the copy is older, and not before', async () => {
    remote.put('/app/a');
    const cache = another();
    expect(await cache.refresh({ maxAge: MINUTE })).toMatchObject({ report: { kind: 'full' } });
    expect(await cache.refresh({ maxAge: MINUTE })).toEqual({});
    remote.live(2 * MINUTE);
    expect(await cache.refresh({ maxAge: MINUTE })).toMatchObject({ report: { kind: 'incremental' } });
  });

  test('a copy from the future is as old as one can be', async () => {
    await another({ now: () => remote.now + DAY }).sync(); // the clock was set back since
    expect(await another().refresh({ maxAge: MINUTE })).toMatchObject({ report: { kind: 'incremental' } });
  });

  test('without network the names are as old as they are; without a copy it is an error', async () => {
    remote.put('/app/a');
    await another().sync();
    remote.live(DAY);
    remote.beforeAnswer = () => { throw new Error('no network'); };
    const cache = another();
    expect(await cache.refresh()).toEqual({ error: new Error('no network') });
    expect(listed(cache)).toEqual(['/app/a:1']);
    expect(cache.age).toBe(DAY);
    await expect(another({ footprint: { region: 'us-east-1' } }).refresh()).rejects.toThrow('no network');
  });

  test('a caller who leaves is told so', async () => {
    remote.put('/app/a');
    await another().sync();
    const leaving = new AbortController();
    remote.beforeAnswer = () => { leaving.abort(new Error('left')); };
    await expect(another().refresh({ signal: leaving.signal })).rejects.toThrow('left');
  });
});

test('accounts, Regions and footprints have copies of their own', async () => {
  remote.put('/app/a');
  await another().sync();
  for (const footprint of [{ account: '210987654321' }, { region: 'us-east-1' }, { name: 'other' }, { name: 'MAIN' }]) {
    const cache = another({ footprint });
    expect((await cache.open()).known).toBe(false);
  }
});

test('a table that goes on where it was read from already is not read for ever', async () => {
  remote.put('/app/a');
  jest.spyOn(remote, 'changed').mockImplementation(async () => ({ rows: [remote.row('/app/a')!], next: '{"the":"same"}' }));
  await expect(another().sync()).rejects.toMatchObject({ code: 'E_CONFIG_ENDLESS' });
});
