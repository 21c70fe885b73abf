import { randomBytes, scrypt } from 'node:crypto';
import { VaultError } from './errors.js';
import { KEY_BYTES, type KeyParameters, type KeySource } from './key-source.js';

/** Cost of scrypt. It takes `128 * N * r` bytes of memory. */
export interface ScryptCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** 128 MiB, and some tenths of a second. */
const COST: ScryptCost = { N: 2 ** 17, r: 8, p: 1 };
/** What a file may ask for: more would be a way to use up the reader's memory or time. */
const MAX_MEMORY = 2 ** 30;
const MIN_LENGTH = 8;

/**
 * A key derived from a passphrase by scrypt; salt and cost are kept in the vault's file.
 *
 * @param passphrase the passphrase, of 8 characters or more, or who asks for it; asked when the key is needed first
 * @param cost of new vaults @default N = 2^17, r = 8, p = 1
 */
export function passphraseKey(passphrase: string | (() => string | Promise<string>), cost: ScryptCost = COST): KeySource {
  let asked: Promise<string> | undefined;
  const ask = async () => {
    asked ??= Promise.resolve(typeof passphrase === 'function' ? passphrase() : passphrase);
    try {
      return checked(await asked);
    } catch (error) {
      asked = undefined;
      throw error;
    }
  };
  return {
    kind: 'passphrase',
    async create() {
      const salt = randomBytes(16);
      const key = await derive(await ask(), salt, cost);
      return { key, parameters: { kind: 'passphrase', kdf: 'scrypt', ...cost, salt: salt.toString('base64') } };
    },
    async open(_vaultId, parameters) {
      const { salt, cost: kept } = readParameters(parameters);
      return derive(await ask(), salt, kept);
    },
    forget: () => Promise.resolve(),
  };
}

function checked(passphrase: unknown): string {
  if (typeof passphrase === 'string' && passphrase.length >= MIN_LENGTH) return passphrase;
  throw new VaultError('E_VAULT_PASSPHRASE',
    `the vault's passphrase must have ${MIN_LENGTH} characters or more, got ${typeof passphrase === 'string' ? passphrase.length : 'none'}`);
}

function readParameters({ kdf, N, r, p, salt }: KeyParameters): { salt: Buffer; cost: ScryptCost } {
  const numbers = [N, r, p].every((number) => typeof number === 'number' && Number.isInteger(number) && number > 0);
  const cost = { N, r, p } as ScryptCost;
  const possible = kdf === 'scrypt' && numbers && typeof salt === 'string' && cost.N > 1 && Number.isInteger(Math.log2(cost.N))
    && cost.p <= 16 && 128 * cost.N * cost.r <= MAX_MEMORY;
  if (!possible) throw new VaultError('E_VAULT_DAMAGED', 'the vault\'s file asks for a way to derive the key that is not known here');
  return { salt: Buffer.from(salt, 'base64'), cost };
}

function derive(passphrase: string, salt: Buffer, cost: ScryptCost): Promise<Buffer> {
  const maxmem = 128 * cost.N * cost.r + 2 ** 25;
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), salt, KEY_BYTES, { ...cost, maxmem }, (error, key) => {
      if (error) reject(new VaultError('E_VAULT_PASSPHRASE', `the key cannot be derived from the passphrase: ${error.message}`, { cause: error }));
      else resolve(key);
    });
  });
}
