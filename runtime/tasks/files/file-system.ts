import * as fs from 'node:fs';
import { setImmediate } from 'node:timers/promises';

/** What is used of `node:fs`; tests give one that fails. Calls that do not wait cost a fraction of the CPU time that those of the pool do. */
export type FileSystem = Pick<typeof fs, 'openSync' | 'closeSync' | 'readSync' | 'writeSync' | 'write' | 'fstatSync' | 'lstatSync' | 'fchmodSync'
  | 'futimesSync' | 'chmodSync' | 'mkdirSync' | 'readdirSync' | 'readlinkSync' | 'readFileSync' | 'symlinkSync' | 'renameSync' | 'unlinkSync'
  | 'rmdirSync' | 'rmSync' | 'realpathSync'>;

export const nodeFileSystem: FileSystem = fs;

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL } = fs.constants;
/** Both are absent on Windows. A pipe in place of a file must not hold the process, hence the second. */
const CAREFULLY = (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0);

export const FOR_READING = O_RDONLY | CAREFULLY;
export const FOR_A_NEW_FILE = O_WRONLY | O_CREAT | O_EXCL | CAREFULLY;

/** Permission bits. What makes a program run as somebody else is neither stored nor restored. */
export const PERMISSIONS = 0o777;
export const FOLDER_MODE = 0o755;
const FILE_MODE = 0o644;

/** What tells whether a file is the one that was read before. */
export type FileStat = Pick<fs.BigIntStats, 'size' | 'mtimeNs' | 'ctimeNs' | 'ino'>;

/** @returns undefined if nothing has this name */
export function lookAt(path: string, fileSystem: FileSystem): fs.BigIntStats | undefined {
  return fileSystem.lstatSync(path, { bigint: true, throwIfNoEntry: false });
}

/** The permission bits as they are kept. Windows has none. */
export function modeOf(stat: fs.BigIntStats): number {
  if (process.platform === 'win32') return stat.isDirectory() ? FOLDER_MODE : FILE_MODE;
  return Number(stat.mode) & PERMISSIONS;
}

/** As trees have it: nothing is older than the epoch. */
export function lastModifiedOf({ mtimeNs }: Pick<fs.BigIntStats, 'mtimeNs'>): number {
  return Math.max(0, Number(mtimeNs / 1_000_000n));
}

/** What stands at a path, for people, if it is neither file nor folder nor link. */
export function kindOf(stat: Pick<fs.Stats, 'isFIFO' | 'isSocket' | 'isBlockDevice' | 'isCharacterDevice'>): string {
  if (stat.isFIFO()) return 'a named pipe';
  if (stat.isSocket()) return 'a socket';
  return stat.isBlockDevice() || stat.isCharacterDevice() ? 'a device' : 'neither file, folder nor link';
}

/** For what may fail without harm, such as tidying up. */
export function quietly(run: () => void): void {
  try { run(); } catch { /* left as it is */ }
}

/** Lets others have their turn after so many steps of work that does not wait. */
export class Turns {
  private steps = 0;

  constructor(private readonly every: number) {}

  /** @returns undefined if it is not their turn yet */
  step(): Promise<void> | undefined {
    if (++this.steps < this.every) return undefined;
    this.steps = 0;
    return setImmediate();
  }
}
