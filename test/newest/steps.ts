const say = (line: string): void => { process.stdout.write(`${line}\n`); };
/** A line about the step that is running. */
export const note = (line: string) => say(`# ${line}`);

let failed = 0;
let ended = false;

// An end that nobody planned is a failure.
process.exitCode = 1;
process.on('exit', () => {
  if (!ended) say('not ok ended before its end');
});

/** Runs a step. @returns whether it succeeded */
export async function step(name: string, body: () => Promise<void>): Promise<boolean> {
  const start = performance.now();
  try {
    await body();
    say(`ok ${name} (${((performance.now() - start) / 1000).toFixed(0)} s)`);
    return true;
  } catch (error) {
    failed += 1;
    say(`not ok ${name}`);
    for (const line of (error as Error).message.split('\n')) note(`  ${line}`);
    return false;
  }
}

export function finish(): void {
  ended = true;
  say(failed === 0 ? 'everything holds' : `not ok ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
