import { createHash, randomBytes } from 'node:crypto';
import type { CredentialSource } from '../../aws/credential-sources.js';
import { FileLease } from '../../home/file-lease.js';
import { Home } from '../../home/home.js';
import { VersionedFile } from '../../home/versioned-file.js';
import { CLEAR_ADVICE, VaultError } from './errors.js';
import type { KeySource } from './key-source.js';
import { keychainKey } from './keychain-key.js';
import { passphraseKey } from './passphrase-key.js';
import { VaultSession, type SessionOptions } from './session.js';
import { VaultTelemetry, type VaultStats } from './telemetry.js';
import {
  decodeVault, encodeVault, entryOf, isKeyOf, newContent, openEntry, readEntry, sealEntry, without, type VaultContent,
} from './vault-content.js';

export interface VaultOptions {
  /** The folder of local files. @default Home.open() */
  readonly home?: Home;
  /** @default - a passphrase if CACHE_TIERS_VAULT_PASSPHRASE is set, otherwise the keychain of the operating system */
  readonly key?: KeySource;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** The current time in Unix epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

export interface VaultEntryStatus {
  readonly name: string;
  readonly version: number;
  /** When it expires, in Unix epoch milliseconds. */
  readonly expires?: number;
}

export interface VaultStatus {
  /** `damaged`: the file is there, but cannot be read; only `clear` helps. */
  readonly state: 'absent' | 'ready' | 'damaged';
  /** Where the key comes from: `keychain`, `passphrase`. */
  readonly key?: string;
  readonly entries: readonly VaultEntryStatus[];
  /** How many entries cannot even be told by name. */
  readonly unreadable: number;
}

export interface VaultSecret {
  readonly secret: Buffer;
  readonly version: number;
  readonly expires?: number;
}

interface LoadedVault {
  readonly file: VersionedFile;
  readonly generation: number;
  readonly content: VaultContent | 'absent' | 'damaged';
}

/** How often a write is tried while others are first. */
const ATTEMPTS = 1000;
/** Entries that expired longer ago than this are removed with the next write, in milliseconds. */
const OUTDATED = 30 * 86_400_000;

/**
 * Secrets in one encrypted file. Names and times of expiry are readable in it; the secrets are sealed with AES-256-GCM, each bound to its vault,
 * name, version and time. Nothing in it is ever removed because it cannot be read: only `clear` does that.
 */
export class Vault {
  readonly telemetry = new VaultTelemetry();
  private readonly home: Home;
  private readonly key: KeySource;
  private readonly now: () => number;
  /** Keys at hand, by vault. */
  private readonly keys = new Map<string, Promise<Buffer>>();

  /** @throws HomeError `E_HOME_PATH` if the home folder's path is wrong. Nothing is read before it is needed. */
  constructor({ home, key, env = process.env, now = Date.now }: VaultOptions = {}) {
    this.home = home ?? Home.open({ env });
    const passphrase = env.CACHE_TIERS_VAULT_PASSPHRASE;
    this.key = key ?? (passphrase ? passphraseKey(passphrase) : keychainKey());
    this.now = now;
  }

  stats(): VaultStats {
    return this.telemetry.stats();
  }

  /** What is in it, without a secret, and without the key. @throws HomeError if the file cannot be read */
  status(): VaultStatus {
    const { content } = this.load();
    if (typeof content === 'string') return { state: content, entries: [], unreadable: 0 };
    const entries = content.entries.map(readEntry);
    return {
      state: 'ready',
      key: content.key.kind,
      entries: entries.flatMap((entry) => entry ?? []).map(({ sealed: _, ...status }) => status),
      unreadable: entries.filter((entry) => entry === undefined).length,
    };
  }

  /**
   * A secret.
   *
   * @returns undefined if there is none, or it is not what was written
   * @throws VaultError `E_VAULT_KEY`, `E_VAULT_KEYCHAIN`, `E_VAULT_PASSPHRASE`, `E_VAULT_DAMAGED`; HomeError if the file cannot be read
   */
  async get(name: string): Promise<VaultSecret | undefined> {
    const content = readable(this.load());
    const entry = content && entryOf(content, name);
    if (entry === undefined) return undefined;
    const secret = openEntry(content!, await this.keyOf(content!), entry);
    if (secret === undefined) {
      this.telemetry.damaged(name);
      return undefined;
    }
    return { secret, version: entry.version, ...(entry.expires === undefined ? {} : { expires: entry.expires }) };
  }

  /**
   * Writes a secret. The first makes the vault.
   *
   * @param expires Unix epoch milliseconds
   * @throws as `get`; HomeError if the file cannot be written
   */
  async put(name: string, secret: Uint8Array, expires?: number): Promise<void> {
    await this.write((content, key) => {
      const version = (entryOf(content, name)?.version ?? 0) + 1;
      const entry = sealEntry(content, key, { name, version, ...(expires === undefined ? {} : { expires }) }, secret);
      const oldest = this.now() - OUTDATED;
      const others = without(content.entries, name).filter((other) => (readEntry(other)?.expires ?? Infinity) > oldest);
      return { ...content, entries: [...others, entry] };
    });
  }

