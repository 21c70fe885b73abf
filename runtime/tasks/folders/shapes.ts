import type { Refusal } from '../content/shapes.js';
import type { TierName } from '../storage/tier.js';

export interface FolderCacheOptions {
  /** The folder that is kept. It need not be there yet. */
  readonly folder: string;
  /** What it is called in the cache. @default - the folder's own name */
  readonly name?: string;
  /**
   * Paths in it that are neither stored nor replaced: `*` within a name, `**` for folders; without `/`, names wherever they are; after a `/`, at the
   * top only.
   *
   * @default - Luigi's temporary files
   */
  readonly ignore?: readonly string[];
}

export interface TransferOptions {
  readonly signal?: AbortSignal;
  /** Says what would be done, and does nothing of it. @default false */
  readonly dryRun?: boolean;
  /** Is called with the number of files that are done: first those that are read here, then those that come or go. */
  readonly onProgress?: (done: number, total: number | undefined) => void;
}

export interface PullOptions extends TransferOptions {
  /** What was changed, made or deleted here is replaced by what the cache has, too. @default false */
  readonly overwrite?: boolean;
  /**
   * Files have the time of the pull, not the one that they had when they were pushed: for programs such as make, where the name of the folder says
   * what it was made of. Otherwise such a program takes what was made of older sources for up to date.
   * @default false
   */
  readonly touch?: boolean;
}

export interface PushOptions extends TransferOptions {
  /** Files that were pulled or pushed from here, and are gone, stay in the cache. @default false */
  readonly keepDeleted?: boolean;
}

export interface PullReport {
  /**
   * - `unchanged`: the folder is what the cache has
   * - `restored`: files were written or deleted
   * - `empty`: the cache has nothing of that name
   * - `off`: switched off, or nothing is to be read
   * - `failed`: the cache cannot be asked; why is reported by the storage
   */
  readonly outcome: 'unchanged' | 'restored' | 'empty' | 'off' | 'failed';
  /** Where from, in the order in which they were preferred. */
  readonly sources: readonly { readonly tier: TierName; readonly scope: string }[];
  /** With links. */
  readonly files: number;
  readonly bytes: number;
  readonly written: number;
  readonly bytesWritten: number;
  readonly deleted: number;
  readonly refused: readonly Refusal[];
  readonly damaged: readonly Refusal[];
  /** Files that both the cache and somebody here has changed since: those here stay. */
  readonly kept: readonly string[];
}

/** What has happened to a path since the last pull or push. */
export type Change = 'added' | 'changed' | 'deleted';

/** How a folder here and what the cache has of it differ. */
export interface FolderDifference {
  /** What the cache has, in the order in which it is preferred. */
  readonly kept: readonly KeptFolder[];
  /** All that is not the same here and there, in order. */
  readonly paths: readonly DifferentPath[];
  readonly unchanged: number;
}

export interface KeptFolder {
  readonly tier: TierName;
  readonly scope: string;
  /** For people: `s3://bucket/v1/main/default`. */
  readonly place: string;
  readonly digest: string;
  readonly files: number;
  readonly bytes: number;
  /** When it was pushed, in milliseconds since 1970. */
  readonly created: number;
}

export interface DifferentPath {
  readonly path: string;
  /** Unset if it is what it was. */
  readonly here?: Change;
  /** The same of the cache. */
  readonly there?: Change;
}

export interface PushReport {
  /**
   * - `unchanged`: the cache has what the folder has
   * - `stored`: it has it now
   * - `off`: switched off, or nothing is to be written
   * - `failed`: the cache cannot be asked, or did not take it; why is reported by the storage
   */
  readonly outcome: 'unchanged' | 'stored' | 'off' | 'failed';
  /** Where to. */
  readonly places: readonly { readonly tier: TierName; readonly scope: string }[];
  /** With links; empty folders are none, nor do they count below. */
  readonly files: number;
  readonly bytes: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** Bytes sent to the first place that was written, after compression. */
  readonly bytesStored: number;
  /** Paths that somebody else has changed since they were pulled, or made too: what was pushed here is what the cache has now. */
  readonly conflicts: readonly string[];
  readonly refused: readonly Refusal[];
}
