import { writeSync } from 'node:fs';
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
  process.removeAllListeners('warning');
  process.on('warning', () => {});
  if (!KINDS.includes(kind as Kind)) return;
  const found = await answer(kind as Kind, words, process.env).catch(() => []);
  if (found.length > 0) print(Buffer.from(`${found.join('\n')}\n`));
}

/** `process.stdout` would take longer to be made than all names to be found. */
function print(text: Buffer): void {
  try {
    for (let written = 0; written < text.length;) written += writeSync(1, text, written);
  } catch { /* whoever asked has left */ }
}
