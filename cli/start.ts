import type { TakenSignal } from './context.js';
import { EXIT } from './exit-codes.js';
import { run } from './run.js';

/** Runs the command line of this process, and says how it ends. */
export async function start(args: readonly string[]): Promise<void> {
  const interrupted = new AbortController();
  let exitCode: number = EXIT.interrupted;
  let taken: ((signal: TakenSignal) => void) | undefined;
  const stop = (signal: 'SIGINT' | 'SIGTERM', code: number) => {
    process.on(signal, () => {
      if (taken !== undefined) return taken(signal);
      if (interrupted.signal.aborted) process.exit(code); // asked twice: at once
      exitCode = code;
      interrupted.abort();
    });
  };
  stop('SIGINT', EXIT.interrupted);
  stop('SIGTERM', EXIT.terminated);

  const takeSignals = (listener: (signal: TakenSignal) => void) => {
    taken = listener;
    for (const signal of ['SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => listener(signal));
  };

  // The reader has left (`| head`): there is nobody to tell, which does not end what goes on for others than readers.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (taken === undefined) process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failed);
    });
  }

  const code = await run(args, {
    stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: process.env, signal: interrupted.signal, takeSignals,
  });
  process.exitCode = interrupted.signal.aborted && code !== EXIT.ok ? exitCode : code;
  // What was stopped has been tidied up; a connection that it was still waiting for is nobody's any more.
  if (interrupted.signal.aborted || taken !== undefined) process.exit();
}
