import { Command } from 'commander';
import { confirmed } from '../confirm.js';
import type { Action, Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { printable } from '../format.js';
import { describeScope } from './call.js';
import { withTable } from './table.js';

interface FlushOptions {
  readonly function?: readonly string[];
  readonly tag?: readonly string[];
  readonly yes?: boolean;
}

export function flushCommand(wire: Wire): Command {
  return new Command('flush')
    .description('invalidate all cached values, or those of functions and tags; asks first')
    .option('-f, --function <name...>', 'values of these functions')
    .option('--tag <tag...>', 'values with these tags')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', `
Nothing named: everything. One write for each name at any number of values. Running processes notice within their invalidation
interval (10 s by default). Values leave the table by their time to live; the table and its settings stay.
The table keeps no list of names: one that no function has is flushed as well. \`memo stats --scan\` shows those in use.

Examples:
  cache-tiers memo flush --table cache-prod
  cache-tiers memo flush --function getProduct getPrice --tag customer:42
  CACHE_TABLE=cache-prod cache-tiers memo flush --yes --json`)
    .action(wire(flush));
}

const flush: Action<FlushOptions> = async (options, io) => {
  const { scopesOf } = await import('../../runtime/memoize/operator-targets.js');
  const targets = { functions: options.function, tags: options.tag };
  const scopes = scopesOf(targets);
  return withTable(options, io, async (operator, table) => {
    const plan = scopes.map((scope) => `  ${scope === '#all' ? 'all values of all functions' : `all values of ${describeScope(scope)}`}\n`).join('');
    io.stderr.write(`flush in ${printable(table)}:\n${plan}`);
    await confirmed('Flush, so that they are computed anew?', options, io);
    const flushed = await operator.flush(targets, io.signal);
    if (options.json) {
      const list = flushed.map(({ scope, generation: { raised } }) => ({ scope, raisedAt: new Date(raised).toISOString() }));
      io.stdout.write(`${JSON.stringify({ table, flushed: list }, undefined, 2)}\n`);
    } else {
      for (const { scope } of flushed) io.stdout.write(`flushed ${describeScope(scope)}\n`);
      io.stderr.write('processes that run notice within their invalidation interval, 10 s by default\n');
    }
    return EXIT.ok;
  });
};