  /** Makes sure that there is a vault, and that the key opens it. @throws as `put` */
  async prepare(): Promise<void> {
    const content = readable(this.load());
    if (content === undefined) await this.write((made) => made);
    else await this.keyOf(content);
  }

  /**
   * Removes an entry, or everything, also what cannot be read. Needs no key.
   *
   * @param name @default - all, and the key
   * @returns how many entries were removed
   * @throws HomeError if the file cannot be written; VaultError `E_VAULT_KEYCHAIN` if the key cannot be removed, with all else done
   */
  async clear(name?: string): Promise<number> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { file, generation, content } = this.load();
      if (content === 'absent') return 0;
      if (name !== undefined && content === 'damaged') throw damagedVault();
      const entries = content === 'damaged' ? [] : content.entries;
      const kept = name === undefined ? [] : without(entries, name);
      if (name !== undefined && kept.length === entries.length) return 0;
      if (!file.replace(generation, encodeVault(name === undefined || content === 'damaged' ? 'cleared' : { ...content, entries: kept }))) continue;
      file.removeOlder();
      if (name === undefined && content !== 'damaged' && content.key.kind === this.key.kind) await this.key.forget(content.id);
      return entries.length - kept.length;
    }
    throw new VaultError('E_VAULT_BUSY', 'the vault cannot be cleared, since others write to it all the time; try again');
  }

  /**
   * Credentials of a session that is kept until shortly before it expires, and renewed once however many processes ask. If the vault cannot be
   * used, the source is asked.
   *
   * @param name of the session: two sources never share one
   * @param source asked when there is no session; its errors are the caller's
   */
  session(name: string, source: CredentialSource, options: SessionOptions = {}): CredentialSource {
    const lease = () => new FileLease(this.home.folder('vault'), leaseName(name), { fileSystem: this.home.fileSystem });
    const session = new VaultSession(name, source, this, lease, this.now, options);
    return (asked) => session.credentials(asked?.forceRefresh ?? false);
  }

  private load(): LoadedVault {
    const file = new VersionedFile(this.home.folder('vault'), 'vault', { maxBytes: 2 ** 22, fileSystem: this.home.fileSystem });
    const current = file.read();
    if (current === undefined) return { file, generation: 0, content: file.isDamaged() ? 'damaged' : 'absent' };
    if (current.damaged) this.telemetry.damaged();
    const content = decodeVault(current.bytes);
    return { file, generation: current.generation, content: content === 'cleared' ? 'absent' : content };
  }

  private async write(change: (content: VaultContent, key: Buffer) => VaultContent): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const loaded = this.load();
      const found = readable(loaded);
      const content = found ?? await this.create();
      const key = await this.keyOf(content);
      if (loaded.file.replace(loaded.generation, encodeVault(change(content, key)))) {
        this.telemetry.add('writes');
        return;
      }
      if (found !== undefined) continue;
      this.keys.delete(content.id); // somebody else has made the vault
      await this.key.forget(content.id).catch(() => {});
    }
    throw new VaultError('E_VAULT_BUSY', 'the vault cannot be written, since others write to it all the time; try again');
  }

  private async create(): Promise<VaultContent> {
    const id = randomBytes(16).toString('hex');
    const { key, parameters } = await this.key.create(id);
    this.keys.set(id, Promise.resolve(key));
    return newContent(id, key, parameters);
  }

  private async keyOf(content: VaultContent): Promise<Buffer> {
    const { kind } = content.key;
    if (kind !== this.key.kind) {
      const way = kind === 'passphrase' ? 'set CACHE_TIERS_VAULT_PASSPHRASE' : `use the ${kind}, without CACHE_TIERS_VAULT_PASSPHRASE`;
      throw new VaultError('E_VAULT_KEY', `this vault was made with a ${kind}, not with a ${this.key.kind}: ${way}; ${CLEAR_ADVICE}`);
    }
    const opening = this.keys.get(content.id) ?? this.key.open(content.id, content.key);
    this.keys.set(content.id, opening);
    try {
      const key = await opening;
      if (isKeyOf(content, key)) return key;
      throw new VaultError('E_VAULT_KEY', `the ${kind} does not open this vault: it is not the one that it was made with; ${CLEAR_ADVICE}`);
    } catch (error) {
      this.keys.delete(content.id);
      throw error;
    }
  }
}

function readable({ content }: LoadedVault): VaultContent | undefined {
  if (content === 'damaged') throw damagedVault();
  return content === 'absent' ? undefined : content;
}

function damagedVault(): VaultError {
  return new VaultError('E_VAULT_DAMAGED', `the vault's file is damaged; ${CLEAR_ADVICE}`);
}

function leaseName(name: string): string {
  return `lease-${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
}
