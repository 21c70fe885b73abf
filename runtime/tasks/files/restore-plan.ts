import { CHUNK_BYTES, type ContentStore } from '../content/content-store.js';
import type { FileEntry, FolderEntry, LinkEntry, Refusal, TreeEntry } from '../content/shapes.js';
import { TaskError } from '../errors.js';
import { checkPath, checkTarget, foldName } from './check-path.js';
import { PERMISSIONS } from './file-system.js';
import { contentDigest } from './read-file.js';
import type { TreeLimits, TreeSource } from './shapes.js';
import { isTemporaryName } from './temporary-folder.js';

/** A file to be restored, and where its content is. */
export interface PlannedFile {
  readonly entry: FileEntry;
  readonly contents: ContentStore;
}

export interface RestorePlan {
  /** All by path. */
  readonly files: readonly PlannedFile[];
  readonly links: readonly LinkEntry[];
  /** Those that the trees name. */
  readonly folders: readonly FolderEntry[];
  /** What each path is. Folders that files are in are there too, before what is in them. */
  readonly kinds: ReadonlyMap<string, TreeEntry['type']>;
  readonly refused: readonly Refusal[];
  readonly damaged: readonly Refusal[];
}

export interface PlanOptions {
  readonly limits?: TreeLimits;
  /** Paths that are left as they are. */
  readonly isLeft: (path: string) => boolean;
  /** Bytes that a path may have, below this folder. */
  readonly maxPath: number;
  /** Whether the file system tells all names apart; asked if there are two that it may not. */
  readonly tellsApart: () => boolean;
}

const MAX_ENTRIES = 1_000_000;
const MAX_BYTES = 64 * 1024 ** 3;

/**
 * Decides what is restored of trees, before anything is written. Nobody is trusted to have made them.
 *
 * @param sources of those that have the same path, the first wins
 * @throws TaskError `E_TASK_UNSAFE` if they have more than the limits say
 */
export function planRestore(sources: readonly TreeSource[], options: PlanOptions): RestorePlan {
  const planning = new Planning(options);
  for (const { tree, contents } of sources) for (const entry of tree.entries) planning.take(entry, contents);
  return planning.plan();
}

class Planning {
  private readonly files: PlannedFile[] = [];
  private readonly links: LinkEntry[] = [];
  private readonly folders = new Map<string, FolderEntry>();
  private readonly kinds = new Map<string, TreeEntry['type']>();
  private readonly folded = new Map<string, string>();
  /** The folded path of each folder. */
  private readonly folds = new Map<string, string>([['', '']]);
  private readonly refused: Refusal[] = [];
  private readonly damaged: Refusal[] = [];
  private entries = 0;
  private bytes = 0;

  constructor(private readonly options: PlanOptions) {}

  take(entry: TreeEntry, contents: ContentStore): void {
    const { path } = entry;
    const reason = checkPath(path) ?? checkEntry(entry);
    if (reason !== undefined) return this.refuse(path, reason);
    if (Buffer.byteLength(path) > this.options.maxPath) return this.refuse(path, 'the path is too long, below this folder');
    if (this.options.isLeft(path)) return;
    const there = this.kinds.get(path);
    if (there === 'folder' && entry.type !== 'folder') return this.refuse(path, 'it is a folder in the tree as well');
    if (there === 'folder' ? this.folders.has(path) : there !== undefined) return;

    const wrong = this.placeIn(path) ?? this.name(path, entry.type);
    if (wrong !== undefined) return this.refuse(path, wrong);
    this.count(entry);
    if (entry.type === 'folder') this.folders.set(path, entry);
    else if (entry.type === 'link') this.links.push(entry);
    else if (isConsistent(entry)) this.files.push({ entry, contents });
    else this.damaged.push({ path, reason: 'its parts are not those of the whole' });
  }

  plan(): RestorePlan {
    const { files, links, kinds, refused, damaged } = this;
    const folders = [...this.folders.values()].sort(byPath);
    return { files: files.sort((a, b) => byPath(a.entry, b.entry)), links: links.sort(byPath), folders, kinds, refused, damaged };
  }

  /** @returns the reason why it cannot be in the folders that its path says */
  private placeIn(path: string): string | undefined {
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
      const folder = path.slice(0, end);
      const kind = this.kinds.get(folder);
      if (kind === 'folder') continue;
      if (kind !== undefined) return `${JSON.stringify(folder)} is no folder in the tree, but a ${kind}`;
      const reason = this.name(folder, 'folder');
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  /** @returns the reason why it cannot have its name */
  private name(path: string, type: TreeEntry['type']): string | undefined {
    if (this.kinds.has(path)) return undefined;
    const slash = path.lastIndexOf('/');
    const folded = `${this.folds.get(slash < 0 ? '' : path.slice(0, slash))!}/${foldName(path.slice(slash + 1))}`;
    const other = this.folded.get(folded);
    if (other !== undefined && !this.options.tellsApart()) return `here it has the same name as ${JSON.stringify(other)}`;
    if (other === undefined) this.folded.set(folded, path);
    if (type === 'folder') this.folds.set(path, folded);
    this.kinds.set(path, type);
    return undefined;
  }

  private count(entry: TreeEntry): void {
    const { maxEntries = MAX_ENTRIES, maxBytes = MAX_BYTES } = this.options.limits ?? {};
    if (++this.entries > maxEntries) {
      throw new TaskError('E_TASK_UNSAFE', `the tree has more than ${maxEntries} entries, so nothing is restored; raise limits.maxEntries if it may`);
    }
    if (entry.type === 'file' && (this.bytes += entry.bytes) > maxBytes) {
      throw new TaskError('E_TASK_UNSAFE', `the tree has more than ${maxBytes} bytes, so nothing is restored; raise limits.maxBytes if it may`);
    }
  }

  private refuse(path: string, reason: string): void {
    this.refused.push({ path: String(path), reason });
  }
}

function checkEntry(entry: TreeEntry): string | undefined {
  if (isTemporaryName(entry.path.split('/', 1)[0])) return 'temporary folders have such names';
  switch (entry.type) {
    case 'link': return checkTarget(entry.path, entry.target);
    case 'folder': return checkMode(entry.mode);
    case 'file': return Number.isSafeInteger(entry.bytes) && entry.bytes >= 0 ? checkMode(entry.mode) : 'its size is none';
    default: return 'it is neither file, folder nor link';
  }
}

function checkMode(mode: number): string | undefined {
  return Number.isInteger(mode) && mode >= 0 ? undefined : 'its mode is none';
}

/** Of a mode, what is restored. */
export function permissionsOf({ mode }: { readonly mode: number }): number {
  return mode & PERMISSIONS;
}

/** Parts are verified when they are read; that they make up the whole, here. */
function isConsistent({ bytes, digest, location }: FileEntry): boolean {
  if ('slice' in location) return location.slice.bytes === bytes && location.slice.digest === digest;
  const { chunks } = location;
  const length = (index: number) => Math.min(CHUNK_BYTES, bytes - index * CHUNK_BYTES);
  return chunks.length === Math.ceil(bytes / CHUNK_BYTES) && chunks.every((chunk, index) => chunk.bytes === length(index))
    && contentDigest(chunks.map((chunk) => chunk.digest)) === digest;
}

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : 1;
}
