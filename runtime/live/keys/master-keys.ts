import { LIVE_SECRET } from '../../../lib/contract/live.js';
import { KeyError } from '../errors.js';

/** What the secret says. Nothing of it but versions and times may be shown to anybody. */
export interface MasterKeys {
  /** Version that new objects are written under. */
  readonly current: string;
  /** Master keys by version. */
  readonly keys: ReadonlyMap<string, string>;
  /** When a version ceased to be current, in Unix epoch milliseconds. */
  readonly retired: ReadonlyMap<string, number>;
  /** Key of index keys: 32 bytes in base64url. Unset before the first rotation. */
  readonly index?: string;
}

/** The version that `index` is made from as long as it is not set. */
export const FIRST_VERSION = '1';

const VERSION = /^[1-9]\d{0,8}$/;
const KEY = /^[\x20-\x7e]{43,4096}$/;
const TIME = /^\d{1,15}$/;
const INDEX = /^[\w-]{43}$/;

/** Whether it can be the name of a version: a decimal number in a string. */
export const isVersion = (value: unknown): boolean => matches(VERSION, value);

/** Whether it can be a master key: at least 43 characters of printable ASCII. */
export const isMasterKey = (value: unknown): boolean => matches(KEY, value);

/**
 * Reads the secret's text, strictly: what is not understood here would be lost with the next rotation.
 *
 * @throws KeyError which says what is wrong and shows nothing of what is there
 */
export function parseMasterKeys(text: string | undefined): MasterKeys {
  const { [LIVE_SECRET.current]: current, [LIVE_SECRET.index]: index, ...others } = membersOf(text);
  const keys = new Map<string, string>();
  const retired = new Map<string, number>();
  for (const [name, value] of Object.entries(others)) {
    const [, kind, version = ''] = /^(key|retired)(.*)$/s.exec(name) ?? [];
    if (kind === undefined || !isVersion(version)) {
      throw malformed('has a member that is none of "current", "index", "key<version>" and "retired<version>": remove it');
    }
    if (kind === 'key') keys.set(version, check(value, KEY, name, 'at least 43 characters of printable ASCII'));
    else retired.set(version, Number(check(value, TIME, name, 'Unix epoch milliseconds, as a decimal number in a string')));
  }
  const version = check(current, VERSION, 'current', 'a version, as a decimal number in a string');
  if (!keys.has(version)) throw malformed(`says that version ${version} is current, and has no "key${version}"`);
  retired.delete(version); // somebody has gone back to it by hand
  for (const each of retired.keys()) if (!keys.has(each)) throw malformed(`has "retired${each}", and no "key${each}"`);
  if (index === undefined && !keys.has(FIRST_VERSION)) {
    throw malformed('has neither "index" nor "key1", of which it would be made: restore the version of the secret that had one of them');
  }
  return { current: version, keys, retired, ...(index !== undefined && { index: check(index, INDEX, 'index', '32 bytes in base64url') }) };
}

/** The secret's text, the same for the same keys. */
export function formatMasterKeys({ current, keys, retired, index }: MasterKeys): string {
  const versions = [...keys.keys()].sort((a, b) => Number(a) - Number(b));
  return JSON.stringify({
    [LIVE_SECRET.current]: current,
    ...Object.fromEntries(versions.map((version) => [LIVE_SECRET.key(version), keys.get(version)])),
    ...Object.fromEntries(versions.filter((version) => retired.has(version)).map((version) => [
      LIVE_SECRET.retired(version), String(retired.get(version)),
    ])),
    ...(index !== undefined && { [LIVE_SECRET.index]: index }),
  });
}

function membersOf(text: string | undefined): Record<string, unknown> {
  if (text === undefined) throw malformed('is binary: it must be JSON in text');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch { /* what JSON.parse says repeats a piece of the text */ }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw malformed('must be a JSON object such as {"current": "1", "key1": …}');
}

function check(value: unknown, form: RegExp, name: string, kind: string): string {
  if (matches(form, value)) return value;
  throw malformed(value === undefined ? `has no "${name}": it must be ${kind}` : `has a "${name}" that is not ${kind}`);
}

function matches(form: RegExp, value: unknown): value is string {
  return typeof value === 'string' && form.test(value);
}

function malformed(what: string): KeyError {
  return new KeyError(`the secret of the master keys ${what}`);
}
