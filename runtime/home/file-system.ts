import * as fs from 'node:fs';
import { errnoOf, homeError, unsafe } from './errors.js';

/** What is used of `node:fs`; tests give one that fails. */
export type HomeFileSystem = Pick<typeof fs, 'openSync' | 'closeSync' | 'readSync' | 'writeSync' | 'fsyncSync' | 'fstatSync' | 'fchmodSync'
  | 'linkSync' | 'unlinkSync' | 'readdirSync' | 'lstatSync' | 'mkdirSync' | 'chmodSync'>;

export const nodeFileSystem: HomeFileSystem = fs;

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL } = fs.constants;
/** Absent on Windows, where lstat alone tells. A pipe in place of a file must not hold the process, hence the second. */
const CAREFULLY = (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0);
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/**
 * Makes sure of a folder: there, ours, only for us. Not through a symbolic link. Its parent must be there.
 *
 * @throws HomeError
 */
export function ensureFolder(path: string, fileSystem: HomeFileSystem = nodeFileSystem): void {
  try {
    try {
      fileSystem.mkdirSync(path, { mode: FOLDER_MODE });
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') {
        if (!isThere(path, fileSystem)) throw error; // on a read-only file system, making a folder fails before anybody looks for it
      }
    }
    checkFolder(path, fileSystem);
  } catch (error) {
    throw homeError('make the folder', path, error);
  }
}

/** @throws HomeError `E_HOME_UNSAFE` if it is no folder of ours; an error of the file system's if it is not there */
export function checkFolder(path: string, fileSystem: HomeFileSystem = nodeFileSystem): void {
  const stat = fileSystem.lstatSync(path);
  if (stat.isSymbolicLink()) throw unsafe(path, 'it is a symbolic link, which is not followed; remove it, or set CACHE_TIERS_HOME to where it leads');
  if (!stat.isDirectory()) throw unsafe(path, 'a file stands where a folder should; remove it');
  checkOwner(path, stat);
  if (isWide(stat)) narrow(() => fileSystem.chmodSync(path, FOLDER_MODE));
}

/**
 * Opens a file of ours for reading.
 *
 * @returns undefined if it is not there
 * @throws HomeError if it is a symbolic link, somebody else's, no plain file, or cannot be read
 */
export function openForReading(path: string, fileSystem: HomeFileSystem = nodeFileSystem): number | undefined {
  let descriptor: number | undefined;
  try {
    if (process.platform === 'win32' && isThere(path, fileSystem) && fileSystem.lstatSync(path).isSymbolicLink()) {
      throw unsafe(path, 'it is a symbolic link, which is not followed; remove it');
    }
    descriptor = fileSystem.openSync(path, O_RDONLY | CAREFULLY);
    const stat = fileSystem.fstatSync(descriptor);
    if (!stat.isFile()) throw unsafe(path, 'it is no plain file; remove it');
    checkOwner(path, stat);
    const held = descriptor;
    if (isWide(stat)) narrow(() => fileSystem.fchmodSync(held, FILE_MODE));
    return descriptor;
  } catch (error) {
    if (descriptor !== undefined) closeQuietly(descriptor, fileSystem);
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw homeError('read', path, error);
  }
}

/**
 * Makes a file that was not there, with this content.
 *
 * @param durable whether to wait until the content is on the disk
 * @throws HomeError; then nothing is left behind
 */
export function createFile(path: string, content: Uint8Array, durable: boolean, fileSystem: HomeFileSystem = nodeFileSystem): void {
  let descriptor: number | undefined;
  let made = false;
  try {
    descriptor = fileSystem.openSync(path, O_WRONLY | O_CREAT | O_EXCL | CAREFULLY, FILE_MODE);
    made = true;
    writeAll(descriptor, content, fileSystem);
    if (durable) fileSystem.fsyncSync(descriptor);
    fileSystem.closeSync(descriptor);
  } catch (error) {
    if (descriptor !== undefined) closeQuietly(descriptor, fileSystem);
    if (made) quietly(() => fileSystem.unlinkSync(path));
    throw homeError('write', path, error);
  }
}

/** Waits until the names in a folder are on the disk, as files' contents are. Windows has no such thing, and needs none. */
export function syncFolder(path: string, fileSystem: HomeFileSystem = nodeFileSystem): void {
  const descriptor = fileSystem.openSync(path, O_RDONLY | CAREFULLY);
  try {
    fileSystem.fsyncSync(descriptor);
  } finally {
    closeQuietly(descriptor, fileSystem);
  }
}

/** Writes all of it, in as many parts as the system takes. */
export function writeAll(descriptor: number, content: Uint8Array, fileSystem: HomeFileSystem = nodeFileSystem): void {
  for (let written = 0; written < content.length;) {
    written += fileSystem.writeSync(descriptor, content, written, content.length - written);
  }
}

/**
 * Reads a file of ours.
 *
 * @param maxBytes a longer one is not read
 * @returns undefined if it is not there; `'too long'` if it is longer
 * @throws HomeError
 */
export function readWhole(path: string, maxBytes: number, fileSystem: HomeFileSystem = nodeFileSystem): Buffer | 'too long' | undefined {
  const descriptor = openForReading(path, fileSystem);
  if (descriptor === undefined) return undefined;
  try {
    const { size } = fileSystem.fstatSync(descriptor);
    if (size > maxBytes) return 'too long';
    const content = Buffer.allocUnsafe(size);
    let length = 0;
    while (length < size) {
      const read = fileSystem.readSync(descriptor, content, length, size - length, length);
      if (read === 0) break;
      length += read;
    }
    return content.subarray(0, length);
  } catch (error) {
    throw homeError('read', path, error);
  } finally {
    closeQuietly(descriptor, fileSystem);
  }
}

/** Removes a file if it is there. Of a symbolic link, the link. @throws HomeError */
export function removeFile(path: string, fileSystem: HomeFileSystem = nodeFileSystem): void {
  try {
    fileSystem.unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw homeError('remove', path, error);
  }
}

/** For what may fail without harm, such as tidying up. */
export function quietly(run: () => void): void {
  try { run(); } catch { /* left as it is */ }
}

function closeQuietly(descriptor: number, fileSystem: HomeFileSystem): void {
  quietly(() => fileSystem.closeSync(descriptor));
}

/** Whether something has this name, be it a link to nothing. */
export function isThere(path: string, fileSystem: HomeFileSystem): boolean {
  try {
    fileSystem.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

function checkOwner(path: string, stat: { readonly uid: number }): void {
  const user = process.geteuid?.();
  if (user !== undefined && stat.uid !== user) {
    throw unsafe(path, `it belongs to user ${stat.uid}, not to ${user}; set CACHE_TIERS_HOME to a folder of your own`);
  }
}

function isWide(stat: { readonly mode: number }): boolean {
  return process.platform !== 'win32' && (stat.mode & 0o077) !== 0;
}

/** What was there before with more rights than needed gets fewer. A read-only file system keeps what it has. */
function narrow(change: () => void): void {
  try {
    change();
  } catch (error) {
    if (errnoOf(error) !== 'EROFS') throw error;
  }
}
