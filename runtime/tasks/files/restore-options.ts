import type { FileMemory } from './file-memory.js';
import type { FileSystem } from './file-system.js';
import type { Scan, TreeLimits } from './shapes.js';

export interface RestoreOptions {
  /** What lies in the folder, if that has been looked at just now. */
  readonly scan?: Scan;
  /** Paths of files, links and empty folders to remove, and then the folders that this leaves empty. */
  readonly delete?: readonly string[];
  /** Paths that are left as they are. */
  readonly keep?: ReadonlySet<string>;
  readonly limits?: TreeLimits;
  /** Knows the digests of files that are there, and is told those of the files that are written. */
  readonly memory?: FileMemory;
  /** Whether the file system tells names apart that differ in capitals, or in how letters are composed. @default - it is tried */
  readonly caseSensitive?: boolean;
  /** Files have the time at which they are written, not the one that they had. @default false */
  readonly touch?: boolean;
  /** As of `scanFolder`: such paths are neither written nor removed. @default - Luigi's temporary files */
  readonly ignore?: readonly string[];
  readonly signal?: AbortSignal;
  /** Is called with the number of files that are fetched, and of all that are to be; of large files after each chunk. */
  readonly onProgress?: (done: number, total: number) => void;
  /** @default node:fs */
  readonly fileSystem?: FileSystem;
}
