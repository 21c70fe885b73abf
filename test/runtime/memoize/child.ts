/* A process of its own over the shared table: run by processes.test.ts with tsx. Speaks lines of JSON on standard output. */
import { createMemoizer } from '../../../runtime/memoize';

const [task, calls, duration] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const memoize = createMemoizer({ budget: '10s' });
const tell = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);

async function slow(id: string): Promise<{ id: string; by: number }> {
  tell({ running: process.pid });
  await new Promise((resolve) => setTimeout(resolve, duration));
  return { id, by: process.pid };
}

const memoized = memoize(slow, { lease: '1s' });

async function main(): Promise<void> {
  if (task === 'race') {
    tell({ ready: true });
    await new Promise((resolve) => process.stdin.once('data', resolve));
    process.stdin.destroy();
    const results = await Promise.allSettled(Array.from({ length: calls }, () => memoized('cold')));
    await memoize.settled();
    const values = results.flatMap((result) => result.status === 'fulfilled' ? [result.value.by] : []);
    tell({ done: true, rejected: calls - values.length, by: [...new Set(values)], ...memoized.stats() });
  }
  // Nothing else keeps the process: no timer, no idle connection.
}

void main();
