import { readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VAULT_CHANNELS } from '../../../../runtime/config/vault/telemetry';
import { Vault } from '../../../../runtime/config/vault/vault';
import { cheapKey, filesBelow, VaultWorld } from './worlds';

let world: VaultWorld;
beforeEach(() => { world = new VaultWorld(); });
afterEach(() => { world.close(); });

const secret = async (vault: Vault, name: string) => (await vault.get(name))?.secret.toString();

async function filled(): Promise<Vault> {
  const vault = world.vault();
  await vault.put('a', Buffer.from('secret of a'), 1_900_000_000_000);
  await vault.put('b', Buffer.from('secret of b'));
  return vault;
}

test('what is put is there for whoever has the key', async () => {
  expect(world.vault().status()).toEqual({ state: 'absent', entries: [], unreadable: 0 });
  expect(await secret(world.vault(), 'a')).toBeUndefined();
  await filled();
  expect(await world.vault().get('a')).toEqual({ secret: Buffer.from('secret of a'), version: 1, expires: 1_900_000_000_000 });
  expect(await secret(world.vault(), 'b')).toBe('secret of b');
  await world.vault().put('a', Buffer.from('newer'));
  expect(await world.vault().get('a')).toEqual({ secret: Buffer.from('newer'), version: 2 });
  expect(world.vault(cheapKey('another passphrase')).status()).toEqual({
    state: 'ready', key: 'passphrase', unreadable: 0, entries: [{ name: 'b', version: 1 }, { name: 'a', version: 2 }],
  });
});

test('no secret is readable in any file, and all of it is the owner\'s alone', async () => {
  await filled();
  expect(world.everything()).toContain('"name":"a"');
  expect(world.everything()).not.toMatch(/secret of|correct horse/);
  for (const path of filesBelow(world.path)) expect(statSync(path).mode & 0o777).toBe(0o600);
  for (const path of [world.path, join(world.path, 'vault')]) expect(statSync(path).mode & 0o777).toBe(0o700);
});

test('the same secret is never the same twice in the file', async () => {
  const vault = await filled();
  const sealed = new Set<unknown>();
  for (let i = 0; i < 20; i++) {
    await vault.put('a', Buffer.from('secret of a'));
    sealed.add((world.content().entries.find(({ name }) => name === 'a')!.sealed as string).slice(0, 16));
  }
  expect(sealed.size).toBe(20);
});

test('a wrong passphrase is told as such, and changes nothing', async () => {
  await filled();
  const before = world.content();
  const wrong = world.vault(cheapKey('not the passphrase'));
  await expect(wrong.get('a')).rejects.toMatchObject({ code: 'E_VAULT_KEY', message: expect.stringContaining('vault clear') as string });
  await expect(wrong.put('c', Buffer.from('x'))).rejects.toMatchObject({ code: 'E_VAULT_KEY' });
  expect(world.content()).toEqual(before);
  expect(await secret(world.vault(), 'a')).toBe('secret of a');
});

const TAMPERED: Record<string, (entries: Record<string, unknown>[]) => void> = {
  'a changed byte': ([a]) => { a.sealed = `${(a.sealed as string).slice(0, -8)}AAAA${(a.sealed as string).slice(-4)}`; },
  'a shorter text': ([a]) => { a.sealed = (a.sealed as string).slice(0, 20); },
  'another time': ([a]) => { a.expires = 1_999_999_999_999; },
  'another version': ([a]) => { a.version = 7; },
  'another\'s content': ([a, b]) => { a.sealed = b.sealed; },
  'another name': ([a, b]) => { a.name = 'c'; b.name = 'b'; },
};

test.each(Object.keys(TAMPERED))('an entry with %s is absent, and said; the others stay', async (kind) => {
  const vault = await filled();
  world.tamper((content) => { TAMPERED[kind](content.entries); });
  const damaged: unknown[] = [];
  const listen = (message: unknown) => { damaged.push(message); };
  VAULT_CHANNELS.damaged.subscribe(listen);
  const name = kind === 'another name' ? 'c' : 'a';
  expect(await secret(vault, name)).toBeUndefined();
  VAULT_CHANNELS.damaged.unsubscribe(listen);
  expect(damaged).toEqual([{ name }]);
  expect(vault.stats().damaged).toBe(1);
  expect(await secret(vault, 'b')).toBe('secret of b');
  await vault.put('d', Buffer.from('new'));
  expect(world.content().entries).toHaveLength(3); // not wiped by a write of another
  await vault.put(name, Buffer.from('again'));
  expect(await secret(vault, name)).toBe('again');
});

test('two entries that change places are both absent', async () => {
  const vault = await filled();
  world.tamper(({ entries: [a, b] }) => { [a.name, b.name] = [b.name, a.name]; });
  expect([await secret(vault, 'a'), await secret(vault, 'b')]).toEqual([undefined, undefined]);
});

