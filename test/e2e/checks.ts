import { inspect } from 'node:util';

const say = (line: string): void => { process.stdout.write(`${line}\n`); };
/** A line that belongs to the check that is running. */
export const note = (line: string) => say(`      ${line}`);

const started = performance.now();
let passed = 0;
const failures: string[] = [];
let interrupted = false;
let finished = false;

// An end that nobody planned is none: a process.exit() in a check's code, or nothing left to wait for.
process.exitCode = 1;
process.on('exit', () => {
  if (finished || interrupted) return;
  say('FAIL  ended before its end');
  process.exitCode = 1;
});

export const counts = () => ({ passed, failed: failures.length });

/** Runs a check and goes on whatever comes of it. What it returns is undefined if it failed. */
export async function check<T>(name: string, body: () => Promise<T> | T): Promise<T | undefined> {
  if (interrupted) return undefined;
  const start = performance.now();
  const line = (word: string) => `${word.padEnd(5)} ${name.padEnd(78)} ${((performance.now() - start) / 1000).toFixed(1).padStart(5)} s`;
  try {
    const result = await body();
    if (interrupted) return undefined;
    passed += 1;
    say(line('ok'));
    return result;
  } catch (error) {
    if (interrupted) return undefined; // what stops because the servers do has not failed
    failures.push(name);
    say(line('FAIL'));
    for (const text of messageOf(error).split('\n')) note(`| ${text}`);
    return undefined;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : `${inspect(error)} was thrown`;
}

/** What a check needs from an earlier one. Without it the check has failed too: nothing is left out in silence. */
export function from<T>(result: T | undefined, what: string): T {
  if (result === undefined) throw new Error(`not run: ${what} failed`);
  return result;
}

/** Another process checks, and says what passed. */
export function handOver(): void {
  finished = true;
}

/** Nothing is reported any more. @returns the exit code: of what had finished before its own */
export function interrupt(): number {
  if (finished) return Number(process.exitCode ?? 0);
  if (!interrupted) say('interrupted');
  interrupted = true;
  return 130;
}

/** The last line says how many passed, and the exit code whether all did. What was interrupted has no last line. */
export function finish(): void {
  if (interrupted) return;
  finished = true;
  say(`\n${((performance.now() - started) / 1000).toFixed(0)} s`);
  for (const name of failures) say(`FAIL  ${name}`); // again, for who sees the end only
  say(`${passed} passed, ${failures.length} failed`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}
