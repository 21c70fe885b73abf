import { Command } from 'commander';
import type { Wire } from '../context.js';
import { counted } from '../usage.js';
import { clearCommand } from './clear.js';
import { epochCommand } from './epoch.js';
import { explainCommand } from './explain.js';
import { gcCommand } from './gc.js';
import { groupOptions } from './group-options.js';
import { invalidateCommand } from './invalidate.js';
import { planCommand } from './plan.js';
import { pullCommand, pushCommand } from './pull-push.js';
import { runCommand } from './run.js';
import { statusCommand } from './status.js';
import { disableCommand, enableCommand } from './switch.js';
import { verifyCommand } from './verify.js';

/** By name, as usage counts know them. */
const COMMANDS: Readonly<Record<string, (wire: Wire) => Command>> = {
  run: runCommand, pull: pullCommand, push: pushCommand, status: statusCommand, explain: explainCommand, plan: planCommand, clear: clearCommand,
  invalidate: invalidateCommand, epoch: epochCommand, gc: gcCommand, enable: enableCommand, disable: disableCommand, verify: verifyCommand,
};

export function tasksCommand(wire: Wire): Command {
  const tasks = new Command('tasks')
    .description('results of tasks, and folders of any program: pulled before a run, pushed after it (construct TaskCache, client tasks)');
  for (const option of groupOptions()) tasks.addOption(option);
  tasks.addHelpText('after', `
The variables are those of a scope's environment of TaskCache; without a bucket, everything is kept in a folder of this computer. Endpoints other
than AWS's own: --endpoint for the bucket, AWS_ENDPOINT_URL_SSM for the switches.`);
  for (const [name, command] of Object.entries(COMMANDS)) tasks.addCommand(command(counted(`tasks ${name}`, wire)));
  return tasks;
}
