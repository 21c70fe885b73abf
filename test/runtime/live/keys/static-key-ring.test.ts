import { inspect } from 'node:util';
import { ephemeralKeyRing, StaticKeyRing, type GivenMasterKeys } from '../../../../runtime/live/keys/static-key-ring';

const KEY = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#';
const OTHER = KEY.replace('0', '1');

test('one key is version 1', async () => {
  const ring = new StaticKeyRing(KEY, 'live');
  expect(await ring.current()).toBe('1');
  const sealed = (await ring.keysOf('1', 'attempt'))!.seal(Buffer.from('x'));
  const same = new StaticKeyRing({ current: '1', keys: { 1: KEY } }, 'live');
  expect(Buffer.from((await same.keysOf('1', 'attempt'))!.open(sealed)).toString()).toBe('x');
  expect(await ring.keysOf('2', 'attempt')).toBeUndefined();
});

test('index keys stay while the first version is there, whichever is current', async () => {
  const before = new StaticKeyRing(KEY, 'live');
  const after = new StaticKeyRing({ current: '2', keys: { 1: KEY, 2: OTHER } }, 'live');
  expect(await after.current()).toBe('2');
  expect(await after.mac('x')).toBe(await before.mac('x'));
  expect(await before.mac('x')).toMatch(/^[\w-]{43}$/);
  const without = new StaticKeyRing({ current: '2', keys: { 2: OTHER, 10: KEY } }, 'live');
  expect(await without.mac('x')).toBe(await new StaticKeyRing(OTHER, 'live').mac('x'));
});

test('a random one is another each time', async () => {
  const [a, b] = [ephemeralKeyRing('live'), ephemeralKeyRing('live')];
  expect(await a.mac('x')).not.toBe(await b.mac('x'));
  const keys = (await a.keysOf(await a.current(), 'attempt'))!;
  expect(keys.object).toHaveLength(32);
  expect(Buffer.from(keys.open(keys.seal(Buffer.from('small')))).toString()).toBe('small');
});

test.each<[unknown, string]>([
  [KEY.slice(0, 42), 'masterKey must be at least 43 characters of printable ASCII, got 42 characters as version 1'],
  ['', 'got 0 characters as version 1'],
  [`${KEY}é`, 'got 65 characters as version 1'],
  [7, 'got a value of type number as version 1'],
  [null, 'got a value of type object as version 1'],
  [undefined, 'got a value of type undefined as version 1'],
  [{ current: '2', keys: { 1: KEY } }, 'masterKey says that version \'2\' is current, and has no key of that version'],
  [{ current: 1, keys: { 1: KEY } }, 'says that version 1 is current'],
  [{ current: '1' }, 'says that version \'1\' is current'],
  [{ current: 'toString', keys: {} }, 'says that version \'toString\' is current'],
  [{ current: 'a', keys: { a: KEY } }, 'masterKey has the version \'a\': versions are decimal numbers such as "1"'],
  [{ current: '1', keys: { 1: KEY, 2: 'short' } }, 'got 5 characters as version 2'],
])('fails for %p', (masterKey, message) => {
  let thrown: unknown;
  try { new StaticKeyRing(masterKey as GivenMasterKeys, 'live'); } catch (error) { thrown = error; }
  expect(thrown).toMatchObject({ code: 'E_LIVE_MASTER_KEY', message: expect.stringContaining(message) as string });
  expect(inspect(thrown)).not.toContain(KEY.slice(0, 20));
});
