import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { resolve } from 'node:path';
import type { Refusal } from '../content/shapes.js';
import { checkPath, checkTarget, maxPathBelow } from './check-path.js';
import { attempt, errnoOf, filesError } from './errors.js';
import type { FileMemory } from './file-memory.js';
import { FOLDER_MODE, kindOf, lastModifiedOf, lookAt, modeOf, nodeFileSystem, Turns, type FileSystem } from './file-system.js';
import { ignoreMatcher, LUIGI_TEMPORARY } from './glob.js';
import type { Scan, ScannedFile } from './shapes.js';
import { isTemporaryName } from './temporary-folder.js';

export interface ScanOptions {
  /**
   * Patterns of paths that are left out, with what is below them: `*` within a name, `**` for folders; without `/`, names wherever they are;
   * after a `/`, at the top only.
   *
   * @default - Luigi's temporary files
   */
  readonly ignore?: readonly string[];
  /** Knows digests of files that have not changed. */
  readonly memory?: FileMemory;
  /** @default node:fs */
  readonly fileSystem?: FileSystem;
}

/** What a name that is no text is called in a report: the bytes that are none look like this. */
const NO_TEXT = '\ufffd';

/**
 * Looks at what lies in a folder. Files are not read, links are not followed.
 *
 * @param root if it is not there, there is nothing in it
 * @throws TaskError `E_TASK_FILES` if something in it cannot be looked at
 */
export async function scanFolder(root: string, options: ScanOptions = {}): Promise<Scan> {
  const scanner = new Scanner(root, options);
  const turns = new Turns(1000);
  for (let folder: string | undefined = ''; folder !== undefined; folder = scanner.left.pop()) {
    for (const entry of scanner.entriesOf(folder)) {
      scanner.look(folder, entry);
      await turns.step();
    }
    scanner.leave(folder);
  }
  return scanner.scan();
}

class Scanner {
  /** Folders that are still to be looked into. */
  readonly left: string[] = [];
  private readonly files: ScannedFile[] = [];
  private readonly folders: { path: string; mode: number }[] = [];
  private readonly links: { path: string; target: string }[] = [];
  private readonly refused: Refusal[] = [];
  private readonly isIgnored: (path: string) => boolean;
  private readonly maxPath: number;
  private readonly memory?: FileMemory;
  private readonly fileSystem: FileSystem;
  /** How many things of the folder that is looked into will be restored with it. */
  private kept = 0;

  constructor(private readonly root: string, { ignore = [LUIGI_TEMPORARY], memory, fileSystem = nodeFileSystem }: ScanOptions) {
    this.isIgnored = ignoreMatcher(ignore);
    this.maxPath = maxPathBelow(resolve(root));
    [this.memory, this.fileSystem] = [memory, fileSystem];
  }

  entriesOf(folder: string): readonly Dirent[] {
    this.kept = 0;
    const path = this.at(folder);
    try {
      const entries = this.fileSystem.readdirSync(path, { withFileTypes: true });
      return entries.some(({ name }) => name.includes(NO_TEXT)) ? this.withoutBadNames(folder, entries) : entries;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return []; // not there, or gone since its name was read
      throw filesError('read the folder', path, error);
    }
  }

  look(folder: string, entry: Dirent): void {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (this.isIgnored(path) || (folder === '' && isTemporaryName(path))) return;
    const reason = checkPath(path) ?? (Buffer.byteLength(path) > this.maxPath ? 'the path is too long, below this folder' : undefined);
    if (reason !== undefined) this.refuse(path, reason);
    else if (entry.isDirectory()) this.keep(this.left, path);
    else if (entry.isFile()) this.lookAtFile(path);
    else if (entry.isSymbolicLink()) this.lookAtLink(path);
    else this.refuse(path, `it is ${kindOf(entry)}`);
  }

  /** Files tell of the folders that they are in, but not of those with other modes, nor of those that have none. */
  leave(folder: string): void {
    if (folder === '') return;
    const stat = attempt('read the folder', this.at(folder), () => lookAt(this.at(folder), this.fileSystem));
    if (stat?.isDirectory() && (this.kept === 0 || modeOf(stat) !== FOLDER_MODE)) this.folders.push({ path: folder, mode: modeOf(stat) });
  }

  scan(): Scan {
    const { files, folders, links, refused } = this;
    for (const list of [files, folders, links, refused]) list.sort((a, b) => a.path < b.path ? -1 : 1);
    return { files, emptyFolders: folders, links, refused };
  }

  private lookAtFile(path: string): void {
    const stat = attempt('read', this.at(path), () => lookAt(this.at(path), this.fileSystem));
    if (stat === undefined) return;
    if (!stat.isFile()) return this.refuse(path, 'it changes while it is looked at');
    const digest = this.memory?.digestOf(path, stat);
    const [bytes, lastModified] = [Number(stat.size), lastModifiedOf(stat)];
    this.files.push({ path, mode: modeOf(stat), bytes, lastModified, ...(digest !== undefined && { digest }) });
    this.kept++;
  }

  private lookAtLink(path: string): void {
    const bytes = this.targetOf(path);
    if (bytes === undefined) return;
    const target = process.platform === 'win32' ? bytes.toString().replaceAll('\\', '/') : bytes.toString();
    const reason = isUtf8(bytes) ? checkTarget(path, target) : 'the link\'s target is no valid UTF-8';
    if (reason === undefined) this.keep(this.links, { path, target });
    else this.refuse(path, reason);
  }

  private targetOf(path: string): Buffer | undefined {
    try {
      return this.fileSystem.readlinkSync(this.at(path), 'buffer');
    } catch (error) {
      if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'EINVAL') return undefined; // gone, or something else since its name was read
      throw filesError('read the link', this.at(path), error);
    }
  }

  /** A name that has the sign of bytes that are no text may really have it. */
  private withoutBadNames(folder: string, entries: readonly Dirent[]): readonly Dirent[] {
    const names = this.fileSystem.readdirSync(this.at(folder), 'buffer');
    const good = new Set(names.filter((name) => isUtf8(name)).map(String));
    const isGood = ({ name }: Dirent) => !name.includes(NO_TEXT) || good.has(name);
    for (const { name } of entries.filter((entry) => !isGood(entry))) {
      this.refuse(folder === '' ? name : `${folder}/${name}`, 'the name is no valid UTF-8');
    }
    return entries.filter(isGood);
  }

  private keep<T>(list: T[], item: T): void {
    list.push(item);
    this.kept++;
  }

  private refuse(path: string, reason: string): void {
    this.refused.push({ path, reason });
  }

  private at(path: string): string {
    return path === '' ? this.root : `${this.root}/${path}`;
  }
}
