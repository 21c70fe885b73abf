import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import { LIVE_KEY_USE } from '../../../lib/contract/live.js';
import type { AttemptKeys } from './key-ring.js';
import { FIRST_VERSION, type MasterKeys } from './master-keys.js';

const BYTES = 32;
const CIPHER = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;

/** HKDF with SHA-256, 32 bytes. It takes some microseconds, so nobody keeps what it gives for longer than an attempt lasts. */
export function derive(master: KeyObject, salt: string | Uint8Array, info: string | Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', master, salt, info, BYTES));
}

/** What `index` is as long as the secret does not say: made from the first key. `undefined` if that is not there. */
export function indexOfFirst({ keys }: MasterKeys): string | undefined {
  const first = keys.get(FIRST_VERSION);
  return first === undefined ? undefined : derive(masterKey(first), '', LIVE_KEY_USE.index).toString('base64url');
}

/** All that is made from one state of the master keys. */
export class KeySchedule {
  /** Version to write with. */
  readonly current: string;
  private readonly masters: ReadonlyMap<string, KeyObject>;
  private readonly index: KeyObject;

  /** @param index in base64url, in place of the one in `keys` or of the one made from the first key; there must be one of them */
  constructor(keys: MasterKeys, private readonly namespace: string, index: string = keys.index ?? indexOfFirst(keys)!) {
    this.current = keys.current;
    this.masters = new Map([...keys.keys].map(([version, key]) => [version, masterKey(key)]));
    this.index = createSecretKey(Buffer.from(index, 'base64url'));
  }

  /** @returns undefined if there is no such version */
  keysOf(version: string, salt: string): AttemptKeys | undefined {
    const master = this.masters.get(version);
    return master && new DerivedKeys(master, salt, this.namespace);
  }

  mac(text: string): string {
    return createHmac('sha256', this.index).update(text).digest('base64url');
  }
}

/** Derived when they are asked for: an attempt needs one or the other. */
class DerivedKeys implements AttemptKeys {
  private segments?: Buffer;
  private small?: Buffer;

  constructor(private readonly master: KeyObject, private readonly salt: string, private readonly namespace: string) {}

  get object(): Uint8Array {
    return this.segments ??= derive(this.master, this.salt, LIVE_KEY_USE.object(this.namespace));
  }

  seal(plain: Uint8Array): string {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv(CIPHER, this.inline, nonce, { authTagLength: TAG }).setAAD(Buffer.from(this.salt));
    return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64');
  }

  open(sealed: string): Uint8Array {
    const bytes = Buffer.from(sealed, 'base64');
    try {
      const decipher = createDecipheriv(CIPHER, this.inline, bytes.subarray(0, NONCE), { authTagLength: TAG })
        .setAAD(Buffer.from(this.salt))
        .setAuthTag(bytes.subarray(Math.max(NONCE, bytes.length - TAG)));
      return Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()]);
    } catch (cause) {
      throw new Error('the small result was not sealed with this attempt\'s key, or has been changed', { cause });
    }
  }

  private get inline(): Buffer {
    return this.small ??= derive(this.master, this.salt, LIVE_KEY_USE.inline(this.namespace));
  }
}

function masterKey(text: string): KeyObject {
  return createSecretKey(Buffer.from(text));
}
