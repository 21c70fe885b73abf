import * as library from '@napi-rs/keyring';
import { Vault } from '../../../../runtime/config/vault/vault';
import { keychainKey, type Keyring, type KeyringEntry } from '../../../../runtime/config/vault/keychain-key';
import { passphraseKey } from '../../../../runtime/config/vault/passphrase-key';
import { cheapKey, PASSPHRASE, VaultWorld } from './worlds';

jest.setTimeout(60_000);

let world: VaultWorld;
beforeEach(() => { world = new VaultWorld(); });
afterEach(() => { world.close(); });

/** A keychain in memory. */
class MemoryKeyring {
  readonly items = new Map<string, string>();

  readonly load = (): Promise<Keyring> => {
    const { items } = this;
    return Promise.resolve({
      AsyncEntry: class implements KeyringEntry {
        private readonly name: string;
        constructor(service: string, account: string) { this.name = `${service} ${account}`; }
        getPassword() { return Promise.resolve(items.get(this.name) ?? null); }
        setPassword(password: string) { items.set(this.name, password); return Promise.resolve(); }
        deletePassword() { return Promise.resolve(items.delete(this.name)); }
      },
    });
  };
}

const put = (vault: Vault) => vault.put('a', Buffer.from('secret of a'));
const get = async (vault: Vault) => (await vault.get('a'))?.secret.toString();

describe('the keychain', () => {
  test('has one random key for each vault, which goes with it', async () => {
    const keyring = new MemoryKeyring();
    const key = () => keychainKey({ load: keyring.load });
    await put(world.vault(key()));
    expect(await get(world.vault(key()))).toBe('secret of a');
    expect(world.vault(key()).status()).toMatchObject({ key: 'keychain' });
    expect([...keyring.items.keys()]).toEqual([`cdk-cache-tiers vault-${world.content().id}`]);
    expect(world.everything()).not.toContain([...keyring.items.values()][0]);
    const other = new VaultWorld();
    await put(other.vault(key()));
    expect(new Set(keyring.items.values()).size).toBe(2);
    await other.vault(key()).clear();
    other.close();
    expect([...keyring.items.keys()]).toEqual([`cdk-cache-tiers vault-${world.content().id}`]);
  });

  test('of several that make a vault at once, one does, and no key is left over', async () => {
    const keyring = new MemoryKeyring();
    const vaults = Array.from({ length: 10 }, () => world.vault(keychainKey({ load: keyring.load })));
    await Promise.all(vaults.map((vault, i) => vault.put(`entry ${i}`, Buffer.from(`secret ${i}`))));
    expect(keyring.items.size).toBe(1);
    for (let i = 0; i < 10; i++) expect((await vaults[9 - i].get(`entry ${i}`))?.secret.toString()).toBe(`secret ${i}`);
  });

  test('that has lost the key says so; the vault stays as it is', async () => {
    const keyring = new MemoryKeyring();
    const key = keychainKey({ load: keyring.load });
    await put(world.vault(key));
    const before = world.everything();
    keyring.items.clear();
    await expect(get(world.vault(key))).rejects.toMatchObject({ code: 'E_VAULT_KEY' });
    await expect(put(world.vault(key))).rejects.toMatchObject({ code: 'E_VAULT_KEY' });
    expect(keyring.items.size).toBe(0);
    expect(world.everything()).toBe(before);
  });

  test('that cannot be used is an error that names the passphrase', async () => {
    const refused = {
      code: 'E_VAULT_KEYCHAIN', message: expect.stringMatching(/locked.*CACHE_TIERS_VAULT_PASSPHRASE/) as string,
    };
    const key = keychainKey({ load: () => Promise.reject(new Error('locked')) });
    await expect(put(world.vault(key))).rejects.toMatchObject(refused);
    expect(world.vault(key).status().state).toBe('absent');
    const forgetful = new MemoryKeyring();
    jest.spyOn(forgetful.items, 'set').mockReturnValue(forgetful.items);
    await expect(put(world.vault(keychainKey({ load: forgetful.load })))).rejects.toMatchObject({ code: 'E_VAULT_KEYCHAIN' });
  });

  test('is asked by the library as it is: an item of its own for each vault, never in the keyring of the kernel', async () => {
    const made: unknown[] = [];
    class Recorded extends library.AsyncEntry {
      constructor(...args: ConstructorParameters<typeof library.AsyncEntry>) { made.push(args); super(...args); }
    }
    const key = keychainKey({ service: 'cdk-cache-tiers-test', load: () => Promise.resolve({ AsyncEntry: Recorded }) });
    await key.open('none', { kind: 'keychain' }).catch((error: { code: string }) => { expect(error.code).toMatch(/^E_VAULT_KEY/); });
    expect(made).toEqual([['cdk-cache-tiers-test', 'vault-none', { linux: { store: 'secret-service' } }]]);
  });
});

