import { Command } from 'commander';
import type { SwitchChange } from '../../runtime/tasks/operator/operator.js';
import { UsageError, type Action, type Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { printable } from '../format.js';
import { switchesOf, withOperator } from './connect.js';
import type { TasksGroupOptions } from './group-options.js';

const HELP = (verb: string) => `
The switches are the SSM parameter that --switches names. They are read once a run, so what runs now goes on as it began. Of a folder such as
output, the first folder in it is the family: output/DeletePortfolio/… Quote patterns, so that the shell leaves them alone.

Examples:
  cache-tiers tasks ${verb}
  cache-tiers tasks ${verb} ProvisionStackTask
  cache-tiers tasks ${verb} 'Delete*' --switches /puppet/task-cache --json`;

export function enableCommand(wire: Wire): Command {
  return new Command('enable').description('switch caching on: of everything, or of families')
    .argument('[pattern]', 'a family, or several by *').addHelpText('after', HELP('enable'))
    .action(wire(change(true)));
}

export function disableCommand(wire: Wire): Command {
  return new Command('disable').description('switch caching off: of everything, or of families')
    .argument('[pattern]', 'a family, or several by *').addHelpText('after', HELP('disable'))
    .action(wire(change(false)));
}

const change = (on: boolean): Action<TasksGroupOptions> => (options, io, pattern) => {
  const parameter = switchesOf(options, io);
  if (parameter === undefined) throw new UsageError('no parameter with switches is named: pass --switches, or set TASK_CACHE_SWITCHES');
  return withOperator(options, io, async (operator) => {
    const done = on ? await operator.enable(pattern, io.signal) : await operator.disable(pattern, io.signal);
    if (options.json) {
      const document = { parameter, changed: done.changed, before: done.before.value, after: done.after.value };
      io.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
    } else {
      io.stdout.write(`${describe(done, on, pattern)}\n`);
    }
    if (pattern !== undefined && on && !done.after.enabled) {
      io.stderr.write('warning: everything is off, so this is as well: cache-tiers tasks enable switches it on\n');
    }
    return EXIT.ok;
  });
};

function describe({ changed }: SwitchChange, on: boolean, pattern: string | undefined): string {
  const what = pattern === undefined ? 'everything' : printable(pattern);
  const state = on ? 'on' : 'off';
  return changed ? `${what} is ${state} now` : `${what} was ${state} already`;
}
