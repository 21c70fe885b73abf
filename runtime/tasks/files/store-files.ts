import { Bulkhead } from '../../resilience/bulkhead.js';
import { PACKED_UP_TO, type ContentStore } from '../content/content-store.js';
import type { Chunk, Digest, FileEntry, Location, Refusal, TreeEntry } from '../content/shapes.js';
import { sha256 } from '../content/verified-objects.js';
import { TaskError } from '../errors.js';
import { ChunkRoom } from './chunk-room.js';
import type { FileMemory } from './file-memory.js';
import { lastModifiedOf, modeOf, nodeFileSystem, Turns, type FileSystem } from './file-system.js';
import { readLarge, readSmall } from './read-file.js';
import type { Scan, ScannedFile, StoredTree } from './shapes.js';

export interface StoreOptions {
  /** Entries of this store by digest: what they have need not be stored again. */
  readonly known?: ReadonlyMap<Digest, FileEntry>;
  /** Is told the digests. */
  readonly memory?: FileMemory;
  readonly signal?: AbortSignal;
  /** Is called with the number of files that are done, and of all; of large files after each chunk. */
  readonly onProgress?: (done: number, total: number) => void;
  /** @default node:fs */
  readonly fileSystem?: FileSystem;
}

/** Chunks of large files in memory. */
const CHUNKS = 8;
/** Large files that are open at once. */
const FILES = 8;

/**
 * Stores the files of a folder, each as it was at one time: one that changes while it is read is read again. Files whose content is known, by the
 * scan and in the store, are not read.
 *
 * @returns the tree; its contents are there
 * @throws TaskError `E_TASK_FILES` if a file cannot be read; what the store fails with
 */
export async function storeFiles(root: string, scan: Scan, contents: ContentStore, options: StoreOptions = {}): Promise<StoredTree> {
  return new Storing(root, contents, options, scan.files.length).store(scan);
}

class Storing {
  private readonly entries: TreeEntry[] = [];
  private readonly refused: Refusal[] = [];
  /** Where chunks are that the store has. */
  private readonly chunks = new Map<Digest, Chunk>();
  private readonly buffer = Buffer.allocUnsafe(PACKED_UP_TO);
  private readonly room = new ChunkRoom(CHUNKS);
  private readonly control = new AbortController();
  private readonly signal: AbortSignal;
  private readonly fileSystem: FileSystem;
  private done = 0;

  constructor(
    private readonly root: string, private readonly contents: ContentStore, private readonly options: StoreOptions, private readonly total: number,
  ) {
    this.fileSystem = options.fileSystem ?? nodeFileSystem;
    this.signal = options.signal ? AbortSignal.any([options.signal, this.control.signal]) : this.control.signal;
    for (const { location } of options.known?.values() ?? []) {
      if ('chunks' in location) for (const chunk of location.chunks) this.chunks.set(chunk.digest, chunk);
    }
  }

  async store({ files, emptyFolders, links }: Scan): Promise<StoredTree> {
    const large: Promise<void>[] = [];
    const atOnce = new Bulkhead(FILES);
    const turns = new Turns(200);
    try {
      for (const file of files) {
        this.signal.throwIfAborted();
        if (this.isKnown(file)) continue;
        if (!this.storeSmall(file)) {
          large.push(atOnce.run(() => this.storeLarge(file)));
          large.at(-1)!.catch((error: unknown) => this.control.abort(error));
        }
        await this.contents.ready(this.signal);
        await turns.step();
      }
      await Promise.all(large);
      await this.contents.flush(this.signal);
    } finally {
      this.control.abort(); // of what failed, nothing goes on
      await Promise.allSettled(large);
    }
    this.checkStored();
    this.entries.push(...emptyFolders.map(({ path, mode }) => ({ type: 'folder' as const, path, mode })));
    this.entries.push(...links.map(({ path, target }) => ({ type: 'link' as const, path, target })));
    this.entries.sort((a, b) => a.path < b.path ? -1 : 1);
    return { entries: this.entries, refused: this.refused };
  }

  private isKnown({ path, mode, bytes, digest, lastModified }: ScannedFile): boolean {
    const known = digest === undefined ? undefined : this.knownEntry(digest, bytes);
    if (known === undefined) return false;
    this.add({ path, mode, bytes: known.bytes, digest: known.digest, location: known.location, lastModified });
    return true;
  }

  /** The length counts: the digest of a file in chunks is that of a text that somebody may have written. */
  private knownEntry(digest: Digest, bytes: number): FileEntry | undefined {
    const known = this.options.known?.get(digest);
    return known?.bytes === bytes ? known : undefined;
  }

  /** @returns false if it is large */
  private storeSmall({ path }: ScannedFile): boolean {
    const read = readSmall(`${this.root}/${path}`, this.buffer, this.fileSystem);
    if (read === 'large') return false;
    if ('reason' in read) {
      this.refuse(path, read.reason);
      return true;
    }
    const { stat, bytes } = read;
    const digest = sha256(bytes);
    const location: Location = this.knownEntry(digest, bytes.length)?.location ?? this.contents.add({ bytes, digest });
    this.options.memory?.remember(path, stat, digest);
    this.add({ path, mode: modeOf(stat), bytes: bytes.length, digest, location, lastModified: lastModifiedOf(stat) });
    return true;
  }

  private async storeLarge({ path }: ScannedFile): Promise<void> {
    this.signal.throwIfAborted();
    const sink = async (bytes: Uint8Array, digest: Digest) => {
      const chunk = this.chunks.get(digest) ?? await this.contents.addChunk(bytes, digest, this.signal);
      this.progress();
      return chunk;
    };
    const read = await readLarge(`${this.root}/${path}`, sink, this.room, this.fileSystem, this.signal);
    if ('reason' in read) return this.refuse(path, read.reason);
    const { stat, digest, chunks } = read;
    this.options.memory?.remember(path, stat, digest);
    this.add({ path, mode: modeOf(stat), bytes: Number(stat.size), digest, location: { chunks }, lastModified: lastModifiedOf(stat) });
  }

  private add(entry: Omit<FileEntry, 'type'>): void {
    this.entries.push({ type: 'file', ...entry });
    this.done++;
    this.progress();
  }

  private refuse(path: string, reason: string): void {
    this.refused.push({ path, reason });
    this.done++;
    this.progress();
  }

  private progress(): void {
    this.options.onProgress?.(this.done, this.total);
  }

  /** A pack has its name once it is stored. That of another who shares the store may have failed. */
  private checkStored(): void {
    const lost = this.entries.find((entry) => entry.type === 'file' && 'slice' in entry.location && entry.location.slice.pack === '');
    if (lost !== undefined) throw new TaskError('E_TASK_STORE', `the pack with ${JSON.stringify(lost.path)} could not be stored; try again`);
  }
}
