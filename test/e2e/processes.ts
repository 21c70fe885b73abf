import { execFile, type ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const LIMIT = 300_000; // milliseconds for one command: pip on a slow line takes the longest
export const SHOWN = 40; // last lines of a command that failed

export interface RunOptions {
  readonly cwd?: string;
  /** Beside the process's own variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds. @default - five minutes */
  readonly limit?: number;
  /** Goes on when this process ends: what would leave the machine half changed. @default false */
  readonly outlives?: boolean;
}

const running = new Set<ChildProcess>();

/** Runs a program without input. What it printed, or an error that shows the end of it. */
export async function run(command: string, args: readonly string[], { cwd, env, limit = LIMIT, outlives = false }: RunOptions = {}): Promise<string> {
  const [file, ...rest] = outlives ? [command, ...args] : tied([command, ...args]);
  const settings = { cwd, env: { ...process.env, ...env }, timeout: limit, killSignal: 'SIGKILL' as const, maxBuffer: 1 << 26 };
  const promise = promisify(execFile)(file, rest, settings);
  if (!outlives) running.add(promise.child);
  promise.child.stdin?.end();
  try {
    return (await promise).stdout;
  } catch (error) {
    const { code, killed, signal, stdout = '', stderr = '' } = error as Failure;
    const printed = `${stdout}\n${stderr}`.trim().split('\n').slice(-SHOWN).join('\n');
    const why = killed ? `ended after ${limit / 1000} s` : signal ?? code;
    throw new Error(`${[command, ...args].join(' ')}: ${why}\n${printed}`, { cause: error });
  } finally {
    running.delete(promise.child);
  }
}

interface Failure {
  readonly code?: number | string;
  readonly killed?: boolean;
  readonly signal?: string;
  readonly stdout?: string;
  readonly stderr?: string;
}

/** Ends the programs that are running. */
export function endRunning(): void {
  for (const child of running) child.kill('SIGKILL');
}

/**
 * A command that the kernel ends with this process, in whatever way that ends, by kill -9 too. Only Linux can: elsewhere what a killed
 * process has started must be ended by hand.
 */
export function tied(command: readonly string[], signal: 'TERM' | 'KILL' = 'KILL'): [string, ...string[]] {
  const whole = which('setpriv') === undefined ? command : ['setpriv', '--pdeathsig', signal, ...command];
  return whole as [string, ...string[]];
}

/** Where a program is on the PATH. */
export function which(program: string): string | undefined {
  return (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program)).find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Calls back once when the process that has started this one is gone: npm, say, that was ended alone. */
export function onOrphaned(callback: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, 500);
  timer.unref();
}
