import type { FileEntry, Tree } from '../content/shapes.js';
import { storeFiles, type StoreOptions } from '../files/store-files.js';
import type { Scan } from '../files/shapes.js';
import type { KnownFolder } from './known-folder.js';
import { DigestStore } from '../storage/digest-store.js';

/** What lies in a folder, with the digests of all files: those that are not known are read. Nothing is stored. */
export function hashed({ root, memory }: KnownFolder, scan: Scan, options: Pick<StoreOptions, 'signal' | 'onProgress'> = {}): Promise<Tree> {
  const known = new Map(scan.files.flatMap(({ path, mode, bytes, digest }): [string, FileEntry][] =>
    digest === undefined ? [] : [[digest, { type: 'file', path, mode, bytes, digest, location: { chunks: [] } }]]));
  return storeFiles(root, scan, new DigestStore(), { ...options, known, memory });
}
