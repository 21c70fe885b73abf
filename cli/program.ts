import { Command, CommanderError } from 'commander';
import { completionCommand } from './completion/index.js';
import type { Io, Wire } from './context.js';
import { EXIT_CODES_HELP } from './exit-codes.js';
import { memoCommand } from './memo/index.js';
import { VERSION } from './version.js';

const EXAMPLES = `
Examples:
  cache-tiers memo stats --table cache-prod
  cache-tiers memo flush --function getProduct
  cache-tiers memo peek getProduct --args '["p-42"]'
  cache-tiers completion bash >> ~/.bashrc`;

/**
 * The command tree. Definitions only: what a command needs to run is loaded when it does.
 *
 * @param finish told the exit code of the command that ran
 */
export function createProgram(io: Io, finish: (exitCode: number) => void): Command {
  const wire: Wire = (action) => async (...args) => {
    const command = args.at(-1) as Command; // after the arguments and the command's own options
    const given = args.slice(0, -2).filter((arg) => typeof arg === 'string');
    finish(await action(command.optsWithGlobals(), io, ...given));
  };

  const program = new Command('cache-tiers')
    .description('Looks into the cache tiers of an AWS application, and flushes them.')
    .option('-t, --table <name>', 'name or ARN of the table (default: $CACHE_TABLE)')
    .option('-r, --region <region>', 'AWS region (default: that of the table\'s ARN, $CACHE_TABLE_REGION, $AWS_REGION, the profile\'s)')
    .option('--endpoint <url>', 'endpoint of DynamoDB (default: $AWS_ENDPOINT_URL_DYNAMODB, AWS\'s own)')
    .option('--json', 'print one JSON document, for programs')
    .option('--debug', 'show where an error comes from')
    .option('-V, --version', 'print the version')
    .addHelpText('after', `${EXAMPLES}\n${EXIT_CODES_HELP}`);
  program.on('option:version', () => {
    io.stdout.write(`${VERSION}\n`);
    throw new CommanderError(0, 'commander.version', '');
  });
  program.addCommand(memoCommand(wire));
  program.addCommand(completionCommand(wire, () => program));
  for (const command of all(program)) configure(command, io);
  return program;
}

/** Options are not inherited by commands that are added. */
function configure(command: Command, io: Io): void {
  command
    .exitOverride()
    .helpCommand(false)
    .configureOutput({
      writeOut: (text) => { io.stdout.write(text); },
      writeErr: (text) => { io.stderr.write(text); },
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
    })
    .configureHelp({ showGlobalOptions: true })
    .helpOption('-h, --help', 'show this help')
    .showHelpAfterError(`see ${pathOf(command)} --help`);
}

function all(command: Command): Command[] {
  return [command, ...command.commands.flatMap((child) => all(child as Command))];
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
