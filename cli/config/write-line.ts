import type { Io } from '../context.js';

/** Writes a line of a result of any length: waits for whoever reads, so it takes little memory. */
export function writeLine({ stdout, signal }: Io, line: string): Promise<void> | undefined {
  if (stdout.write(`${line}\n`)) return undefined;
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => () => {
      stdout.off('drain', drained);
      signal.removeEventListener('abort', aborted);
      settle();
    };
    const drained = end(resolve);
    const aborted = end(() => reject(signal.reason as Error));
    stdout.once('drain', drained);
    signal.addEventListener('abort', aborted, { once: true });
  });
}
