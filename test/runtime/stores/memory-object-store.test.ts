import { MemoryObjectStore } from '../../../runtime/stores/memory-object-store';
import { PrefixedObjectStore } from '../../../runtime/stores/prefixed-object-store';
import { ManualClock } from '../../../runtime/testing/manual-clock';
import { describeObjectStore } from '../../support/contracts/object-store';

const shared = new MemoryObjectStore();
describeObjectStore('embedded', () => shared);

describe('below a prefix', () => {
  const whole = new MemoryObjectStore();
  describeObjectStore('embedded', () => new PrefixedObjectStore(whole, 'v1/main/'));

  test('it sees what is below it only, and says where it is', async () => {
    const [store, other] = ['v1/main/', 'v1/other/'].map((prefix) => new PrefixedObjectStore(whole, prefix));
    await store!.create('objects/a', Buffer.from('x'));
    await other!.replace('manifest', Buffer.from('y'), undefined);
    const found = [];
    for await (const { key } of other!.list('')) found.push(key);
    expect([found, await other!.get('objects/a'), store!.place]).toEqual([['manifest'], undefined, 'memory/v1/main']);
    expect(Buffer.from((await whole.get('v1/main/objects/a'))!).toString()).toBe('x');
  });

  test('fails for a prefix that is no folder', () => {
    for (const prefix of ['', '/', 'v1', '../', 'v1//', '/v1/']) expect(() => new PrefixedObjectStore(whole, prefix)).toThrow(/^(prefix|key) must/);
  });

  test('a key does not lead out of it', async () => {
    await expect(new PrefixedObjectStore(whole, 'v1/a/').get('../b/manifest')).rejects.toMatchObject({ code: 'E_STORE_KEY' });
  });

  test('what could not be deleted has its own key', async () => {
    const failing = Object.assign(new MemoryObjectStore(), {
      delete: (keys: readonly string[]) => Promise.resolve(keys.map((key) => ({ key, message: 'AccessDenied' }))),
    });
    expect(await new PrefixedObjectStore(failing, 'v1/').delete(['a/b'])).toEqual([{ key: 'a/b', message: 'AccessDenied' }]);
  });
});

test('times are the clock\'s that is given', async () => {
  const clock = new ManualClock(5000);
  const store = new MemoryObjectStore({ clock, place: 'here' });
  await store.create('a', Buffer.from('x'));
  await clock.advance(1000);
  await store.replace('b', Buffer.from('x'), undefined);
  const found = [];
  for await (const { key, lastModified } of store.list('')) found.push([key, lastModified]);
  expect([found, await store.read('b'), store.place]).toEqual([[['a', 5000], ['b', 6000]], expect.objectContaining({ time: 6000 }), 'here']);
});
