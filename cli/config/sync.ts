import { Command } from 'commander';
import { CacheTiersError } from '../../runtime/errors.js';
import type { Action, Io, Wire } from '../context.js';
import type { ConfigConnection } from '../../runtime/config/connection.js';
import { EXIT } from '../exit-codes.js';
import { count } from '../format.js';
import { withConfig } from './connect.js';
import type { ConfigGroupOptions } from './group-options.js';
import { syncNames } from './names.js';

interface SyncOptions extends ConfigGroupOptions {
  readonly full?: boolean;
  readonly reconcile?: boolean;
}

export function syncCommand(wire: Wire): Command {
  return new Command('sync')
    .description('bring the copy of names on this computer up to date')
    .option('--full', 'read all names, not only what has changed')
    .option('--reconcile', 'ask the deployed reconciler to compare all parameters with the table of names and the log')
    .addHelpText('after', `
Other commands do it themselves; this one makes the copy for completion and for work without network. A reconciliation runs in the
background, and the handlers write what it finds; it needs the permission to send to the reconciler's queue.

Examples:
  cache-tiers config sync
  cache-tiers config sync --full --json`)
    .action(wire(sync));
}

const sync: Action<SyncOptions> = (options, io) => withConfig(options, io, async (connection) => {
  if (options.reconcile) await reconcile(connection, io);
  const { LocalConfigCache } = await import('../../runtime/config/local/local-config-cache.js');
  const names = new LocalConfigCache({ connection });
  await names.open();
  const { watermark, ...report } = await syncNames(names, io, options);
  const total = names.count();
  const { problem } = names.events;
  if (problem !== undefined) io.stderr.write(`warning: the copy is not kept: ${problem.message}\n`);
  if (options.json) {
    const time = watermark > 0 ? new Date(watermark).toISOString() : null;
    const document = { ...report, watermark: time, names: total, reconciling: options.reconcile ?? false };
    io.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
  } else {
    const { kind, itemsRead, changed, reason } = report;
    const why = reason === undefined ? '' : ` (${reason})`;
    io.stdout.write(`${count(total, 'name')}, ${count(changed)} changed; ${kind} read of ${count(itemsRead, 'row')}${why}\n`);
  }
  return EXIT.ok;
});

async function reconcile(connection: ConfigConnection, io: Io): Promise<void> {
  const { name, reconcilerQueueUrl } = await connection.footprint(io.signal);
  if (reconcilerQueueUrl === undefined) {
    throw new CacheTiersError('E_CONFIG_NO_RECONCILER', `the footprint '${name}' has no reconciler: deploy ConfigFootprint with one`);
  }
  await connection.sqs.call('SendMessage', { QueueUrl: reconcilerQueueUrl, MessageBody: '{}' }, io.signal);
  io.stderr.write('a reconciliation was asked for: it runs in the background\n');
}
