import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

const LISTEN = '0A';
/** 127.0.0.1 and ::1 as /proc/net/tcp and tcp6 write them, in the machine's byte order. */
const LOOPBACK = new Set(['0100007F', '00000000000000000000000001000000', '0000000000000000FFFF00000100007F']);

/** `address:port` of every socket on which a process of these listens, in hexadecimal as the kernel writes it, with whether it is loopback. */
export function listeners(pids: readonly number[]): { readonly socket: string; readonly loopback: boolean }[] {
  if (!existsSync('/proc/net/tcp')) throw new Error('there is no /proc/net/tcp: on this system it cannot be seen who listens where');
  const own = new Set(pids.flatMap(sockets));
  return ['tcp', 'tcp6'].flatMap((file) => readFileSync(`/proc/net/${file}`, 'utf8').trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === LISTEN && own.has(inode))
    .map(([, socket]) => ({ socket, loopback: LOOPBACK.has(socket.split(':')[0]) }));
}

/** The processes of a group, as they are now. */
export function members(group: number): number[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    // After the name, which may hold anything: state, parent, process group. A zombie has nothing open any more.
    const [state, , processGroup] = unlessGone(() => readFileSync(`/proc/${pid}/stat`, 'utf8'), '').split(') ').at(-1)!.split(' ');
    return Number(processGroup) === group && state !== 'Z';
  });
}

function sockets(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return unlessGone(() => readdirSync(folder), []).flatMap((fd) => {
    const target = unlessGone(() => readlinkSync(`${folder}/${fd}`), ''); // another may have been closed meanwhile: only that one is left out
    return /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? [];
  });
}

function unlessGone<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch (error) {
    // EACCES: it has ended meanwhile, and what is left of it belongs to nobody.
    if (['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return otherwise;
    throw error;
  }
}
