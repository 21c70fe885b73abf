import { constants, type BigIntStats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { checkTarget } from './check-path.js';
import { attempt, errnoOf } from './errors.js';
import { kindOf, lookAt, modeOf, type FileSystem } from './file-system.js';

/** Why something is not put into its place; the rest goes on. */
export type Obstacle = string;

/**
 * A folder that has things in it, which are not trusted to be as they should: nothing is written, read or removed through a symbolic link. Each
 * call looks before it acts and does not wait in between.
 */
export class TargetFolder {
  /** Folders that were looked at since `forget`. */
  private readonly good = new Set<string>(['']);
  private readonly names = new Map<string, ReadonlySet<string>>();

  /** @param tellsApart whether the file system tells names apart that differ in capitals; asked when something is there already */
  constructor(private readonly root: string, private readonly fileSystem: FileSystem, private readonly tellsApart: () => boolean) {}

  /** Others have had their turn: what was looked at may have changed. */
  forget(): void {
    this.good.clear();
    this.good.add('');
    this.names.clear();
  }

  at(path: string): string {
    return `${this.root}/${path}`;
  }

  /** What stands at a path, below folders only. */
  look(path: string): BigIntStats | undefined {
    return this.foldersOf(path, false) === undefined ? this.stat(path) : undefined;
  }

  target(path: string): string {
    const target = attempt('read the link', this.at(path), () => this.fileSystem.readlinkSync(this.at(path)));
    return process.platform === 'win32' ? target.replaceAll('\\', '/') : target;
  }

  /** Gives a finished file or link its name. @returns why not */
  put(path: string, from: string): Obstacle | undefined {
    const obstacle = this.foldersOf(path, true) ?? this.inPlace(path);
    if (obstacle !== undefined) return obstacle;
    attempt('write', this.at(path), () => this.fileSystem.renameSync(from, this.at(path)));
    this.names.delete(dirname(path));
    return undefined;
  }

  /** Makes sure of a folder. @returns why there is none */
  makeFolder(path: string): Obstacle | undefined {
    return this.foldersOf(`${path}/`, true);
  }

  /** @returns whether it was another one */
  setMode(path: string, mode: number): boolean {
    const stat = this.look(path);
    if (stat === undefined || stat.isSymbolicLink() || modeOf(stat) === mode || process.platform === 'win32') return false;
    attempt('change the permissions of', this.at(path), () => this.fileSystem.chmodSync(this.at(path), mode));
    return true;
  }

  /** Removes a file, a link or a folder with nothing in it. @returns whether it was there, and is gone */
  remove(path: string): boolean {
    const stat = this.look(path);
    if (stat?.isDirectory()) return this.removeFolder(path);
    if (!stat?.isFile() && !stat?.isSymbolicLink()) return false;
    attempt('remove', this.at(path), () => this.fileSystem.unlinkSync(this.at(path)));
    return true;
  }

  /** @returns whether it was empty, and is gone */
  removeFolder(path: string): boolean {
    try {
      if (this.foldersOf(`${path}/`, false) !== undefined) return false;
      this.fileSystem.rmdirSync(this.at(path));
    } catch (error) {
      if (['ENOTEMPTY', 'EEXIST', 'ENOENT', 'EBUSY'].includes(errnoOf(error) ?? '')) return false;
      return attempt('remove', this.at(path), () => { throw error; });
    }
    this.forget();
    return true;
  }

  /** Looks at all folders that a path is in. @returns why it cannot be in them */
  private foldersOf(path: string, make: boolean): Obstacle | undefined {
    const parent = path.slice(0, Math.max(path.lastIndexOf('/'), 0));
    if (this.good.has(parent)) return undefined;
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
      const folder = path.slice(0, end);
      if (this.good.has(folder)) continue;
      const stat = this.stat(folder);
      if (stat === undefined && !make) return 'it is not there';
      if (stat === undefined) attempt('make the folder', this.at(folder), () => this.fileSystem.mkdirSync(this.at(folder)));
      else if (!stat.isDirectory()) return `${JSON.stringify(folder)} is no folder here, but ${nameOf(stat)}`;
      else if (!this.hasExactName(folder)) return `${JSON.stringify(folder)} is here under another name that means the same`;
      this.good.add(folder);
    }
    return undefined;
  }

  /** @returns why what is in its place is not replaced */
  private inPlace(path: string): Obstacle | undefined {
    const stat = this.stat(path);
    if (stat === undefined) return undefined;
    if (!stat.isFile() && !stat.isSymbolicLink()) return `${nameOf(stat)} is in its place`;
    if (stat.isSymbolicLink() && checkTarget(path, this.target(path)) !== undefined) return 'a link that leads out of the folder is in its place';
    return this.hasExactName(path) ? undefined : 'something is here under another name that means the same';
  }

  private stat(path: string): BigIntStats | undefined {
    return attempt('look at', this.at(path), () => lookAt(this.at(path), this.fileSystem));
  }

  private hasExactName(path: string): boolean {
    if (this.tellsApart()) return true;
    const folder = dirname(path);
    let names = this.names.get(folder);
    if (names === undefined) {
      names = new Set(attempt('read the folder', this.at(folder), () => this.fileSystem.readdirSync(join(this.root, folder))));
      this.names.set(folder, names);
    }
    return names.has(basename(path));
  }
}

function nameOf(stat: BigIntStats): string {
  if (stat.isDirectory()) return 'a folder';
  if (stat.isFile()) return 'a file';
  return stat.isSymbolicLink() ? 'a link' : kindOf(stat);
}

/** Whether the file system of a folder tells names apart that differ in capitals, or in how letters are composed. */
export function tellsNamesApart(folder: string, fileSystem: FileSystem): boolean {
  const name = 'probe-\u00e9';
  const { O_CREAT, O_EXCL, O_WRONLY } = constants;
  return attempt('write', folder, () => {
    fileSystem.closeSync(fileSystem.openSync(join(folder, name), O_CREAT | O_EXCL | O_WRONLY, 0o600));
    const same = [name.toUpperCase(), name.normalize('NFD')].some((other) => lookAt(join(folder, other), fileSystem) !== undefined);
    fileSystem.unlinkSync(join(folder, name));
    return !same;
  });
}
