import { createHash } from 'node:crypto';
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { show } from '../../errors.js';
import { invalid } from '../errors.js';
import { LUIGI_TEMPORARY } from '../files/glob.js';
import { FileMemory } from '../files/file-memory.js';
import type { FolderCacheOptions, FolderDifference, PullOptions, PullReport, PushOptions, PushReport, TransferOptions } from './shapes.js';
import { readBase, writeBase, type Base } from './base-file.js';
import { folderDifference } from './difference.js';
import type { KnownFolder } from './known-folder.js';
import { pullFolder } from './pull.js';
import { pushFolder } from './push.js';
import { folderPlaces } from './stored-folders.js';
import { makeHiddenFolder } from '../storage/hidden-folder.js';
import type { TaskStorage } from '../storage/task-storage.js';

/**
 * Keeps a folder as a whole: any program's output, pulled before it runs and pushed after it. Whoever pushes leaves what others have changed since.
 */
export class FolderCache {
  private readonly root: string;
  private readonly name: string;
  private readonly ignore: readonly string[];
  private pulled: ReadonlyMap<string, number> = new Map();
  /** What could not be written. */
  private unwritten?: Base;

  /** @throws InvalidArgumentError `E_TASK_OPTION` */
  constructor(private readonly storage: TaskStorage, { folder, name, ignore }: FolderCacheOptions) {
    if (typeof folder !== 'string' || folder === '') throw invalid(`folder must be a path, got ${show(folder)}`);
    this.root = resolve(folder);
    if (this.root === resolve('/')) throw invalid(`folder must not be the root of the file system, got ${show(folder)}`);
    this.name = name ?? basename(this.root);
    if (!/^[^\0-\x1f\x7f]{1,200}$/.test(this.name)) throw invalid(`name must be a text of 1 to 200 characters, got ${show(this.name)}`);
    this.ignore = [...(ignore ?? [LUIGI_TEMPORARY]), ...ownFolderIn(this.root, storage.settings.folder)];
  }

  /**
   * Makes the folder what the cache has. What somebody has changed, made or deleted here since it last came from there stays as it is here.
   *
   * @throws TaskError `E_TASK_FILES` if the folder cannot be read or written; `E_TASK_STORE` if the store fails, in strict mode
   */
  async pull(options: PullOptions = {}): Promise<PullReport> {
    const report = await pullFolder(this.storage, await this.known(), options);
    if (!options.dryRun) this.pulled = new Map(folderPlaces(this.storage).map(({ scope, manifest }) => [scope, manifest.current.revision]));
    return report;
  }

  /**
   * Makes the cache what the folder is. What others have put there since the pull stays there; of what they have changed and somebody here as well,
   * the cache has what is here.
   *
   * @throws TaskError as `pull`
   */
  async push(options: PushOptions = {}): Promise<PushReport> {
    return pushFolder(this.storage, await this.known(), options);
  }

  /**
   * What has changed here, and in the cache, since the last pull or push. Nothing is changed.
   *
   * @returns `undefined` if the cache has no such folder
   * @throws TaskError as `pull`; `E_TASK_STORE` if what the cache has cannot be read
   */
  async difference(options: Omit<TransferOptions, 'dryRun'> = {}): Promise<FolderDifference | undefined> {
    return folderDifference(this.storage, await this.known(), options);
  }

  /** What is known of the folder lies with the local tier, one state for each folder and what it is synchronized with. */
  private async known(): Promise<KnownFolder> {
    const { root, name, ignore, storage } = this;
    const { settings, places } = storage;
    const where = createHash('sha256').update(JSON.stringify([root, name, places.map((place) => place.name)])).digest('hex').slice(0, 24);
    const state = join(settings.folder, 'folders', where);
    const [memory, baseFile] = [await FileMemory.load(join(state, 'files')), join(state, 'base')];
    const base = this.unwritten ?? await readBase(baseFile);
    const keep = async (next: Base = base) => {
      try {
        makeHiddenFolder(settings.folder);
        await memory.save();
        await writeBase(baseFile, next);
        this.unwritten = undefined;
      } catch (error) {
        this.unwritten = next;
        storage.telemetry.storeError(state, 'remember what was pulled and pushed', error);
      }
    };
    return { root, name, ignore, memory, base, pulled: this.pulled, keep };
  }
}

/** @returns what is to be ignored of the folder that the cache itself has: it is no part of what it keeps */
function ownFolderIn(root: string, cache: string): string[] {
  if (isIn(root, cache)) throw invalid(`folder must not be in that of the cache, ${show(cache)}, got ${show(root)}`);
  if (!isIn(cache, root)) return [];
  return [`/${relative(root, cache).split(sep).join('/')}`];
}

/** Whether it is the folder, or lies in it. */
function isIn(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
