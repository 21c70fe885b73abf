import { Command } from 'commander';
import type { Wire } from '../context.js';
import { counted } from '../usage.js';
import { groupOptions } from './group-options.js';
import { inspectCommand } from './inspect.js';
import { invalidateCommand } from './invalidate.js';
import { listCommand } from './list.js';
import { purgeCommand } from './purge.js';
import { rotateKeyCommand } from './rotate-key.js';
import { statusCommand } from './status.js';

/** By name, as usage counts know them. */
const COMMANDS: Readonly<Record<string, (wire: Wire) => Command>> = {
  status: statusCommand, ls: listCommand, inspect: inspectCommand, invalidate: invalidateCommand, purge: purgeCommand,
  'rotate-key': rotateKeyCommand,
};

export function liveCommand(wire: Wire): Command {
  const live = new Command('live').description('cached query results: index, bucket and keys (construct LiveCache, client live)');
  for (const option of groupOptions()) live.addOption(option);
  live.addHelpText('after', `
The index's password is in the secret that $LIVE_INDEX_SECRET names, or in $LIVE_INDEX_URL. An index in a VPC is reached from within it, or through
a tunnel. Endpoints other than AWS's own: AWS_ENDPOINT_URL_SECRETS_MANAGER, and --endpoint for the bucket.`);
  for (const [name, command] of Object.entries(COMMANDS)) live.addCommand(command(counted(`live ${name}`, wire)));
  return live;
}
