import type { CachedParameter } from '../tables/cache-table.js';

/** What the local copy knows of a parameter: never its value. Members that are not known are absent. Times are Unix epoch milliseconds. */
export interface LocalName extends LocalMetadata {
  readonly name: string;
}

/** What a put or the table of names says of a parameter. */
export interface LocalMetadata {
  readonly version?: number;
  readonly lastModified?: number;
  readonly type?: string;
  /** ARN of who wrote the version. */
  readonly lastModifiedUser?: string;
  readonly tier?: string;
  readonly keyId?: string;
  readonly dataType?: string;
  readonly description?: string;
}

/** A row of the copy. What is known of the parameter stays JSON until somebody asks for it. */
export interface Row {
  readonly name: string;
  /** When the table's row was written, which orders the rows of a name: Unix epoch milliseconds. */
  readonly changed: number;
  readonly active: boolean;
  /** Array of the members, in their order. */
  readonly json: string;
}

const NUMBERS = ['version', 'lastModified'] as const;
const TEXTS = ['type', 'lastModifiedUser', 'tier', 'keyId', 'dataType', 'description'] as const;
const MEMBERS = [...NUMBERS, ...TEXTS] as const;

/** A later time is none: it has no date. */
const LAST_TIME = 8.64e15;

/** Metadata as an array of members in a fixed order. Picked one by one, so a value that somebody passes can never get into a file. */
export function encodeMetadata(metadata: LocalMetadata): string {
  const members = [
    ...NUMBERS.map((member) => Number.isFinite(metadata[member]) ? metadata[member] : null),
    ...TEXTS.map((member) => typeof metadata[member] === 'string' ? metadata[member] : null),
  ];
  while (members.length > 0 && members.at(-1) === null) members.pop();
  return JSON.stringify(members);
}

/** The members that are there; what is of a wrong type counts as not known. */
export function decodeMetadata(json: string): LocalMetadata {
  return withMetadata({}, json);
}

export function localName({ name, json }: Pick<Row, 'name' | 'json'>): LocalName {
  return withMetadata({ name }, json);
}

/** Plain, as one search does this for a thousand names before the engine has compiled it. */
function withMetadata<T extends object>(found: T, json: string): T & LocalMetadata {
  const members = membersOf(json);
  const known = found as Record<string, unknown>;
  const count = Math.min(members.length, MEMBERS.length);
  for (let i = 0; i < count; i += 1) {
    const value = members[i];
    if (i < NUMBERS.length ? typeof value === 'number' && Math.abs(value) <= LAST_TIME : typeof value === 'string') known[MEMBERS[i]] = value;
  }
  return found;
}

/** A line whose JSON somebody has damaged, checksums and all, costs the metadata of one name, not the whole copy. */
function membersOf(json: string): readonly unknown[] {
  try {
    const members: unknown = JSON.parse(json);
    return Array.isArray(members) ? members : [];
  } catch {
    return [];
  }
}

/** A row of the table of names. Of a deleted parameter only that is kept. */
export function rowOfTable({ name, state, changed, metadata }: CachedParameter): Row {
  const active = state === 'ACTIVE';
  return { name, changed, active, json: active && metadata ? encodeMetadata(metadata) : '[]' };
}

/** Parameter Store allows no name with a control character; one in the table would break the lines of the copy's files. */
export function canBeKept(name: string): boolean {
  for (let i = 0; i < name.length; i += 1) if (name.charCodeAt(i) < 0x20) return false;
  return name !== '' && !name.startsWith('#');
}
