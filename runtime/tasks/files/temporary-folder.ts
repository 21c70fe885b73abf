import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { isAlive, thisHost } from '../../home/file-lease.js';
import { sha256 } from '../content/verified-objects.js';
import { attempt, errnoOf, filesError } from './errors.js';
import { lookAt, quietly, type FileSystem } from './file-system.js';

const PREFIX = '.cache-tiers-tmp-';
const NAME = /^\.cache-tiers-tmp-([0-9a-f]{12})-(\d+)-[0-9a-f]{12}$/;
/** Characters that paths below it have more than those below the folder, at the most. */
export const TEMPORARY_LENGTH = 80;
/** Of processes elsewhere nobody here knows whether they run: what they leave is removed after this, in milliseconds. */
const AGE = 24 * 3600_000;
const NOT_HERE: readonly (string | undefined)[] = ['EACCES', 'EPERM', 'EROFS'];

/** Whether it is a name of a temporary folder. Nothing else is called so. */
export function isTemporaryName(name: string): boolean {
  return name.startsWith(PREFIX);
}

/**
 * A folder for what is not finished, on the file system of another folder, for this user only. It is beside that one; where nothing can be made
 * there, or the folder is a file system of its own, it is in it.
 */
export class TemporaryFolder {
  /**
   * Makes one, and removes what processes that are gone have left.
   *
   * @param root absolute; its parent is there
   * @throws TaskError `E_TASK_FILES`
   */
  static make(root: string, fileSystem: FileSystem): TemporaryFolder {
    const name = `${PREFIX}${hostMark()}-${process.pid}-${randomBytes(6).toString('hex')}`;
    const beside = dirname(root);
    try {
      const stat = lookAt(root, fileSystem);
      if (stat === undefined || stat.dev === lookAt(beside, fileSystem)?.dev) {
        try {
          return TemporaryFolder.in(beside, name, fileSystem);
        } catch (error) {
          if (stat === undefined || !NOT_HERE.includes(errnoOf(error))) throw error;
        }
      }
      return TemporaryFolder.in(root, name, fileSystem);
    } catch (error) {
      throw filesError('make a temporary folder for', root, error);
    }
  }

  private static in(folder: string, name: string, fileSystem: FileSystem): TemporaryFolder {
    const path = join(folder, name);
    fileSystem.mkdirSync(path, { mode: 0o700 });
    quietly(() => removeLeftOvers(folder, fileSystem));
    return new TemporaryFolder(path, fileSystem);
  }

  private constructor(readonly path: string, private readonly fileSystem: FileSystem) {}

  /**
   * Waits until the file system's clock has gone on, so that whatever anybody does to a file from now on shows in its times.
   *
   * @param latest time of a change, in nanoseconds
   * @returns false if it has not within a while
   */
  async waitForChangesAfter(latest: bigint): Promise<boolean> {
    for (let attempts = 0; attempts < 25; attempts++) {
      const probe = join(this.path, `clock-${attempts}`);
      attempt('write', probe, () => this.fileSystem.mkdirSync(probe));
      if (lookAt(probe, this.fileSystem)!.ctimeNs > latest) return true;
      await new Promise((later) => setTimeout(later, 2));
    }
    return false;
  }

  remove(): void {
    quietly(() => this.fileSystem.rmSync(this.path, { recursive: true, force: true }));
  }
}

function removeLeftOvers(folder: string, fileSystem: FileSystem): void {
  for (const name of fileSystem.readdirSync(folder)) {
    const [, host, pid] = NAME.exec(name) ?? [];
    if (host === undefined || (host === hostMark() && Number(pid) === process.pid)) continue;
    const path = join(folder, name);
    const stat = lookAt(path, fileSystem);
    if (stat === undefined || !stat.isDirectory()) continue;
    const isGone = host === hostMark() && !isAlive(Number(pid));
    if (isGone || Number(stat.mtimeMs) < Date.now() - AGE) quietly(() => fileSystem.rmSync(path, { recursive: true, force: true }));
  }
}

/** Process ids mean something on one host only. */
function hostMark(): string {
  return sha256(Buffer.from(thisHost())).slice(0, 12);
}
