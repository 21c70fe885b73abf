import { LRUCache } from 'lru-cache';
import type { ReadParameter } from './parameter-queue.js';
import { isBelow, type Reference } from './reference.js';

export interface ValueCacheOptions {
  readonly maxEntries: number;
  readonly maxBytes: number;
  /** Milliseconds. */
  readonly ttl: number;
  /** Milliseconds after the ttl. */
  readonly staleIfError: number;
  readonly now: () => number;
}

/** All parameters of a path, as they were read. */
export interface ReadPath {
  readonly path: string;
  readonly recursive: boolean;
  readonly parameters: readonly ReadParameter[];
}

interface Entry {
  /** When it was asked for. */
  readonly since: number;
  readonly pinned: boolean;
  readonly parameter?: ReadParameter;
  readonly list?: ReadPath;
}

/** What this process did to a parameter. */
interface OwnChange {
  readonly at: number;
  /** Undefined: it was deleted, or what became of it is not known. */
  readonly version?: number;
}

/** Reads may show what was before a change for so long, in milliseconds: Parameter Store is eventually consistent. */
const SETTLING = 10_000;
/** Estimated bytes of an entry beside its texts. */
const OVERHEAD = 200;

/** Values in memory, bounded by number and by size. Nothing of it is ever written anywhere. */
export class ValueCache {
  private readonly entries: LRUCache<string, Entry>;
  private readonly own = new Map<string, OwnChange>();

  constructor(private readonly options: ValueCacheOptions) {
    this.entries = new LRUCache({ max: options.maxEntries, maxSize: options.maxBytes, sizeCalculation: sizeOf });
  }

  /** @returns the value if it is still good */
  fresh(reference: Reference): ReadParameter | undefined {
    return this.entryOf(reference.given, this.options.ttl)?.parameter;
  }

  freshPath(path: string, recursive: boolean): ReadPath | undefined {
    return this.entryOf(pathKey(path, recursive), this.options.ttl)?.list;
  }

  /** @returns the value, also if it is stale, with its age in milliseconds */
  stale(reference: Reference): { readonly parameter: ReadParameter; readonly age: number } | undefined {
    const entry = this.entryOf(reference.given, this.options.ttl + this.options.staleIfError);
    return entry?.parameter && { parameter: entry.parameter, age: this.options.now() - entry.since };
  }

  stalePath(path: string, recursive: boolean): { readonly list: ReadPath; readonly age: number } | undefined {
    const entry = this.entryOf(pathKey(path, recursive), this.options.ttl + this.options.staleIfError);
    return entry?.list && { list: entry.list, age: this.options.now() - entry.since };
  }

  /**
   * Keeps a value that was read.
   *
   * @param asked when the request began
   * @returns what counts: the value that was read, or a later one that this process has put
   */
  keep(reference: Reference, read: ReadParameter, asked: number): ReadParameter {
    if (this.isBehindOwn(reference, read.version, asked)) {
      const put = reference.selector === undefined ? this.entries.peek(reference.given)?.parameter : undefined;
      return put !== undefined && put.version > read.version ? put : read;
    }
    this.entries.set(reference.given, { since: asked, pinned: reference.pinned, parameter: read });
    return read;
  }

  /** Keeps the parameters of a path, and each of them. @returns what counts */
  keepPath(list: ReadPath, asked: number): ReadPath {
    const parameters = list.parameters.map((read) => {
      const known = this.entries.peek(read.name);
      // A walk may take long: what was read of a parameter meanwhile is newer.
      if (known?.parameter !== undefined && known.since > asked && known.parameter.version > read.version) return known.parameter;
      return this.keep({ given: read.name, base: read.name, name: read.name, pinned: false }, read, asked);
    });
    const counting = { ...list, parameters };
    const isSettled = [...this.own].every(([name, { at }]) => asked - at >= SETTLING || !isBelow(name, list.path, list.recursive));
    if (isSettled) this.entries.set(pathKey(list.path, list.recursive), { since: asked, pinned: false, list: counting });
    return counting;
  }

  /**
   * Takes in what this process has just done to a parameter.
   *
   * @param parameter - what it is now. Undefined: it is gone, or what it is now is not known
   * @param keepsVersions whether versions that were read are still what they were; those of a deleted parameter are not
   */
  changed(name: string, parameter: ReadParameter | undefined, keepsVersions: boolean): void {
    const at = this.options.now();
    for (const [key, { pinned, parameter: kept, list }] of this.entries.entries()) {
      const concerned = list === undefined ? kept?.name === name && !(pinned && keepsVersions) : isBelow(name, list.path, list.recursive);
      if (concerned) this.entries.delete(key);
    }
    for (const [other, change] of this.own) if (at - change.at >= SETTLING) this.own.delete(other);
    this.own.set(name, { at, version: parameter?.version });
    if (parameter !== undefined) this.entries.set(name, { since: at, pinned: false, parameter });
  }

  forget(reference: Reference): void {
    this.entries.delete(reference.given);
  }

  forgetPath(path: string, recursive: boolean): void {
    this.entries.delete(pathKey(path, recursive));
  }

  clear(): void {
    this.entries.clear();
  }

  /** Names and values in memory. */
  get size(): number {
    return this.entries.size;
  }

  private entryOf(key: string, age: number): Entry | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined || entry.pinned) return entry;
    return Math.abs(this.options.now() - entry.since) < age ? entry : undefined; // the clock may have been set back
  }

  /** Whether what was read may be from before an own change. A version changes only with a deletion, after which it is another parameter's. */
  private isBehindOwn({ name, pinned }: Reference, version: number, asked: number): boolean {
    const change = this.own.get(name);
    if (change === undefined || asked - change.at >= SETTLING) return false;
    return change.version === undefined || (!pinned && version < change.version);
  }
}

function pathKey(path: string, recursive: boolean): string {
  return ` ${recursive ? 'all' : 'one'} ${path}`; // no name has a space
}

function sizeOf({ parameter, list }: Entry, key: string): number {
  const texts = (list?.parameters ?? (parameter ? [parameter] : [])).map(({ name, value }) => name.length + value.length + OVERHEAD / 2);
  return OVERHEAD + 2 * (key.length + texts.reduce((sum, length) => sum + length, 0));
}
