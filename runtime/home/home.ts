import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { homeError } from './errors.js';
import { ensureFolder, isThere, nodeFileSystem, type HomeFileSystem } from './file-system.js';
import { homeRoots, type HomeKind, type HomeRoots } from './paths.js';
import { safeName } from './safe-name.js';

export interface HomeOptions {
  /** The folder, an absolute path. @default - CACHE_TIERS_HOME, or as the platform has it */
  readonly home?: string;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** @default node:fs */
  readonly fileSystem?: HomeFileSystem;
}

/** The folder of this user's local files. Nothing in it is shared with other users: folders are 0700, files 0600. */
export class Home {
  /**
   * Tells where the folder is. Makes nothing yet.
   *
   * @throws HomeError `E_HOME_PATH` if the folder that is named is not absolute
   */
  static open({ home, env = process.env, fileSystem = nodeFileSystem }: HomeOptions = {}): Home {
    return new Home(homeRoots({ home, env, platform: process.platform, userFolder: userFolder(env) }), fileSystem);
  }

  private constructor(readonly roots: HomeRoots, readonly fileSystem: HomeFileSystem) {}

  /** Where a folder is or would be. Makes and checks nothing. */
  path(kind: HomeKind, ...names: string[]): string {
    return join(this.roots[kind], kind, ...names.map(safeName));
  }

  /**
   * A folder, made if it is not there. Each part of the way from the home folder on is checked: no symbolic link, nobody else's, for this user only.
   *
   * @param names any text; what a file system may not take as a name is replaced
   * @throws HomeError
   */
  folder(kind: HomeKind, ...names: string[]): string {
    let path = this.roots[kind];
    try {
      this.fileSystem.mkdirSync(dirname(path), { recursive: true });
    } catch (error) { // a read-only file system says so even if the folder is there
      if (!isThere(dirname(path), this.fileSystem)) throw homeError('make the folder', dirname(path), error);
    }
    ensureFolder(path, this.fileSystem);
    for (const name of [kind, ...names.map(safeName)]) ensureFolder(path = join(path, name), this.fileSystem);
    return path;
  }
}

function userFolder(env: NodeJS.ProcessEnv): string {
  try {
    return env.HOME || homedir();
  } catch { // a user without an entry in the system's list and without $HOME
    return '';
  }
}
