import { nodeFileSystem, type HomeFileSystem } from '../../../runtime/home/file-system';

type Operation = keyof HomeFileSystem;

export const errno = (code: string) => Object.assign(new Error(`${code}: injected`), { code });

/** A file system on which these operations fail. */
export function failing(code: string, ...operations: Operation[]): HomeFileSystem {
  return { ...nodeFileSystem, ...Object.fromEntries(operations.map((operation) => [operation, () => { throw errno(code); }])) };
}

/** A file system on which nothing can be changed. */
export const readOnly = (): HomeFileSystem => ({
  ...failing('EROFS', 'mkdirSync', 'writeSync', 'linkSync', 'unlinkSync', 'chmodSync', 'fchmodSync'),
  openSync: ((path: string, flags: number, mode: number) => {
    if (flags & 3) throw errno('EROFS');
    return nodeFileSystem.openSync(path, flags, mode);
  }) as HomeFileSystem['openSync'],
});

/** A file system that takes a few bytes at a time, and as many in all as there is space; then it is full. */
export function small(space: number, atOnce: number = 7): HomeFileSystem {
  let left = space;
  const writeSync = (descriptor: number, bytes: Uint8Array, offset: number, length: number) => {
    const size = Math.min(left, atOnce, length);
    if (size === 0) throw errno('ENOSPC');
    left -= size;
    return nodeFileSystem.writeSync(descriptor, bytes, offset, size);
  };
  return { ...nodeFileSystem, writeSync: writeSync as HomeFileSystem['writeSync'] };
}

export class Killed extends Error {}

/** A process that is killed before its n-th operation: neither that nor any later one happens. Writes one byte at a time. */
export function killedBefore(n: number): HomeFileSystem {
  let operations = 0;
  const entries = Object.entries(small(Infinity, 1)).map(([name, run]) => [name, (...args: never[]) => {
    if (++operations >= n) throw new Killed(`killed before operation ${n}`);
    return (run as (...args: never[]) => unknown)(...args);
  }]);
  return Object.fromEntries(entries) as HomeFileSystem;
}
