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
    if (isRunning(holder)) throw new Error(`another run, process ${holder}, has ${FILE}: wait for its end, or use another clone`, { cause: error });
    writeFileSync(FILE, String(process.pid));
  }
  process.on('exit', () => { rmSync(FILE, { force: true }); });
}

function isRunning(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}
