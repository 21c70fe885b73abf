import { Command } from 'commander';
import type { Wire } from '../context.js';
import { deleteCommand } from './delete.js';
import { flushCommand } from './flush.js';
import { peekCommand } from './peek.js';
import { statsCommand } from './stats.js';
import { endpointOption, tableOption } from './table.js';

export function memoCommand(wire: Wire): Command {
  const memo = new Command('memo')
    .description('memoized functions and their table (construct MemoCache, client memoize)')
    .addOption(tableOption())
    .addOption(endpointOption())
    .addHelpText('after', `
The region is by default that of the table's ARN, or $CACHE_TABLE_REGION, before $AWS_REGION and the profile's.`);
  for (const command of [statsCommand, peekCommand, deleteCommand, flushCommand]) memo.addCommand(command(wire));
  return memo;
}
