import type { Refusal, Tree } from '../content/shapes.js';
import type { ContentStore } from '../content/content-store.js';

/** A plain file as it lies in a folder. */
export interface ScannedFile {
  readonly path: string;
  readonly mode: number;
  readonly bytes: number;
  /** In Unix epoch milliseconds. */
  readonly lastModified: number;
  /** Of its content, as `FileEntry` has it, if it is known without reading it: it is the file that was read before. */
  readonly digest?: string;
}

/** What lies in a folder, in the order of paths. */
export interface Scan {
  readonly files: readonly ScannedFile[];
  /** Folders that no file tells of as they are: those with nothing in them, and those whose mode is not 0o755. */
  readonly emptyFolders: readonly { readonly path: string; readonly mode: number }[];
  readonly links: readonly { readonly path: string; readonly target: string }[];
  /** What is neither, or leads out of the folder. */
  readonly refused: readonly Refusal[];
}

/** What was stored of a scan. */
export interface StoredTree extends Tree {
  /** Files that went or kept changing while they were read; those that the scan has refused are not among them. */
  readonly refused: readonly Refusal[];
}

/** A tree and where its contents are. */
export interface TreeSource {
  readonly tree: Tree;
  readonly contents: ContentStore;
}

/** What a tree may have. */
export interface TreeLimits {
  /** @default 1000000 */
  readonly maxEntries?: number;
  /** Of all files together, as the tree says it. @default 64 GiB */
  readonly maxBytes?: number;
}

export interface RestoreReport {
  readonly written: number;
  readonly bytesWritten: number;
  /** Files that were there already. */
  readonly unchanged: number;
  readonly deleted: number;
  /** Not restored, by reason; nothing of them was written. */
  readonly refused: readonly Refusal[];
  /** Not restored, because their contents are damaged. */
  readonly damaged: readonly Refusal[];
}