test('an older version of one entry does not open under another name, nor from another vault', async () => {
  const vault = await filled();
  const old = world.content().entries.find(({ name }) => name === 'a')!;
  await vault.put('a', Buffer.from('newer'));
  world.tamper(({ entries }) => { entries.find(({ name }) => name === 'b')!.sealed = old.sealed; });
  expect(await secret(vault, 'b')).toBeUndefined();

  const other = new VaultWorld();
  await other.vault().put('a', Buffer.from('of the other'));
  world.tamper((content) => { content.entries = other.content().entries; });
  expect(await secret(world.vault(), 'a')).toBeUndefined();
  other.close();
});

test('entries that are none are counted and stay', async () => {
  const vault = await filled();
  world.tamper((content) => { content.entries.push({ name: 5 }, null as never, { name: 'x', version: 1.5, sealed: '' }); });
  expect(vault.status()).toMatchObject({ state: 'ready', unreadable: 3 });
  await vault.put('c', Buffer.from('c'));
  expect(vault.status()).toMatchObject({ unreadable: 3, entries: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] });
});

test('a file that is cut short is as the one before it', async () => {
  const vault = await filled();
  const folder = join(world.path, 'vault');
  const newest = readdirSync(folder).sort().at(-1)!;
  truncateSync(join(folder, newest), 40);
  expect(await secret(vault, 'a')).toBe('secret of a');
  expect(vault.stats().damaged).toBeGreaterThan(0);
  await vault.put('c', Buffer.from('c'));
  expect(await secret(vault, 'c')).toBe('c');
});

const BROKEN = [
  ['bytes', 'not json at all'], ['other JSON', '{"format":"another"}'], ['a header that is none', '{"format":"cache-tiers-vault-1","id":1}'],
];

test.each(BROKEN)(
  'of a file with %s an error says what to do, and nothing is wiped', async (_, content) => {
    await filled();
    world.tamper(() => content);
    expect(world.vault().status().state).toBe('damaged');
    for (const run of [world.vault().get('a'), world.vault().put('a', Buffer.from('x')), world.vault().clear('a')]) {
      await expect(run).rejects.toMatchObject({ code: 'E_VAULT_DAMAGED', message: expect.stringContaining('vault clear') as string });
    }
    expect(world.file().read()!.bytes.toString()).toBe(content);
    await world.vault().clear();
    expect(world.vault().status().state).toBe('absent');
    await filled();
  });

test('where no file is whole, the vault is damaged, and clear makes room for another', async () => {
  await filled();
  for (const path of filesBelow(world.path)) writeFileSync(path, 'x');
  expect(world.vault().status().state).toBe('damaged');
  await expect(world.vault().put('a', Buffer.from('x'))).rejects.toMatchObject({ code: 'E_VAULT_DAMAGED' });
  await world.vault().clear();
  await filled();
  expect(await secret(world.vault(), 'b')).toBe('secret of b');
});

test('a header that was changed does not pass for the vault', async () => {
  await filled();
  world.tamper((content) => { content.key.N = 32; });
  await expect(world.vault().get('a')).rejects.toMatchObject({ code: 'E_VAULT_KEY' });
  world.tamper((content) => { content.key.N = 2 ** 30; });
  await expect(world.vault().get('a')).rejects.toMatchObject({ code: 'E_VAULT_DAMAGED' });
});

test('clear removes one or all, without a key, and leaves no older file behind', async () => {
  await filled();
  const keyless = world.vault(cheapKey('another passphrase'));
  expect(await keyless.clear('none')).toBe(0);
  expect(await keyless.clear('a')).toBe(1);
  expect(await secret(world.vault(), 'a')).toBeUndefined();
  expect(await secret(world.vault(), 'b')).toBe('secret of b');
  expect(world.everything()).not.toContain('"name":"a"');
  expect(await keyless.clear()).toBe(1);
  expect(world.vault().status().state).toBe('absent');
  expect(world.everything()).not.toContain('sealed');
  expect(await keyless.clear()).toBe(0);
});

test('what expired long ago goes with the next write', async () => {
  const vault = world.vault();
  await vault.put('old', Buffer.from('x'), world.time - 31 * 86_400_000);
  await vault.put('recent', Buffer.from('x'), world.time - 86_400_000);
  await vault.put('new', Buffer.from('x'), world.time);
  expect(vault.status().entries.map(({ name }) => name)).toEqual(['recent', 'new']);
});

test('names may be anything', async () => {
  const vault = world.vault();
  for (const name of ['__proto__', '', '../../etc', 'ü\n"']) await vault.put(name, Buffer.from(`of ${name}`));
  for (const name of ['__proto__', '', '../../etc', 'ü\n"']) expect(await secret(world.vault(), name)).toBe(`of ${name}`);
});