describe('the passphrase', () => {
  test('opens by scrypt at its full cost, which stands in the file', async () => {
    await put(world.vault(passphraseKey(PASSPHRASE)));
    expect(world.content().key).toEqual({ kind: 'passphrase', kdf: 'scrypt', N: 131_072, r: 8, p: 1, salt: expect.any(String) as string });
    expect(await get(world.vault(passphraseKey(PASSPHRASE)))).toBe('secret of a');
  });

  test('is what it is however it was typed', async () => {
    await put(world.vault(cheapKey('e\u0301tude au clavier')));
    expect(await get(world.vault(cheapKey('\u00e9tude au clavier')))).toBe('secret of a');
  });

  test('is asked for once, when it is needed, and again after an error', async () => {
    const ask = jest.fn<Promise<string>, []>().mockRejectedValueOnce(new Error('no terminal')).mockResolvedValue(PASSPHRASE);
    const key = passphraseKey(ask, { N: 16, r: 1, p: 1 });
    const vault = world.vault(key);
    vault.status();
    expect(ask).not.toHaveBeenCalled();
    await expect(put(vault)).rejects.toThrow('no terminal');
    await put(vault);
    await put(vault);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  test.each(['', 'short', undefined, 5])('%p is none', async (passphrase) => {
    await expect(put(world.vault(passphraseKey(passphrase as string)))).rejects.toMatchObject({ code: 'E_VAULT_PASSPHRASE' });
  });

  test('comes from the environment, where there is one', async () => {
    const vault = new Vault({ home: world.home, env: { CACHE_TIERS_VAULT_PASSPHRASE: PASSPHRASE } });
    await put(vault);
    expect(vault.status().key).toBe('passphrase');
  });

  test.each([{ p: 5 }, { N: 2 ** 18, p: 3 }, { r: 33 }, { N: 2 ** 40 }, { N: 2, r: 1, p: 17 }, { N: 3 }, { N: '16' }])(
    'is not derived at a cost of %p, which only a foreign hand could ask for', async (cost) => {
      await put(world.vault());
      world.tamper(({ key }) => { Object.assign(key, { N: 2 ** 17, r: 8, p: 1 }, cost); });
      await expect(get(world.vault())).rejects.toMatchObject({ code: 'E_VAULT_DAMAGED', message: expect.stringContaining('vault clear') as string });
    });

  test('makes no vault at a cost at which it would not open it', () => {
    expect(() => passphraseKey(PASSPHRASE, { N: 2 ** 20, r: 8, p: 1 })).toThrow(expect.objectContaining({ code: 'E_VAULT_COST' }));
  });

  test('does not open a vault of the keychain, nor the other way round: the message says which it is', async () => {
    const keyring = new MemoryKeyring();
    await put(world.vault(keychainKey({ load: keyring.load })));
    await expect(get(world.vault())).rejects.toMatchObject({
      code: 'E_VAULT_KEY', message: expect.stringContaining('made with a keychain') as string,
    });
    await world.vault().clear();
    await put(world.vault());
    await expect(get(world.vault(keychainKey({ load: keyring.load })))).rejects.toMatchObject({
      code: 'E_VAULT_KEY', message: expect.stringContaining('set CACHE_TIERS_VAULT_PASSPHRASE') as string,
    });
  });
});
