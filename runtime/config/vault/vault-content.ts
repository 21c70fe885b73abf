import { isRecord } from '../is-record.js';
import type { KeyParameters } from './key-source.js';
import { seal, unseal, type Binding } from './seal.js';

const VAULT_FORMAT = 'cache-tiers-vault-1';

/** An entry as the file has it. Only the name and the time are readable. */
export interface SealedEntry {
  readonly name: string;
  /** Raised by every write of the entry. */
  readonly version: number;
  /** When what is in it expires, in Unix epoch milliseconds. */
  readonly expires?: number;
  readonly sealed: string;
}

/** What the vault's file says. */
export interface VaultContent {
  readonly id: string;
  readonly key: KeyParameters;
  /** Opens with the right key only. */
  readonly check: string;
  /** Each as it was found, also those that are none: they stay until they are cleared. */
  readonly entries: readonly unknown[];
}

export type VaultFile = VaultContent | 'cleared' | 'damaged';

const CLEARED = { format: VAULT_FORMAT, cleared: true };

export function encodeVault(content: VaultContent | 'cleared'): string {
  if (content === 'cleared') return JSON.stringify(CLEARED);
  const { id, key, check, entries } = content;
  return JSON.stringify({ format: VAULT_FORMAT, id, key, check, entries });
}

/** Reads any bytes. Never throws. */
export function decodeVault(bytes: Buffer): VaultFile {
  let file: unknown;
  try { file = JSON.parse(bytes.toString()); } catch { return 'damaged'; }
  if (!isRecord(file) || file.format !== VAULT_FORMAT) return 'damaged';
  if (file.cleared === true) return 'cleared';
  const { id, key, check, entries } = file;
  if (typeof id !== 'string' || typeof check !== 'string' || !isKeyParameters(key) || !Array.isArray(entries)) return 'damaged';
  return { id, key, check, entries };
}

/** @returns undefined if it is no entry */
export function readEntry(entry: unknown): SealedEntry | undefined {
  if (!isRecord(entry)) return undefined;
  const { name, version, expires, sealed } = entry;
  if (typeof name !== 'string' || !Number.isSafeInteger(version) || typeof sealed !== 'string') return undefined;
  if (expires !== undefined && !isTime(expires)) return undefined;
  return { name, version: version as number, sealed, ...(expires === undefined ? {} : { expires: expires as number }) };
}

/** Unix epoch milliseconds that are a date: they are shown as one. */
function isTime(value: unknown): boolean {
  return typeof value === 'number' && !Number.isNaN(new Date(value).getTime());
}

/** The entry of this name; of several, which only a foreign hand could have made, the first. */
export function entryOf({ entries }: VaultContent, name: string): SealedEntry | undefined {
  return entries.map(readEntry).find((entry) => entry?.name === name);
}

/** All entries but those of one name. */
export function without(entries: readonly unknown[], name: string): readonly unknown[] {
  return entries.filter((entry) => readEntry(entry)?.name !== name);
}

export function sealEntry(content: VaultContent, key: Buffer, entry: Omit<SealedEntry, 'sealed'>, secret: Uint8Array): SealedEntry {
  return { ...entry, sealed: seal(key, secret, bindingOf(content.id, entry)) };
}

/** @returns undefined if the entry is not what was written for this vault under this name, version and time */
export function openEntry({ id }: VaultContent, key: Buffer, entry: SealedEntry): Buffer | undefined {
  return unseal(key, entry.sealed, bindingOf(id, entry));
}

export function newContent(id: string, key: Buffer, parameters: KeyParameters): VaultContent {
  return { id, key: parameters, check: seal(key, Buffer.alloc(0), checkBinding(id, parameters)), entries: [] };
}

export function isKeyOf({ id, key: parameters, check }: VaultContent, key: Buffer): boolean {
  return unseal(key, check, checkBinding(id, parameters)) !== undefined;
}

function bindingOf(id: string, { name, version, expires }: Omit<SealedEntry, 'sealed'>): Binding {
  return [VAULT_FORMAT, 'entry', id, name, version, expires ?? null];
}

function checkBinding(id: string, parameters: KeyParameters): Binding {
  return [VAULT_FORMAT, 'key', id, ...Object.entries(parameters).sort(([a], [b]) => a < b ? -1 : 1).flat()];
}

function isKeyParameters(value: unknown): value is KeyParameters {
  return isRecord(value) && typeof value.kind === 'string' && Object.values(value).every((each) => ['string', 'number'].includes(typeof each));
}
