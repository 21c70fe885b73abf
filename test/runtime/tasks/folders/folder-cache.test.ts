import { randomBytes } from 'node:crypto';
import { lstatSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { World, type Computer } from './world';
import { FolderCache } from '../../../../runtime/tasks/folders/folder-cache';
import { cleared } from '../../../../runtime/tasks/manifest/rules';

let world: World;
beforeEach(() => { world = new World(); });
afterEach(() => world.close());

async function pushed(computer: Computer, files: Record<string, string>): Promise<void> {
  for (const [path, content] of Object.entries(files)) computer.write(path, content);
  expect((await computer.cache.push()).outcome).toBe('stored');
}

describe('pull and push', () => {
  test('a folder is on another computer what it was on this one', async () => {
    const [a, b] = [world.computer(), world.computer()];
    const large = randomBytes(9 << 20).toString('latin1');
    a.write('Task/one.json', '{"a":1}');
    a.write('Task/run.sh', '#!/bin/sh', 0o755);
    a.write('large', Buffer.from(large, 'latin1'));
    a.write('empty', '');
    a.write('folder/x', '');
    a.remove('folder/x');
    a.link('latest', 'Task/one.json');
    const report = await a.cache.push();
    expect(report).toMatchObject({ outcome: 'stored', files: 5, added: 5, changed: 0, removed: 0, conflicts: [], refused: [] });
    expect(report.places).toEqual([{ tier: 'remote', scope: 'main' }]);

    const pulled = await b.cache.pull();
    expect(pulled).toMatchObject({ outcome: 'restored', files: 5, written: 6, deleted: 0, refused: [], damaged: [], kept: [] });
    const { large: bytes, ...rest } = b.content();
    expect(bytes === large).toBe(true);
    expect(rest).toEqual({ 'Task/one.json': '{"a":1}', 'Task/run.sh': '#!/bin/sh', empty: '', folder: '/', latest: '-> Task/one.json' });
    expect(b.modeOf('Task/run.sh')).toBe(0o755);
  });

  test('what was pulled is neither pulled nor pushed again: one conditional request each', async () => {
    const [a, b] = [world.computer(), world.computer()];
    await pushed(a, { x: '1', y: '2' });
    await b.cache.pull();
    const before = b.storage.telemetry.stats().requests;
    expect(await b.cache.pull()).toMatchObject({ outcome: 'unchanged', written: 0, files: 2 });
    expect(b.storage.telemetry.stats().requests - before).toBe(1);
    expect(await b.cache.push()).toMatchObject({ outcome: 'unchanged', bytesStored: 0, files: 2 });
    expect(b.storage.telemetry.stats()).toMatchObject({ requests: before + 2, bytesPushed: 0 });
  });

  test('a change of the same length arrives', async () => {
    const [a, b] = [world.computer(), world.computer()];
    await pushed(a, { x: 'aaaa', y: 'bbbb' });
    await b.cache.pull();
    await pushed(a, { x: 'cccc' });
    expect(await b.cache.pull()).toMatchObject({ outcome: 'restored', written: 1 });
    expect(b.content()).toEqual({ x: 'cccc', y: 'bbbb' });
  });

  test('a deletion arrives, and only of what was pulled or pushed there', async () => {
    const [a, b] = [world.computer(), world.computer()];
    await pushed(a, { x: '1', y: '2', z: '3' });
    await b.cache.pull();
    b.write('own', 'b');
    a.remove('x');
    expect(await a.cache.push()).toMatchObject({ outcome: 'stored', removed: 1 });
    expect(await b.cache.pull()).toMatchObject({ outcome: 'restored', deleted: 1 });
    expect(b.content()).toEqual({ own: 'b', y: '2', z: '3' });
  });

  test('an emptied folder that something new is made in deletes nothing either, and gets the rest', async () => {
    const [a, b] = [world.computer(), world.computer()];
    await pushed(a, { x: '1', y: '2' });
    a.remove();
    await pushed(a, { z: '3' });
    expect(await a.cache.push()).toMatchObject({ outcome: 'unchanged' });
    await b.cache.pull();
    expect(b.content()).toEqual({ x: '1', y: '2', z: '3' });
    await a.cache.pull();
    expect(a.content()).toEqual({ x: '1', y: '2', z: '3' });
  });

  test('files that are read here are progress too, of a pull as of a push', async () => {
    const [a, b] = [world.computer(), world.computer()];
    await pushed(a, { x: '1' });
    for (const path of ['p', 'q']) b.write(path, path);
    const [pull, push]: [number[][], number[][]] = [[], []];
    await b.cache.pull({ onProgress: (...numbers) => pull.push(numbers as number[]) });
    await b.cache.push({ onProgress: (...numbers) => push.push(numbers as number[]) });
    expect(pull).toEqual([[1, 2], [2, 2], [1, 1]]);
    expect(push).toEqual([[1, 2], [2, 2], [2, 2], [2, 2]]); // of the files, then once they are stored, and once their tree is
  });

  test('keepDeleted leaves in the cache what was deleted here', async () => {
    const [a, b] = [world.computer(), world.computer()];
    await pushed(a, { x: '1', y: '2' });
    a.remove('x');
    expect(await a.cache.push({ keepDeleted: true })).toMatchObject({ outcome: 'unchanged' });
    await b.cache.pull();
    expect(b.content()).toEqual({ x: '1', y: '2' });
  });

  test('an emptied folder gets everything, and deletes nothing from the cache', async () => {
    const [a, b] = [world.computer(), world.computer()];
    await pushed(a, { x: '1', y: '2' });
    a.remove();
    expect(await a.cache.push()).toMatchObject({ outcome: 'unchanged', removed: 0 });
    expect(await a.cache.pull()).toMatchObject({ outcome: 'restored', written: 2 });
    expect(a.content()).toEqual({ x: '1', y: '2' });
    await b.cache.pull();
    expect(b.content()).toEqual({ x: '1', y: '2' });
  });

  test('a target that was deleted here to be made again is not brought back by a pull', async () => {
    const a = world.computer();
    await pushed(a, { x: '1', y: '2' });
    a.remove('x');
    expect(await a.cache.pull()).toMatchObject({ written: 0 });
    expect(a.content()).toEqual({ y: '2' });
  });

  test('what was changed here and in the cache stays as it is here, and is named; overwrite takes what the cache has', async () => {
    const [a, b] = [world.computer(), world.computer()];
    await pushed(a, { x: '1' });
    await b.cache.pull();
    await pushed(a, { x: 'of a' });
    b.write('x', 'of b');
    expect(await b.cache.pull()).toMatchObject({ kept: ['x'], written: 0 });
    expect(b.content()).toEqual({ x: 'of b' });
    expect(await b.cache.pull({ overwrite: true })).toMatchObject({ kept: [], written: 1 });
    expect(b.content()).toEqual({ x: 'of a' });
  });

  test('of what two have made, and never had in common, the later is there and the path is named', async () => {
    const [a, b, c] = [world.computer(), world.computer(), world.computer()];
    await pushed(a, { both: 'of a', same: 's' });
    b.write('both', 'of b');
    b.write('same', 's');
    expect(await b.cache.push()).toMatchObject({ outcome: 'stored', added: 0, changed: 1, conflicts: ['both'] });
    await c.cache.pull();
    expect(c.content()).toEqual({ both: 'of b', same: 's' });
  });

  test('two that push at once both keep what they made; of what both changed, the later is there and the path is named', async () => {
    const [a, b, c] = [world.computer(), world.computer(), world.computer()];
    await pushed(a, { both: '0', same: 's' });
    await b.cache.pull();
    a.write('both', 'of a');
    a.write('a', 'a');
    b.write('both', 'of b');
    b.write('b', 'b');
    const reports = await Promise.all([a.cache.push(), b.cache.push()]);
    expect(reports.map(({ outcome }) => outcome)).toEqual(['stored', 'stored']);
    expect(reports.flatMap(({ conflicts }) => conflicts)).toEqual(['both']);
    await c.cache.pull();
    const { both, ...rest } = c.content();
    expect(rest).toEqual({ a: 'a', b: 'b', same: 's' });
    expect(['of a', 'of b']).toContain(both);
  });

  test('many that push at once all keep what they made', async () => {
    const computers = Array.from({ length: 8 }, () => world.computer());
    computers.forEach((computer, i) => computer.write(`of-${i}`, `${i}`));
    await Promise.all(computers.map(({ cache }) => cache.push()));
    const reader = world.computer();
    await reader.cache.pull();
    expect(reader.content()).toEqual(Object.fromEntries(computers.map((_, i) => [`of-${i}`, `${i}`])));
  });

  test('a dry run says what would be done, and does nothing of it', async () => {
    const [a, b] = [world.computer(), world.computer()];
    a.write('x', '1');
    expect(await a.cache.push({ dryRun: true })).toMatchObject({ outcome: 'stored', added: 1, bytesStored: 0, places: [] });
    expect(await b.cache.pull()).toMatchObject({ outcome: 'empty' });
    await a.cache.push();
    expect(await b.cache.pull({ dryRun: true })).toMatchObject({ outcome: 'restored', written: 1 });
    expect(b.content()).toEqual({});
  });

  test('the folder of the cache is not part of it', async () => {
    const { storage, ...a } = world.computer({ mode: 'local:rw' });
    const around = new FolderCache(storage, { folder: `${a.folder}/..` });
    expect(await around.push()).toMatchObject({ files: 0 });
    expect(await around.push()).toMatchObject({ outcome: 'unchanged' });
    const further = new FolderCache(storage, { folder: `${a.folder}/../..`, name: 'further', ignore: ['*'] });
    expect(await further.push()).toMatchObject({ files: 0 });
  });

  test('files that Luigi was writing when it was killed are not part of it', async () => {
    const [a, b] = [world.computer(), world.computer()];
    await pushed(a, { 'T/a.json': '1', 'T/a.json-luigi-tmp-0123456789': 'half' });
    await b.cache.pull();
    expect(b.content()).toEqual({ 'T/a.json': '1' });
  });
});

describe('scopes', () => {
  const scopes = () => ({ main: world.computer(), request: world.computer({ scope: 'pull-request', readScopes: ['main'] }) });

  test('a pull request gets what main has, and its own over it; main gets nothing of it', async () => {
    const { main, request } = scopes();
    await pushed(main, { x: 'main', y: 'main' });
    await request.cache.pull();
    expect(request.content()).toEqual({ x: 'main', y: 'main' });
    request.write('x', 'request');
    request.write('z', 'request');
    expect(await request.cache.push()).toMatchObject({ outcome: 'stored', added: 2, places: [{ tier: 'remote', scope: 'pull-request' }] });
    const next = world.computer({ scope: 'pull-request', readScopes: ['main'] });
    await next.cache.pull();
    expect(next.content()).toEqual({ x: 'request', y: 'main', z: 'request' });
    const later = world.computer();
    await later.cache.pull();
    expect(later.content()).toEqual({ x: 'main', y: 'main' });
  });

  test('what main has and somebody has deleted here to be made again is not brought back, also after a push', async () => {
    const { main, request } = scopes();
    await pushed(main, { x: 'main', y: 'main' });
    await request.cache.pull();
    request.remove('x');
    await pushed(request, { z: 'request' });
    await request.cache.pull();
    expect(request.content()).toEqual({ y: 'main', z: 'request' });
    await pushed(main, { x: 'new in main' });
    await request.cache.pull();
    expect(request.content()).toEqual({ x: 'new in main', y: 'main', z: 'request' });
  });
});

describe('difference', () => {
  test('says what has changed here and in the cache since the two were the same', async () => {
    const [a, b] = [world.computer(), world.computer()];
    expect(await a.cache.difference()).toBeUndefined();
    await pushed(a, { same: '=', both: '1', here: '1', there: '1', 'gone/here': '1', 'gone/there': '1' });
    await b.cache.pull();
    a.remove('gone/there');
    await pushed(a, { both: '2', there: '2', new: 'a', alike: 'x' });
    b.remove('gone/here');
    for (const [path, content] of Object.entries({ both: '3', here: '3', new: 'b', alike: 'x', own: 'b' })) b.write(path, content);
    expect(await b.cache.difference()).toEqual({
      kept: [{
        tier: 'remote', scope: 'main', place: expect.any(String), digest: expect.any(String), files: 7, bytes: 7, created: expect.any(Number),
      }],
      unchanged: 2,
      paths: [
        { path: 'both', here: 'changed', there: 'changed' }, { path: 'gone/here', here: 'deleted' }, { path: 'gone/there', there: 'deleted' },
        { path: 'here', here: 'changed' }, { path: 'new', here: 'added', there: 'added' }, { path: 'own', here: 'added' },
        { path: 'there', there: 'changed' },
      ],
    });
    b.remove();
    expect((await b.cache.difference())!.paths).toHaveLength(7); // a new folder: all of it is new in the cache
  });

  test('fails if what the cache has cannot be read', async () => {
    const a = world.computer();
    await pushed(a, { x: '1' });
    jest.spyOn(world.remote, 'get').mockResolvedValue(undefined);
    await expect(world.computer().cache.difference()).rejects.toMatchObject({ code: 'E_TASK_STORE', message: expect.stringContaining('"output"') });
  });
});

describe('what cannot be reached', () => {
  test('of another scope: it is not taken for empty, and nothing is deleted here for it', async () => {
    const { remote } = world;
    const read = remote.read.bind(remote);
    let down = true;
    jest.spyOn(remote, 'read').mockImplementation((key, options) => {
      return down && key.startsWith('v1/main/') ? Promise.reject(new Error('away')) : read(key, options);
    });
    const request = world.computer({ scope: 'pull-request', readScopes: ['main'] });
    expect(await request.cache.pull()).toMatchObject({ outcome: 'failed' });
    down = false;
    expect(await request.cache.pull()).toMatchObject({ outcome: 'empty' });
    await pushed(world.computer(), { x: 'main' });
    await request.cache.pull();
    await pushed(request, { y: 'request' });
    down = true;
    await request.cache.pull();
    expect(request.content()).toEqual({ x: 'main', y: 'request' });
  });
});

describe('switches', () => {
  test('everything off: neither pulled nor pushed', async () => {
    const [on, off] = [world.computer(), world.computer({ switches: { enabled: false } })];
    await pushed(on, { x: '1' });
    expect(await off.cache.pull()).toMatchObject({ outcome: 'off' });
    off.write('y', '2');
    expect(await off.cache.push()).toMatchObject({ outcome: 'off' });
  });

  test('a family that is off is neither restored nor stored nor deleted', async () => {
    const on = world.computer();
    const off = world.computer({ switches: { tasks: { 'Delete*': false } } });
    await pushed(on, { 'DeleteStack/a': '1', 'Get/a': '1' });
    await off.cache.pull();
    expect(off.content()).toEqual({ 'Get/a': '1' });
    off.write('DeleteStack/b', '2');
    off.write('Get/b', '2');
    expect(await off.cache.push()).toMatchObject({ added: 1, removed: 0 });
    await on.cache.pull();
    expect(on.content()).toEqual({ 'DeleteStack/a': '1', 'Get/a': '1', 'Get/b': '2' });
  });
});

describe('fails', () => {
  test.each([['', /folder must be a path, got ''/], [undefined, /folder must be a path, got undefined/], ['/', /folder must not be the root/]])('for the folder %p', (folder, message) => {
    expect(() => new FolderCache(world.computer().storage, { folder: folder as string })).toThrow(message as RegExp);
  });

  test('for what lies in the folder of the cache', () => {
    const { storage } = world.computer();
    const message = /folder must not be in that of the cache, '.*cache', got '.*'/;
    for (const folder of ['', '/v1/main']) {
      expect(() => new FolderCache(storage, { folder: storage.settings.folder + folder })).toThrow(message);
    }
  });

  test('for a name that is none', () => {
    expect(() => new FolderCache(world.computer().storage, { folder: 'x', name: 'a\nb' })).toThrow(/name must be a text of 1 to 200 characters, got 'a\\nb'/);
  });
});

describe('what is remembered of a folder', () => {
  test('cannot be written: the cache works on, and what was pulled is known as long as the process lives', async () => {
    const [a, b] = [world.computer(), world.computer()];
    await pushed(a, { x: '1', y: '2' });
    b.write('../cache', 'a file where a folder should be');
    expect(await b.cache.pull()).toMatchObject({ outcome: 'restored', written: 2 });
    expect(b.storage.telemetry.stats().storeErrors).toBe(1);
    await pushed(a, { x: 'of a' });
    b.write('y', 'of b');
    expect(await b.cache.push()).toMatchObject({ outcome: 'stored', changed: 1, conflicts: [] });
    await a.cache.pull();
    expect(a.content()).toEqual({ x: 'of a', y: 'of b' });
  });
});

describe('dates', () => {
  const modified = (computer: Computer, path: string) => Math.floor(lstatSync(join(computer.folder, path)).mtimeMs);

  test('files have the one that they were pushed with, so that what goes by dates does not take them for newer than its sources', async () => {
    const [a, b, c] = [world.computer(), world.computer(), world.computer()];
    a.write('app', 'old');
    utimesSync(join(a.folder, 'app'), 1_700_000_000.125, 1_700_000_000.125);
    a.write('large', randomBytes(300_000).toString('latin1'));
    utimesSync(join(a.folder, 'large'), 1_600_000_000, 1_600_000_000);
    await a.cache.push();
    await b.cache.pull();
    expect([modified(b, 'app'), modified(b, 'large')]).toEqual([1_700_000_000_125, 1_600_000_000_000]);
    expect(await b.cache.push()).toMatchObject({ outcome: 'unchanged' });
    await c.cache.pull({ touch: true });
    expect(modified(c, 'app')).toBeGreaterThan(1_700_000_000_125);
  });

  test('a file with another date and the same content is no change', async () => {
    const a = world.computer();
    await pushed(a, { x: '1' });
    utimesSync(join(a.folder, 'x'), 1_700_000_000, 1_700_000_000);
    expect(await a.cache.push()).toMatchObject({ outcome: 'unchanged', changed: 0 });
  });
});

describe('a cache that is cleared', () => {
  const clear = async ({ storage }: Computer) => {
    await storage.refresh();
    await storage.places[0].manifest.update(cleared);
  };

  test('takes a folder that is pushed, at once and whole', async () => {
    const [a, b] = [world.computer(), world.computer()];
    await pushed(a, { x: '1', y: '2' });
    await clear(a);
    expect(await b.cache.pull()).toMatchObject({ outcome: 'empty' });
    expect(await a.cache.push()).toMatchObject({ outcome: 'stored', added: 2 });
    await b.cache.pull();
    expect(b.content()).toEqual({ x: '1', y: '2' });
  });

  test('deletes nothing on a computer that had pulled before', async () => {
    const [a, b] = [world.computer(), world.computer()];
    await pushed(a, { x: '1', y: '2' });
    await b.cache.pull();
    await clear(a);
    const c = world.computer();
    await pushed(c, { z: '3' });
    expect(await b.cache.pull()).toMatchObject({ outcome: 'restored', written: 1, deleted: 0 });
    expect(b.content()).toEqual({ x: '1', y: '2', z: '3' });
  });

  test('does not get back what a run had pulled before and did not make: however often it pushes', async () => {
    const [a, b] = [world.computer(), world.computer()];
    await pushed(a, { x: '1', y: '2' });
    await b.cache.pull();
    await clear(a);
    b.write('z', '3');
    expect(await b.cache.push()).toMatchObject({ outcome: 'stored', added: 1 });
    expect(await b.cache.push()).toMatchObject({ outcome: 'unchanged' });
    const c = world.computer();
    await c.cache.pull();
    expect(c.content()).toEqual({ z: '3' });
  });
});
