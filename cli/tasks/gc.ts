import { Command } from 'commander';
import type { CollectedPlace } from '../../runtime/tasks/operator/operator.js';
import { milliseconds, type Duration } from '../../runtime/resilience/duration.js';
import { UsageError, type Action, type Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { wholeNumber } from '../config/numbers.js';
import { startProgress } from '../progress.js';
import { withOperator } from './connect.js';
import { collected } from './gc-text.js';
import type { TasksGroupOptions } from './group-options.js';

interface GcOptions extends TasksGroupOptions {
  readonly maxAge?: string;
  readonly maxBytes?: string;
  readonly grace?: string;
  readonly dryRun?: boolean;
}

export function gcCommand(wire: Wire): Command {
  return new Command('gc')
    .description('drop results that are too old, and delete what nothing refers to')
    .option('--max-age <time>', 'drop what is older, 12h or 7d (default: 30d)')
    .option('--max-bytes <bytes>', 'drop the oldest of what is more, before compression (default: no limit)')
    .option('--grace <time>', 'leave what nothing refers to for so long: longer than any run (default: 1d)')
    .option('--dry-run', 'show what would go, and change nothing')
    .addHelpText('after', `
In two steps, so that no run loses what it has just stored: what nothing refers to is condemned first, and deleted by the next gc, once the time
of grace is over. A bucket that TaskCache has made does this by itself.

Examples:
  cache-tiers tasks gc --dry-run
  cache-tiers tasks gc --mode local:rw --max-age 7d --max-bytes 5000000000`)
    .action(wire(gc));
}

const gc: Action<GcOptions> = async (options, io) => {
  const [maxAge, grace] = [timeOf('--max-age', options.maxAge), timeOf('--grace', options.grace)];
  const maxBytes = wholeNumber('--max-bytes', options.maxBytes);
  const { dryRun = false } = options;
  return withOperator(options, io, async (operator) => {
    const progress = await startProgress(io, 'gc', 'tree');
    let places: readonly CollectedPlace[];
    try {
      const onProgress = (done: number, total: number) => progress.update(done, total);
      places = await operator.gc({ maxAge, grace, maxBytes, dryRun, signal: io.signal, onProgress });
    } finally {
      progress.stop();
    }
    if (options.json) io.stdout.write(`${JSON.stringify({ dryRun, places }, undefined, 2)}\n`);
    else for (const place of places) io.stdout.write(`${collected(place, dryRun)}\n`);
    return EXIT.ok;
  });
};

function timeOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  try {
    if (/^\d/.test(text) && /[a-z]$/.test(text)) return milliseconds(option, text as Duration);
  } catch { /* said below */ }
  throw new UsageError(`${option} must be a number with a unit such as 12h or 7d, got '${text}'`);
}
