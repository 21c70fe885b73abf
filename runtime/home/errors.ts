import { CacheTiersError } from '../errors.js';

/**
 * Why local files cannot be used:
 * - `E_HOME_PATH`: what names the folder is wrong
 * - `E_HOME_UNSAFE`: a symbolic link, somebody else's file, or something that is neither file nor folder stands in the way
 * - `E_HOME_READ_ONLY`: no right to write or to read
 * - `E_HOME_FULL`: no space, quota or inode is left
 * - `E_HOME_NO_LINKS`: the file system has no hard links
 * - `E_HOME_IO`: any other failure of the file system
 */
export type HomeErrorCode = `E_HOME_${'PATH' | 'UNSAFE' | 'READ_ONLY' | 'FULL' | 'NO_LINKS' | 'IO'}`;

/** Local files cannot be used. Caches go on without them; the vault asks the source. */
export class HomeError extends CacheTiersError {
  constructor(code: HomeErrorCode, message: string, readonly path: string, options?: { cause?: unknown }) {
    super(code, message, options);
    this.name = 'HomeError';
  }
}

const BY_ERRNO: Readonly<Record<string, readonly [HomeErrorCode, string]>> = {
  EROFS: ['E_HOME_READ_ONLY', 'the file system is read-only; set CACHE_TIERS_HOME to a folder that can be written'],
  EACCES: ['E_HOME_READ_ONLY', 'permission denied; set CACHE_TIERS_HOME to a folder of your own'],
  EPERM: ['E_HOME_READ_ONLY', 'not permitted; set CACHE_TIERS_HOME to a folder of your own'],
  ENOSPC: ['E_HOME_FULL', 'no space left on the device; free some, or set CACHE_TIERS_HOME to another one'],
  EDQUOT: ['E_HOME_FULL', 'the disk quota is used up; free some, or set CACHE_TIERS_HOME to another device'],
  ELOOP: ['E_HOME_UNSAFE', 'it is a symbolic link, which is not followed; remove it'],
  ENOTDIR: ['E_HOME_UNSAFE', 'a file stands where a folder should; remove it'],
};

/** The code of an error of the file system's: `ENOENT`. */
export function errnoOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

/** An error of the file system's, said for people. Ours pass as they are. */
export function homeError(doing: string, path: string, cause: unknown): HomeError {
  if (cause instanceof HomeError) return cause;
  const [code, advice] = BY_ERRNO[errnoOf(cause) ?? ''] ?? ['E_HOME_IO', cause instanceof Error ? cause.message : String(cause)];
  return new HomeError(code, `cannot ${doing} ${JSON.stringify(path)}: ${advice}`, path, { cause });
}

export function unsafe(path: string, reason: string): HomeError {
  return new HomeError('E_HOME_UNSAFE', `${JSON.stringify(path)} is not used: ${reason}`, path);
}

/** The same error about files that are not in the home folder, but in one that is set by something else. Other errors pass as they are. */
export function elsewhere(error: unknown, setting: string): unknown {
  if (!(error instanceof HomeError)) return error;
  const { code, message, path, cause } = error;
  return new HomeError(code as HomeErrorCode, message.replaceAll('CACHE_TIERS_HOME', setting), path, { cause });
}
