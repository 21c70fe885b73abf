import { randomBytes } from 'node:crypto';
import { CLEAR_ADVICE, VaultError } from './errors.js';
import { KEY_BYTES, type KeySource } from './key-source.js';

/** What is used of `@napi-rs/keyring`. */
export interface Keyring {
  readonly AsyncEntry: new (service: string, account: string, options?: KeyringEntryOptions) => KeyringEntry;
}

export interface KeyringEntryOptions {
  readonly linux?: { readonly store?: 'secret-service' | 'keyutils' };
}

export interface KeyringEntry {
  getPassword(signal?: AbortSignal): Promise<string | null | undefined>;
  setPassword(password: string, signal?: AbortSignal): Promise<void>;
  deletePassword(signal?: AbortSignal): Promise<boolean>;
}

export interface KeychainKeyOptions {
  /** The keychain's item. @default cdk-cache-tiers */
  readonly service?: string;
  /** Gives the library. @default - @napi-rs/keyring, loaded when needed */
  readonly load?: () => Promise<Keyring>;
}

/** An operating system may ask the user to unlock the keychain, which takes a person's time, in milliseconds. */
const PATIENCE = 120_000;
/** Without a desktop, the library would fall back to the kernel's keyring, which forgets and does not give to each thread what another has put. */
const STORE: KeyringEntryOptions = { linux: { store: 'secret-service' } };
const ADVICE = 'set CACHE_TIERS_VAULT_PASSPHRASE to use a passphrase in place of the keychain';

/** A random key in the keychain of the operating system, an item of its own for each vault. */
export function keychainKey(options: KeychainKeyOptions = {}): KeySource {
  const { service = 'cdk-cache-tiers', load = importKeyring } = options;
  const using = async <T>(doing: string, vaultId: string, use: (entry: KeyringEntry, signal: AbortSignal) => Promise<T>): Promise<T> => {
    try {
      const { AsyncEntry } = await load();
      return await use(new AsyncEntry(service, `vault-${vaultId}`, STORE), AbortSignal.timeout(PATIENCE));
    } catch (cause) {
      if (cause instanceof VaultError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new VaultError('E_VAULT_KEYCHAIN', `cannot ${doing} the operating system's keychain (${reason}); ${ADVICE}`, { cause });
    }
  };
  return {
    kind: 'keychain',
    create: (vaultId) => using('write to', vaultId, async (entry, signal) => {
      const text = randomBytes(KEY_BYTES).toString('base64');
      await entry.setPassword(text, signal);
      if (await entry.getPassword(signal) !== text) throw new Error('it does not give back what was put into it');
      return { key: Buffer.from(text, 'base64'), parameters: { kind: 'keychain' } };
    }),
    open: (vaultId) => using('read', vaultId, async (entry, signal) => {
      const key = Buffer.from(await entry.getPassword(signal) ?? '', 'base64');
      if (key.length === KEY_BYTES) return key;
      throw new VaultError('E_VAULT_KEY', `the keychain has no key for this vault; ${CLEAR_ADVICE}`);
    }),
    forget: (vaultId) => using('write to', vaultId, async (entry, signal) => {
      if (await entry.getPassword(signal) != null) await entry.deletePassword(signal);
    }),
  };
}

/** The name is put together at run time: a bundler has no use for native code, and would fail for it or for want of it. */
function importKeyring(): Promise<Keyring> {
  const name = ['@napi-rs', 'keyring'].join('/');
  return import(/* webpackIgnore: true */ /* @vite-ignore */ name) as Promise<Keyring>;
}
