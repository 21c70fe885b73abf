import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FootprintMemory } from '../../../runtime/config/footprint-memory';
import { VersionedFile } from '../../../runtime/home/versioned-file';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'footprints-')); });
afterEach(() => rmSync(folder, { recursive: true }));

const footprint = { name: 'main', account: '123456789012', region: 'eu-west-3', partition: 'aws', namespaces: ['/app'], cacheTable: 'names' };
const memory = (key = 'a', now = 1000) => new FootprintMemory(folder, key, () => now);
const generation = () => new VersionedFile(folder, 'footprints').read()?.generation;

test('each who asks has a footprint of its own', () => {
  memory('a').write(footprint);
  memory('b').write({ ...footprint, name: 'other' });
  expect(memory('a').read()).toEqual({ at: 1000, footprint });
  expect(memory('b').read()?.footprint.name).toBe('other');
  expect(memory('c').read()).toBeUndefined();
});

test('what has not changed is not written again at once', () => {
  memory().write(footprint);
  memory('a', 2000).write(footprint);
  expect(generation()).toBe(1);
  memory('a', 62_000).write(footprint);
  expect([generation(), memory().read()?.at]).toEqual([2, 62_000]);
  memory('a', 62_001).write({ ...footprint, auditTable: 'log' });
  expect(memory().read()?.footprint.auditTable).toBe('log');
});

test('the hundred that were read last are remembered', () => {
  for (let i = 0; i < 110; i += 1) memory(`key ${i}`, i).write(footprint);
  expect(memory('key 9').read()).toBeUndefined();
  expect(memory('key 10').read()).toBeDefined();
  expect(memory('key 109').read()).toBeDefined();
});

test('who comes second writes beside who came first', () => {
  memory('a').write(footprint);
  const { replace } = VersionedFile.prototype;
  const spy = jest.spyOn(VersionedFile.prototype, 'replace').mockImplementationOnce(function (this: VersionedFile) {
    replace.call(this, 1, JSON.stringify([['a', { at: 1, footprint }], ['c', { at: 1, footprint }]]));
    return false;
  });
  memory('b').write(footprint);
  spy.mockRestore();
  expect(['a', 'b', 'c'].map((key) => memory(key).read() !== undefined)).toEqual([true, true, true]);
});

const entry = (members: object) => JSON.stringify([['a', { at: 1, footprint: { ...footprint, ...members } }]]);

test.each([
  'no JSON', '', 'null', '7', '{}', '[null]', '[["a"]]', '[["a",null]]', '[["a",{}]]',
  '[["a",{"at":"1","footprint":{}}]]', '[["a",{"at":1,"footprint":null}]]',
  entry({ namespaces: 'x' }), entry({ account: 7 }), entry({ auditTable: {} }), entry({ tombstoneDays: '30' }), entry({ tombstoneDays: 0 }),
])('what is no footprint counts as not there: %j', (content) => {
  new VersionedFile(folder, 'footprints').replace(0, content);
  expect(memory().read()).toBeUndefined();
  memory().write(footprint);
  expect(memory().read()).toEqual({ at: 1000, footprint });
});
