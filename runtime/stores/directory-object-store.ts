import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { InvalidArgumentError, show } from '../errors.js';
import { elsewhere, errnoOf, homeError } from '../home/errors.js';
import { checkFolder, ensureFolder, removeFile } from '../home/file-system.js';
import { VersionedFile, type VersionedContent } from '../home/versioned-file.js';
import { folderName, leafName, partOf, type KeyPart } from './object-file-names.js';
import { readFile, statEntry, statFile, Workshop } from './object-files.js';
import { checkObjectKey, checkObjectPrefix } from './object-store-keys.js';
import { ObjectTooLargeError, type ObjectFailure, type ObjectStore, type StoredDocument, type StoredObject } from './object-store.js';

export interface DirectoryObjectStoreOptions {
  /** Made with the first write. It and all below it is for this user only. */
  readonly folder: string;
  /**
   * Whether documents outlive a loss of power. Objects may not: whoever reads one checks it.
   * @default true
   */
  readonly durable?: boolean;
  /** The current time in Unix epoch milliseconds. @default Date.now */
  readonly now?: () => number;
  /** What a user sets the folder by, for messages. @default the folder */
  readonly setting?: string;
}

interface Signalled {
  readonly signal?: AbortSignal;
}

/** No key's part has such a name. */
const TEMPORARY = '@temporary';
const DOCUMENT = 'document';
/** Bytes before a document's own that no other version has: its etag. */
const MARK = 12;

/**
 * Objects in a folder of this computer, shared by all processes that use it, and safe under a kill at any byte. An object is a file, a document a
 * folder with its last few versions. Symbolic links are not followed. Failures are `HomeError`s.
 */
export class DirectoryObjectStore implements ObjectStore {
  readonly place: string;
  private readonly durable: boolean;
  private readonly now: () => number;
  private readonly setting: string;
  private readonly workshop: Workshop;

  /** @throws InvalidArgumentError `E_STORE_FOLDER` */
  constructor({ folder, durable = true, now = Date.now, setting = 'the folder' }: DirectoryObjectStoreOptions) {
    if (typeof folder !== 'string' || folder === '') throw new InvalidArgumentError('E_STORE_FOLDER', `folder must be a path, got ${show(folder)}`);
    this.place = resolve(folder);
    [this.durable, this.now, this.setting] = [durable, now, setting];
    this.workshop = new Workshop(join(this.place, TEMPORARY), now);
  }

  get(key: string, { maxBytes = Infinity, signal }: Signalled & { readonly maxBytes?: number } = {}): Promise<Uint8Array | undefined> {
    return this.within(key, signal, async () => {
      const path = this.pathOf(key);
      const found = path === undefined ? undefined : await readFile(path, maxBytes);
      if (found === 'too large') throw new ObjectTooLargeError(key, maxBytes);
      return found;
    });
  }

  has(key: string, { signal }: Signalled = {}): Promise<boolean> {
    return this.within(key, signal, () => {
      const path = this.pathOf(key);
      return path !== undefined && statFile(path) !== undefined;
    });
  }

  create(key: string, body: Uint8Array | readonly Uint8Array[], { signal }: Signalled = {}): Promise<boolean> {
    return this.within(key, signal, async () => {
      const path = this.makePathOf(key);
      if (statFile(path) !== undefined) return false;
      return this.workshop.make(path, body instanceof Uint8Array ? [body] : body);
    });
  }

  read(key: string, { unless, signal }: Signalled & { readonly unless?: string } = {}): Promise<StoredDocument | 'unchanged' | undefined> {
    return this.within(key, signal, () => {
      const path = this.pathOf(key);
      const found = path === undefined ? undefined : documentOf(this.versionsIn(path).read());
      if (found === undefined) return undefined;
      return found.etag === unless ? 'unchanged' : { bytes: found.bytes, etag: found.etag, time: this.now() };
    });
  }

  replace(key: string, bytes: Uint8Array, expected: string | undefined, { signal }: Signalled = {}): Promise<string | undefined> {
    return this.within(key, signal, () => {
      const path = this.makePathOf(key);
      ensureFolder(path);
      const versions = this.versionsIn(path);
      const found = documentOf(versions.read());
      if (found?.etag !== expected) return undefined;
      const mark = randomBytes(MARK);
      return versions.replace(found?.generation ?? 0, Buffer.concat([mark, bytes])) ? mark.toString('hex') : undefined;
    });
  }

