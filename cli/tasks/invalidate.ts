import { Command } from 'commander';
import type { InvalidatedPlace } from '../../runtime/tasks/operator/operator.js';
import type { Action, Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { count, printable } from '../format.js';
import { withOperator } from './connect.js';
import type { TasksGroupOptions } from './group-options.js';

interface InvalidateOptions extends TasksGroupOptions {
  readonly downstream?: boolean;
  readonly dryRun?: boolean;
}

/** Tasks and folders that are shown. */
const SHOWN = 20;

export function invalidateCommand(wire: Wire): Command {
  return new Command('invalidate')
    .description('have tasks run again: make their results invalid, by one write')
    .argument('<pattern...>', 'ids or families of tasks, or names of folders; * stands for any characters')
    .option('--downstream', 'and those that were made from them, and so on')
    .option('--dry-run', 'show what would become invalid, and change nothing')
    .addHelpText('after', `
Runs that are under way do not bring them back. Quote patterns, so that the shell leaves them alone.

Examples:
  cache-tiers tasks invalidate ProvisionStackTask
  cache-tiers tasks invalidate 'Delete*' 'ProvisionStackTask_123456789012_*' --downstream
  cache-tiers tasks invalidate output --dry-run --json

Exits with 3 if nothing is what a pattern says.`)
    .action(wire(invalidate));
}

const invalidate: Action<InvalidateOptions> = ({ downstream, dryRun = false, ...options }, io, ...patterns) =>
  withOperator(options, io, async (operator) => {
    const places = await operator.invalidate(patterns, { downstream, dryRun, signal: io.signal });
    const isAny = places.some(({ tasks, folders }) => tasks.length + folders.length > 0);
    if (options.json) io.stdout.write(`${JSON.stringify({ dryRun, invalidated: places }, undefined, 2)}\n`);
    else if (isAny) for (const place of places) io.stdout.write(`${describe(place, dryRun)}\n`);
    if (!isAny) io.stderr.write('nothing is what the pattern says, by id, family or folder: see cache-tiers tasks status\n');
    return isAny ? EXIT.ok : EXIT.notFound;
  });

function describe({ place, tasks, folders }: InvalidatedPlace, dryRun: boolean): string {
  const names = [...tasks, ...folders].map(printable);
  const rest = names.length - SHOWN;
  return [
    `${dryRun ? 'would invalidate' : 'invalidated'} in ${printable(place)}: ${count(tasks.length, 'task')}, ${count(folders.length, 'folder')}`,
    ...names.slice(0, SHOWN).map((name) => `  ${name}`), ...(rest > 0 ? [`  … and ${count(rest)} more`] : []),
  ].join('\n');
}
