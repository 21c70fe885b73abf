import { randomBytes } from 'node:crypto';
import { InvalidArgumentError, show } from '../../errors.js';
import { indexOfFirst, KeySchedule } from './derivation.js';
import type { AttemptKeys, KeyRing } from './key-ring.js';
import { FIRST_VERSION, isMasterKey, isVersion, type MasterKeys } from './master-keys.js';

/** One master key, which is version 1, or several with the one that new results get. */
export type GivenMasterKeys = string | { readonly current: string; readonly keys: Readonly<Record<string, string>> };

/** Master keys that the application has, and that stay as they are. */
export class StaticKeyRing implements KeyRing {
  private readonly schedule: KeySchedule;

  /**
   * Index keys are made from version 1, or from the lowest that there is: once that is taken away, all results are asked for anew.
   *
   * @throws InvalidArgumentError `E_LIVE_MASTER_KEY`
   */
  constructor(masterKey: GivenMasterKeys, namespace: string) {
    const keys = checked(masterKey);
    const lowest = [...keys.keys.keys()].sort((a, b) => Number(a) - Number(b))[0]!;
    const first: MasterKeys = { ...keys, keys: new Map([[FIRST_VERSION, keys.keys.get(lowest)!]]) };
    this.schedule = new KeySchedule(keys, namespace, indexOfFirst(first));
  }

  current(): Promise<string> {
    return Promise.resolve(this.schedule.current);
  }

  keysOf(version: string, salt: string): Promise<AttemptKeys | undefined> {
    return Promise.resolve(this.schedule.keysOf(version, salt));
  }

  mac(text: string): Promise<string> {
    return Promise.resolve(this.schedule.mac(text));
  }
}

/** A random master key that ends with the process: for results that do, too. */
export function ephemeralKeyRing(namespace: string): KeyRing {
  return new StaticKeyRing(randomBytes(48).toString('base64url'), namespace);
}

function checked(masterKey: GivenMasterKeys): MasterKeys {
  const several = typeof masterKey === 'object' && masterKey !== null;
  const { current, keys } = several ? masterKey : { current: FIRST_VERSION, keys: { [FIRST_VERSION]: masterKey } };
  for (const [version, key] of Object.entries(keys ?? {})) {
    if (!isVersion(version)) throw wrong(`has the version ${show(version)}: versions are decimal numbers such as "1"`);
    if (isMasterKey(key)) continue;
    const is = typeof key === 'string' ? `${key.length} characters` : `a value of type ${typeof key}`;
    throw wrong(`must be at least 43 characters of printable ASCII, got ${is} as version ${version}: take 32 random bytes in base64url`);
  }
  if (typeof current !== 'string' || !Object.hasOwn(keys ?? {}, current)) {
    throw wrong(`says that version ${show(current)} is current, and has no key of that version`);
  }
  return { current, keys: new Map(Object.entries(keys)), retired: new Map() };
}

/** Never shows a key. */
function wrong(what: string): InvalidArgumentError {
  return new InvalidArgumentError('E_LIVE_MASTER_KEY', `masterKey ${what}`);
}
