import { TaskError } from '../errors.js';

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the device; free some',
  EDQUOT: 'the disk quota is used up; free some space',
  EROFS: 'the file system is read-only; use a folder that can be written',
  EACCES: 'permission denied; change its permissions, or use a folder of your own',
  EPERM: 'not permitted; change its permissions, or use a folder of your own',
  EMFILE: 'too many files are open; raise the limit (ulimit -n)',
  ENFILE: 'too many files are open on this computer; close some',
  ENOTDIR: 'something else stands where a folder should; remove it',
  ELOOP: 'it is a symbolic link, which is not followed; remove it',
  EIO: 'the device fails; look at the system\'s log',
};

/** The code of an error of the file system's: `ENOENT`. */
export function errnoOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

/** `E_TASK_FILES` from an error of the file system's. Others pass as they are. @param doing `read` */
export function filesError(doing: string, path: string, cause: unknown): unknown {
  const { code, syscall, message } = (cause ?? {}) as NodeJS.ErrnoException;
  if (syscall === undefined && ADVICE[code ?? ''] === undefined) return cause;
  return new TaskError('E_TASK_FILES', `cannot ${doing} ${JSON.stringify(path)}: ${ADVICE[code ?? ''] ?? message}`, { cause });
}

/** What a call of the file system gives. @throws TaskError `E_TASK_FILES`, with the path */
export function attempt<T>(doing: string, path: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw filesError(doing, path, error);
  }
}
