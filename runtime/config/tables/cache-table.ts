import type { ParameterMetadata } from './parameter-metadata.js';

/** A row of the table of names. */
export interface CachedParameter {
  readonly name: string;
  readonly state: 'ACTIVE' | 'DELETED';
  /** Raised by every write of the row. */
  readonly revision: number;
  /** When the row was written, in Unix epoch milliseconds; never less than before. */
  readonly changed: number;
  /** Of a deleted parameter, what was last known. Absent: the row does not say, because somebody else has changed it. */
  readonly metadata?: ParameterMetadata;
  /** When the row may be removed, in Unix epoch seconds. */
  readonly expires?: number;
}

export interface NamePage {
  readonly names: readonly string[];
  /** Where the next page begins. Absent: this is the last. */
  readonly next?: string;
}

export interface CacheTableMeta {
  readonly epoch?: string;
  readonly reconciled?: number;
}

/** No parameter's name begins with `#`, but the row about the table does: it is no row of a parameter. */
export function isParameterName(name: string): boolean {
  return !name.startsWith('#');
}

export function notParameterName(name: string): Error {
  return new Error(`${JSON.stringify(name)} is no parameter's name: a row can only be that of a parameter`);
}

/** The table of parameter names. Every failure is an error. */
export interface CacheTable {
  /** Rows as they are at this moment; absent ones are not in it. Any number of names. */
  get(names: readonly string[]): Promise<ReadonlyMap<string, CachedParameter>>;

  /**
   * Writes a row.
   *
   * @param replaces the revision of the row that it takes the place of; `undefined`: there is none
   * @returns false if the row is another by now
   */
  put(row: CachedParameter, replaces: number | undefined): Promise<boolean>;

  /**
   * A page of the names that are ACTIVE in a shard of the index of changes, which is a little behind the table.
   *
   * @param after `next` of the page before
   */
  active(shard: string, after?: string): Promise<NamePage>;

  /**
   * A page of the names that became DELETED in a shard since a time, by the same index.
   *
   * @param after `next` of the page before
   */
  deleted(shard: string, since: number, after?: string): Promise<NamePage>;

  /** What the row about the table says. */
  meta(): Promise<CacheTableMeta>;

  /** Gives the table an epoch if it has none. @returns the one that it has */
  openEpoch(epoch: string): Promise<string>;

  /**
   * Gives the table another epoch: whoever has a copy of it reads it anew.
   *
   * @param replaces the epoch that it has
   * @returns false if it is another by now
   */
  renewEpoch(epoch: string, replaces: string): Promise<boolean>;

  /**
   * Says when the last whole reconciliation began. An earlier time than the one there changes nothing.
   *
   * @throws Error if the table has no epoch
   */
  setReconciled(time: number): Promise<void>;
}
