import { answer } from './answer.js';
import { KINDS, type Kind } from './kinds.js';

/** A shell waits for it with its user, in milliseconds. */
const PATIENCE = 1_000;

/**
 * What completion scripts run: `__complete <kind> <words>`. Prints a word a line; whatever goes wrong, nothing: an error would stand in the middle of
 * the line that is typed.
 */
export async function complete([kind, ...words]: readonly string[]): Promise<void> {
  setTimeout(() => process.exit(), PATIENCE).unref();
  process.stdout.on('error', () => process.exit());
  process.removeAllListeners('warning');
  process.on('warning', () => {});
  if (!KINDS.includes(kind as Kind)) return;
  const found = await answer(kind as Kind, words, process.env).catch(() => []);
  if (found.length > 0) process.stdout.write(`${found.join('\n')}\n`);
}
