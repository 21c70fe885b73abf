import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, linkSync, lstatSync, read, readdirSync, unlinkSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { errnoOf, homeError, HomeError, unsafe } from '../home/errors.js';
import { ensureFolder, openForReading, quietly } from '../home/file-system.js';

const readInto = promisify(read);
/** Files of writers that were killed are removed after this, in milliseconds. */
const TEMPORARY_AGE = 600_000;

interface FileStat {
  readonly bytes: number;
  /** Unix epoch milliseconds. */
  readonly lastModified: number;
}

/** @returns `undefined` if there is none @throws HomeError if it is neither file nor folder */
export function statEntry(path: string): FileStat | 'folder' | undefined {
  try {
    const stat = lstatSync(path);
    if (stat.isDirectory()) return 'folder';
    if (!stat.isFile()) throw unsafe(path, 'it is neither file nor folder; remove it');
    return { bytes: stat.size, lastModified: stat.mtimeMs };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw homeError('read', path, error);
  }
}

/** @returns `undefined` if there is none @throws HomeError if it is no file */
export function statFile(path: string): FileStat | undefined {
  const found = statEntry(path);
  if (found === 'folder') throw unsafe(path, 'a folder stands where a file should; remove it');
  return found;
}

/** @returns `'too large'` if it has more bytes than that; `undefined` if there is none @throws HomeError */
export async function readFile(path: string, maxBytes: number): Promise<Uint8Array | 'too large' | undefined> {
  const descriptor = openForReading(path);
  if (descriptor === undefined) return undefined;
  try {
    const { size } = fstatSync(descriptor);
    if (size > maxBytes) return 'too large';
    const content = Buffer.allocUnsafe(size);
    for (let length = 0; length < size;) {
      const { bytesRead } = await readInto(descriptor, content, length, size - length, length);
      if (bytesRead === 0) return content.subarray(0, length);
      length += bytesRead;
    }
    return content;
  } catch (error) {
    throw homeError('read', path, error);
  } finally {
    quietly(() => closeSync(descriptor));
  }
}

/** Where files are written before they get their names: by a link, so that they are whole when they have one, and nobody's else is replaced. */
export class Workshop {
  private tidied = false;

  /** @param folder on the same file system as the names; its parent is there */
  constructor(private readonly folder: string, private readonly now: () => number) {}

  /** @returns false if there is something of that name already @throws HomeError; then nothing is left behind */
  async make(path: string, pieces: readonly Uint8Array[]): Promise<boolean> {
    ensureFolder(this.folder);
    if (!this.tidied) this.tidy();
    const temporary = join(this.folder, randomBytes(12).toString('hex'));
    try {
      await this.write(temporary, pieces);
      return link(temporary, path);
    } catch (error) {
      throw homeError('write', path, error);
    } finally {
      quietly(() => unlinkSync(temporary));
    }
  }

  private async write(path: string, pieces: readonly Uint8Array[]): Promise<void> {
    const handle = await open(path, 'wx', 0o600);
    try {
      await writeFile(handle, pieces);
      const time = new Date(this.now()); // a file server has a clock of its own
      await handle.utimes(time, time);
    } finally {
      await handle.close();
    }
  }

  private tidy(): void {
    this.tidied = true;
    const oldest = this.now() - TEMPORARY_AGE;
    quietly(() => {
      for (const name of readdirSync(this.folder)) {
        const path = join(this.folder, name);
        quietly(() => { if (lstatSync(path).mtimeMs < oldest) unlinkSync(path); });
      }
    });
  }
}

const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV'];

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    const errno = errnoOf(error) ?? '';
    if (errno === 'EEXIST') return false;
    if (!NO_LINKS.includes(errno)) throw error;
    throw new HomeError('E_HOME_NO_LINKS', `cannot write ${JSON.stringify(to)}: the file system has no hard links; `
      + 'set CACHE_TIERS_HOME to a folder on one that has', to, { cause: error });
  }
}
