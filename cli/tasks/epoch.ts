import { Command } from 'commander';
import type { Action, Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { count, printable } from '../format.js';
import { withOperator } from './connect.js';
import type { TasksGroupOptions } from './group-options.js';

export function epochCommand(wire: Wire): Command {
  return new Command('epoch')
    .description('begin a new epoch: tasks with the policy { epoch: name } run again; one write')
    .argument('<name>', 'name of the epoch, as the tasks\' policy has it')
    .addHelpText('after', `
Examples:
  cache-tiers tasks epoch stacks
  cache-tiers tasks epoch "account-$ACCOUNT" --scope main --json`)
    .action(wire(epoch));
}

const epoch: Action<TasksGroupOptions> = (options, io, name) => withOperator(options, io, async (operator) => {
  const places = await operator.beginEpoch(name!, io.signal);
  if (options.json) {
    const begun = places.map(({ tier, scope, place, revision, records, bytes }) => ({ tier, scope, place, revision, records, bytes }));
    io.stdout.write(`${JSON.stringify({ epoch: name, begun }, undefined, 2)}\n`);
  } else {
    for (const { place, revision, records } of places) {
      const before = `${count(records, 'result')} of before`;
      io.stdout.write(`a new epoch ${printable(name!)} in ${printable(place)}: ${before}; now revision ${count(revision)}\n`);
    }
  }
  return EXIT.ok;
});
