import { VAULT_CHANNELS } from '../../../../runtime/config/vault/telemetry';
import type { Vault } from '../../../../runtime/config/vault/vault';
import { cheapKey, MINUTE, VaultWorld } from './worlds';

let world: VaultWorld;
let asked: number;
beforeEach(() => { world = new VaultWorld(); asked = 0; });
afterEach(() => { world.close(); });

const source = () => { asked++; return Promise.resolve(world.credentials(asked)); };
const idOf = async (vault: Vault, name: string = 's') => (await vault.session(name, source)()).accessKeyId;

test('a session is obtained once, and given to whoever asks until shortly before its end', async () => {
  const first = world.vault().session('s', source);
  const credentials = await first();
  expect(credentials).toEqual(world.credentials(1));
  expect(await first()).toBe(credentials);
  expect(await world.vault().session('s', source)()).toEqual(credentials);
  world.time += 49 * MINUTE;
  expect(await idOf(world.vault())).toBe('AKIA1');
  world.time += 2 * MINUTE;
  expect(await idOf(world.vault())).toBe('AKIA2');
  expect((await first()).accessKeyId).toBe('AKIA2');
  expect(asked).toBe(2);
  expect(world.everything()).not.toMatch(/very-secret|token-|AKIA/);
});

test('sessions of two names are two', async () => {
  expect([await idOf(world.vault(), 'a'), await idOf(world.vault(), 'b'), await idOf(world.vault(), 'a')]).toEqual(['AKIA1', 'AKIA2', 'AKIA1']);
});

test('what is kept of another origin under the name is not used', async () => {
  const of = async (origin?: string) => (await world.vault().session('s', source, { ...(origin && { origin }) })()).accessKeyId;
  expect([await of('one'), await of('one'), await of('two'), await of('two'), await of(), await of('one')])
    .toEqual(['AKIA1', 'AKIA1', 'AKIA2', 'AKIA2', 'AKIA3', 'AKIA4']);
  const session = world.vault().session('s', () => Promise.reject(new Error('not signed in')), { origin: 'two' });
  await expect(session()).rejects.toThrow('not signed in');
});

test('many callers of one vault are one question', async () => {
  const session = world.vault().session('s', source);
  await Promise.all(Array.from({ length: 50 }, () => session()));
  const vaults = Array.from({ length: 10 }, () => world.vault().session('t', source));
  await Promise.all(vaults.map((other) => other()));
  expect(asked).toBe(2);
});

test('a short session is kept for half its time', async () => {
  const short = () => { asked++; return Promise.resolve(world.credentials(asked, 4 * MINUTE)); };
  await world.vault().session('s', short)();
  world.time += MINUTE;
  await world.vault().session('s', short)();
  expect(asked).toBe(1);
  world.time += 1.5 * MINUTE;
  await world.vault().session('s', short)();
  expect(asked).toBe(2);
});

test('a session without an end is kept only for a longest time that is given', async () => {
  const endless = () => { asked++; return Promise.resolve({ accessKeyId: `AKIA${asked}`, secretAccessKey: 'very-secret' }); };
  for (let i = 0; i < 3; i++) await world.vault().session('s', endless)();
  expect(asked).toBe(3);
  expect(world.vault().status().entries).toEqual([]);
  for (let i = 0; i < 3; i++) await world.vault().session('s', endless, { maxLifetime: '1h' })();
  expect(asked).toBe(4);
  world.time += 61 * MINUTE;
  await world.vault().session('s', endless, { maxLifetime: '1h' })();
  expect(asked).toBe(5);
});

test('a session that the service refuses is renewed, unless somebody else has done so', async () => {
  const one = world.vault().session('s', source);
  const other = world.vault().session('s', source);
  await Promise.all([one(), other()]);
  expect((await one({ forceRefresh: true })).accessKeyId).toBe('AKIA2');
  expect((await other({ forceRefresh: true })).accessKeyId).toBe('AKIA2');
  expect(asked).toBe(2);
  expect((await other({ forceRefresh: true })).accessKeyId).toBe('AKIA3');
});

test('an error of the source is the caller\'s; others then ask themselves', async () => {
  const error = new Error('log in first');
  const failing = () => { asked++; return Promise.reject(error); };
  const outcomes = await Promise.allSettled(Array.from({ length: 3 }, () => world.vault().session('s', failing)()));
  expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason as unknown)).toEqual([error, error, error]);
  expect(asked).toBe(3);
  expect(await idOf(world.vault())).toBe('AKIA4');
});

test('near its end, a session is better than an error', async () => {
  await world.vault().session('s', source)();
  const failing = () => Promise.reject(new Error('log in first'));
  world.time += 55 * MINUTE;
  expect((await world.vault().session('s', failing)()).accessKeyId).toBe('AKIA1');
  world.time += 4.5 * MINUTE;
  await expect(world.vault().session('s', failing)()).rejects.toThrow('log in first');
});

const BROKEN: Record<string, () => Promise<Vault> | Vault> = {
  'has another key': async () => {
    await world.vault().prepare();
    return world.vault(cheapKey('not the passphrase'));
  },
  'is damaged': async () => {
    await world.vault().prepare();
    world.tamper(() => 'nothing');
    return world.vault();
  },
  'gets no key': () => world.vault({ ...cheapKey(), create: () => Promise.reject(new Error('no keychain')) }),
};

test.each(Object.keys(BROKEN))('where the vault %s, the source is asked, it is said, and nothing is changed', async (kind) => {
  const vault = await BROKEN[kind]();
  const before = world.everything();
  const events: unknown[] = [];
  const listen = (message: unknown) => { events.push(message); };
  VAULT_CHANNELS.error.subscribe(listen);
  const session = vault.session('s', source);
  expect(await session()).toEqual(world.credentials(1));
  expect((await session()).accessKeyId).toBe('AKIA1'); // this process still remembers it
  VAULT_CHANNELS.error.unsubscribe(listen);
  expect(events).toEqual([{ operation: 'read', name: 's', error: expect.any(Error) as Error }]);
  expect(vault.stats()).toMatchObject({ errors: 1, refreshes: 1, memory: 1, writes: 0 });
  expect(world.everything()).toBe(before);
});

test('an entry that is no session counts as none', async () => {
  const vault = world.vault();
  for (const content of ['', '5', 'null', '{}', '{"accessKeyId":"A","secretAccessKey":"B","obtained":1,"expires":"x"}']) {
    await vault.put('s', Buffer.from(content), world.time + MINUTE);
    asked = 0;
    expect((await world.vault().session('s', source)()).accessKeyId).toBe('AKIA1');
    await vault.clear('s');
  }
});

test('a session from another clock\'s future is not trusted', async () => {
  world.time += 24 * 60 * MINUTE;
  await idOf(world.vault());
  world.time -= 24 * 60 * MINUTE;
  expect(await idOf(world.vault())).toBe('AKIA2');
});
