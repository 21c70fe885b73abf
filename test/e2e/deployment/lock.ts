import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OUT } from './places';

const FILE = join(OUT, 'lock');

/** One run at a time in a checkout: two would write over each other's files. The lock of a process that is gone counts for nothing. */
export function lock(): void {
  mkdirSync(OUT, { recursive: true });
  try {
    writeFileSync(FILE, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const holder = Number(readFileSync(FILE, 'utf8'));
    if (holder !== process.pid && isLeg(holder)) {
      throw new Error(`another run, process ${holder}, has ${FILE}: wait for its end, or use another clone`, { cause: error });
    }
    writeFileSync(FILE, String(process.pid));
  }
  process.on('exit', () => { rmSync(FILE, { force: true }); });
}

/** Process ids come again, in a container soon: on Linux its command line says what it is. */
function isLeg(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('deployment/run.ts');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
