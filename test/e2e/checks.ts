import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const LIMIT = 300_000; // milliseconds for one command: pip on a slow line takes the longest
export const SHOWN = 40; // last lines of a command that failed

const say = (line: string): void => { process.stdout.write(`${line}\n`); };
/** A line that belongs to the check that is running. */
export const note = (line: string) => say(`      ${line}`);

const started = performance.now();
let passed = 0;
const failures: string[] = [];

export const counts = () => ({ passed, failed: failures.length });

/** Runs a check and goes on whatever comes of it. What it returns is undefined if it failed. */
export async function check<T>(name: string, body: () => Promise<T> | T): Promise<T | undefined> {
  const start = performance.now();
  const line = (word: string) => `${word.padEnd(5)} ${name.padEnd(78)} ${((performance.now() - start) / 1000).toFixed(1).padStart(5)} s`;
  try {
    const result = await body();
    passed += 1;
    say(line('ok'));
    return result;
  } catch (error) {
    failures.push(name);
    say(line('FAIL'));
    for (const text of (error as Error).message.split('\n')) note(`| ${text}`);
    return undefined;
  }
}

/** What a check needs from an earlier one. Without it the check has failed too: nothing is left out in silence. */
export function from<T>(result: T | undefined, what: string): T {
  if (result === undefined) throw new Error(`not run: ${what} failed`);
  return result;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Beside the process's own variables; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Runs a program without input. What it printed, or an error that shows the end of it. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  try {
    const env = { ...process.env, ...options.env };
    const settings = { cwd: options.cwd, env, timeout: LIMIT, killSignal: 'SIGKILL' as const, maxBuffer: 1 << 26 };
    const running = promisify(execFile)(command, [...args], settings);
    running.child.stdin?.end();
    return (await running).stdout;
  } catch (error) {
    const { code, signal, stdout = '', stderr = '' } = error as { code?: number | string; signal?: string; stdout?: string; stderr?: string };
    const printed = `${stdout}\n${stderr}`.trim().split('\n').slice(-SHOWN).join('\n');
    throw new Error(`${[command, ...args].join(' ')}: ${signal ?? code}\n${printed}`, { cause: error });
  }
}

/** The last line says how many passed, and the exit code whether all did. */
export function finish(): void {
  say(`\n${((performance.now() - started) / 1000).toFixed(0)} s`);
  for (const name of failures) say(`FAIL  ${name}`); // again, for who sees the end only
  say(`${passed} passed, ${failures.length} failed`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}
