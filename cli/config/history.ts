import { Command } from 'commander';
import { columns } from '../columns.js';
import type { Action, Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { count, printable } from '../format.js';
import { widthOf } from '../wrapped.js';
import { withClient } from './client.js';
import type { ConfigGroupOptions } from './group-options.js';
import { wholeNumber } from './numbers.js';

interface HistoryOptions extends ConfigGroupOptions {
  readonly values?: boolean;
  readonly limit?: string;
}

export function historyCommand(wire: Wire): Command {
  return new Command('history')
    .description('versions of a parameter, newest first')
    .argument('<name>', 'the parameter')
    .option('--values', 'with the values, decrypted')
    .option('-n, --limit <number>', 'this many at most')
    .addHelpText('after', `
Parameter Store keeps the last hundred versions, and none of a parameter that was deleted; audit knows of more.

Examples:
  cache-tiers config history /app/db/host --values
  cache-tiers config history /app/db/host --json | jq '.versions[0]'

Exits with 3 if there is no such parameter.`)
    .action(wire(history));
}

const history: Action<HistoryOptions> = (options, io, name) => {
  const limit = wholeNumber('--limit', options.limit) ?? Infinity;
  return withClient(options, io, async (client) => {
    const all = (await client.history(name!, { values: options.values, signal: io.signal })).reverse();
    const versions = all.slice(0, limit);
    if (options.json) {
      const listed = versions.map(({ name: _, lastModified, ...version }) => ({ ...version, lastModified: new Date(lastModified).toISOString() }));
      io.stdout.write(`${JSON.stringify({ name, versions: listed }, undefined, 2)}\n`);
      return EXIT.ok;
    }
    const rows = versions.map(({ version, lastModified, lastModifiedUser = '', type, labels, value = '' }) => [
      String(version), new Date(lastModified).toISOString(), type, lastModifiedUser, labels.join(','), ...(options.values ? [value] : []),
    ].map(printable));
    const header = ['version', 'written', 'type', 'by', 'labels', ...(options.values ? ['value'] : [])];
    io.stdout.write(`${columns([header, ...rows], { width: widthOf(io.stdout) })}\n`);
    const older = all.length - versions.length;
    if (older > 0) io.stderr.write(`${count(older, 'older version')} not shown: raise --limit\n`);
    return EXIT.ok;
  });
};
