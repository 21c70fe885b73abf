import { Command } from 'commander';
import { canAsk, confirmed } from '../confirm.js';
import type { Action, Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { printable } from '../format.js';
import { addCallOptions, CALL_HELP, describeFound, foundAsJson, keyFrom, type CallOptions } from './call.js';
import { withTable } from './table.js';

interface DeleteOptions extends CallOptions {
  readonly yes?: boolean;
}

export function deleteCommand(wire: Wire): Command {
  return addCallOptions(new Command('delete').description('forget the cached value of one call; asks first'))
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', `
A run that is under way cannot bring the value back. Processes that hold it in memory keep it until their \`memory\` time is over
(a minute by default); \`memo flush --function\` reaches them too.
${CALL_HELP}

Examples:
  cache-tiers memo delete getProduct --args '["p-42"]'
  cache-tiers memo delete --key 'getProduct##=s4:p-42' --yes`)
    .action(wire(remove));
}

const remove: Action<DeleteOptions> = async (options, io, name?: string) => {
  const key = await keyFrom(name, options);
  canAsk(options, io);
  return withTable(options, io, async (operator, table) => {
    const found = await operator.find(key, io.signal);
    io.stderr.write(`delete from ${printable(table)}:\n  ${printable(key)}: ${describeFound(found, Date.now())}\n`);
    await confirmed('Delete it?', options, io);
    await operator.delete(key, io.signal);
    if (options.json) io.stdout.write(`${JSON.stringify({ table, deleted: true, before: foundAsJson(found) }, undefined, 2)}\n`);
    else io.stdout.write('deleted\n');
    return EXIT.ok;
  });
};
