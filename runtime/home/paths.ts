import { posix, win32 } from 'node:path';
import { HomeError } from './errors.js';

/** What is kept apart in the home folder. */
export type HomeKind = 'cache' | 'vault' | 'usage' | 'restore';

/** The folder that is the user's to set, below which all is checked, by what is kept in it. */
export type HomeRoots = Readonly<Record<HomeKind, string>>;

export interface HomePlace {
  /** A folder given by the program. It goes before what the environment says. */
  readonly home?: string;
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  /** The user's own folder. */
  readonly userFolder: string;
}

/**
 * Where local files are: the folder given, `CACHE_TIERS_HOME`, `%LOCALAPPDATA%\cache-tiers` on Windows, `$XDG_CACHE_HOME/cache-tiers` for caches and
 * `$XDG_STATE_HOME/cache-tiers` for the rest where these are set to absolute paths, otherwise `~/.cache-tiers`.
 *
 * @throws HomeError `E_HOME_PATH` if a folder that is named is not absolute, or none can be told
 */
export function homeRoots({ home, env, platform, userFolder }: HomePlace): HomeRoots {
  const path = platform === 'win32' ? win32 : posix;
  const one = (root: string): HomeRoots => ({ cache: root, vault: root, usage: root, restore: root });

  const named = home === undefined ? env.CACHE_TIERS_HOME : home;
  if (home !== undefined || named) {
    const option = home === undefined ? 'CACHE_TIERS_HOME' : 'home';
    if (!named || !path.isAbsolute(named)) throw badPath(`${option} must be an absolute path, got ${JSON.stringify(named)}`, named ?? '');
    return one(path.normalize(named));
  }
  if (platform === 'win32') {
    const local = env.LOCALAPPDATA;
    if (local && path.isAbsolute(local)) return one(path.join(local, 'cache-tiers'));
    return one(path.join(ownFolder(path, userFolder), 'AppData', 'Local', 'cache-tiers'));
  }
  // A relative path in these variables is to be ignored, as their specification says.
  const of = (variable: string | undefined) => variable && path.isAbsolute(variable) ? path.join(variable, 'cache-tiers') : undefined;
  const [cache, state] = [of(env.XDG_CACHE_HOME), of(env.XDG_STATE_HOME)];
  const plain = cache !== undefined && state !== undefined ? '' : path.join(ownFolder(path, userFolder), '.cache-tiers');
  return { ...one(state ?? plain), cache: cache ?? plain };
}

function ownFolder(path: typeof posix, userFolder: string): string {
  if (path.isAbsolute(userFolder)) return userFolder;
  throw badPath('the user has no folder to keep files in; set CACHE_TIERS_HOME to an absolute path', userFolder);
}

function badPath(message: string, path: string): HomeError {
  return new HomeError('E_HOME_PATH', message, path);
}
