import { randomBytes, scrypt } from 'node:crypto';
import { InvalidArgumentError, show } from '../../errors.js';
import { CLEAR_ADVICE, VaultError } from './errors.js';
import { KEY_BYTES, type KeyParameters, type KeySource } from './key-source.js';

/** Cost of scrypt. It takes `128 * N * r` bytes of memory. */
export interface ScryptCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** 128 MiB, and some tenths of a second. */
const COST: ScryptCost = { N: 2 ** 17, r: 8, p: 1 };
/** What a file may ask for, as N * r * p: more would be a way to use up the reader's memory or time. */
const MAX_WORK = 4 * COST.N * COST.r * COST.p;
const MIN_LENGTH = 8;

/**
 * A key derived from a passphrase by scrypt; salt and cost are kept in the vault's file.
 *
 * @param passphrase the passphrase, of 8 characters or more, or who asks for it; asked when the key is needed first
 * @param cost of new vaults, at most four times the default's @default N = 2^17, r = 8, p = 1
 * @throws InvalidArgumentError `E_VAULT_COST`
 */
export function passphraseKey(passphrase: string | (() => string | Promise<string>), cost: ScryptCost = COST): KeySource {
  if (!isPossible(cost)) {
    throw new InvalidArgumentError('E_VAULT_COST',
      `cost must have an N that is a power of two, and N * r * p of at most ${MAX_WORK}, got ${show(cost)}`);
  }
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
  const cost = { N, r, p };
  if (kdf !== 'scrypt' || typeof salt !== 'string' || !isPossible(cost)) {
    throw new VaultError('E_VAULT_DAMAGED', 'the vault\'s file asks for a way to derive the key that is not known here, or for more than '
      + `four times the work that it takes to derive one; ${CLEAR_ADVICE}`);
  }
  return { salt: Buffer.from(salt, 'base64'), cost };
}

function isPossible(cost: { readonly [P in keyof ScryptCost]: unknown }): cost is ScryptCost {
  const { N, r, p } = cost as ScryptCost;
  const areNumbers = [N, r, p].every((number) => Number.isSafeInteger(number) && number > 0);
  return areNumbers && N > 1 && Number.isInteger(Math.log2(N)) && p <= 16 && N * r * p <= MAX_WORK;
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