  async* list(prefix: string, { signal }: Signalled = {}): AsyncGenerator<StoredObject, void, undefined> {
    checkObjectPrefix(prefix);
    const folders = prefix.split('/');
    const begin = folders.pop()!;
    try {
      const path = this.folderOf(folders);
      if (path !== undefined) yield* this.below(path, prefix.slice(0, prefix.length - begin.length), begin, signal);
    } catch (error) {
      throw elsewhere(error, this.setting);
    }
  }

  async delete(keys: readonly string[], { signal }: Signalled = {}): Promise<readonly ObjectFailure[]> {
    keys.forEach(checkObjectKey);
    signal?.throwIfAborted();
    const failures: ObjectFailure[] = [];
    for (const key of keys) {
      try {
        const path = this.pathOf(key);
        if (path !== undefined && statFile(path) !== undefined) removeFile(path);
      } catch (error) {
        failures.push({ key, message: (elsewhere(error, this.setting) as Error).message });
      }
    }
    return failures;
  }

  close(): void {}

  private async within<T>(key: string, signal: AbortSignal | undefined, act: () => T | Promise<T>): Promise<T> {
    checkObjectKey(key);
    signal?.throwIfAborted();
    try {
      return await act();
    } catch (error) {
      throw elsewhere(error, this.setting);
    }
  }

  /** Where a key's file or folder is; `undefined` if there cannot be one. @throws HomeError if something else is in the way */
  private pathOf(key: string): string | undefined {
    const folders = key.split('/');
    const leaf = folders.pop()!;
    const path = this.folderOf(folders);
    return path === undefined ? undefined : join(path, leafName(leaf));
  }

  private folderOf(parts: readonly string[]): string | undefined {
    let path = this.place;
    try {
      checkFolder(path);
      for (const part of parts) checkFolder(path = join(path, folderName(part)));
      return path;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw homeError('read the folder', path, error);
    }
  }

  /** The same, with its folders made. */
  private makePathOf(key: string): string {
    const there = this.pathOf(key);
    if (there !== undefined) return there;
    try {
      mkdirSync(dirname(this.place), { recursive: true });
    } catch (error) {
      throw homeError('make the folder', dirname(this.place), error);
    }
    const folders = key.split('/');
    const leaf = folders.pop()!;
    let path = this.place;
    ensureFolder(path);
    for (const part of folders) ensureFolder(path = join(path, folderName(part)));
    return join(path, leafName(leaf));
  }

  private versionsIn(path: string): VersionedFile {
    return new VersionedFile(path, DOCUMENT, { durable: this.durable, now: this.now });
  }

  /** What is in a folder, in the order of the keys. @param begin what the first part below it begins with */
  private* below(folder: string, prefix: string, begin: string, signal: AbortSignal | undefined): Generator<StoredObject, void, undefined> {
    // A folder has its place by what its keys go on with.
    const found = partsIn(folder).filter(({ part }) => part.startsWith(begin))
      .map(({ part, isLeaf }) => ({ part, isLeaf, rank: isLeaf ? part : `${part}/` }));
    for (const { part, isLeaf } of found.sort((a, b) => a.rank < b.rank ? -1 : 1)) {
      signal?.throwIfAborted();
      if (isLeaf) {
        const object = this.stored(join(folder, leafName(part)), prefix + part);
        if (object !== undefined) yield object;
      } else {
        yield* this.below(join(folder, folderName(part)), `${prefix}${part}/`, '', signal);
      }
    }
  }

  private stored(path: string, key: string): StoredObject | undefined {
    const file = statEntry(path);
    if (file !== 'folder') return file && { key, ...file };
    const found = this.versionsIn(path).read();
    if (found === undefined) return undefined;
    const lastModified = statFile(join(path, `${DOCUMENT}.${found.generation}`))?.lastModified ?? this.now(); // it has just been replaced
    return { key, bytes: found.bytes.length - MARK, lastModified };
  }
}

interface Document {
  readonly generation: number;
  readonly etag: string;
  readonly bytes: Uint8Array;
}

function documentOf(found: VersionedContent | undefined): Document | undefined {
  return found && { generation: found.generation, etag: found.bytes.toString('hex', 0, MARK), bytes: found.bytes.subarray(MARK) };
}

/** Parts of keys that have names in a folder; what else is in it is nobody's. */
function partsIn(folder: string): readonly KeyPart[] {
  try {
    checkFolder(folder);
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const found = partOf(entry.name);
      return found === undefined || (entry.isFile() && !found.isLeaf) ? [] : [found];
    });
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw homeError('read the folder', folder, error);
  }
}
