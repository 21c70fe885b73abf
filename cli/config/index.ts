import { Command, Option } from 'commander';
import type { Wire } from '../context.js';
import { counted } from '../usage.js';
import { auditCommand } from './audit.js';
import { browseCommand } from './browse/index.js';
import { deleteCommand } from './delete.js';
import { getCommand } from './get.js';
import { historyCommand } from './history.js';
import { listCommand } from './list.js';
import { metricsCommand } from './metrics.js';
import { promoteCommand } from './promote.js';
import { putCommand } from './put.js';
import { replayCommand } from './replay.js';
import { restoreCommand } from './restore.js';
import { shareCommand } from './share.js';
import { syncCommand } from './sync.js';

/** By name, as usage counts know them. */
const COMMANDS: Readonly<Record<string, (wire: Wire) => Command>> = {
  list: listCommand, get: getCommand, put: putCommand, delete: deleteCommand, browse: browseCommand, history: historyCommand, audit: auditCommand,
  restore: restoreCommand, replay: replayCommand, sync: syncCommand, share: shareCommand, promote: promoteCommand, metrics: metricsCommand,
};

export function configCommand(wire: Wire): Command {
  const config = new Command('config')
    .description('parameters of AWS Systems Manager: look up, change, audit, restore (constructs ConfigFootprint…, client config)')
    .addOption(new Option('--footprint <name>', 'name of the ConfigFootprint, or of its parameter (default: $CONFIG_FOOTPRINT)'))
    .addOption(new Option('--profile <name>', 'profile of the AWS configuration files (default: $AWS_PROFILE)'))
    .addOption(new Option('--no-vault', 'keep no session of the profile: sign in anew each time'))
    .addHelpText('after', `
Endpoints other than AWS's own are set by AWS_ENDPOINT_URL_SSM, AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_KMS and AWS_ENDPOINT_URL_SQS.`);
  for (const [name, command] of Object.entries(COMMANDS)) config.addCommand(command(counted(`config ${name}`, wire)));
  return config;
}
