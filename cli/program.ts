import { Command, Help, Option } from 'commander';
import { completionCommand } from './completion/index.js';
import { configCommand } from './config/index.js';
import type { Io, Wire } from './context.js';
import { EXIT_CODES_HELP } from './exit-codes.js';
import { liveCommand } from './live/index.js';
import { memoCommand } from './memo/index.js';
import { endpointOption, tableOption } from './memo/table.js';
import { tasksCommand } from './tasks/index.js';
import { vaultCommand } from './vault/index.js';
import { wrappedHelp } from './wrapped.js';

const EXAMPLES = `
Examples:
  parameters of AWS Systems Manager
    export CONFIG_FOOTPRINT=main
    cache-tiers config list /app
    cache-tiers config get /app/db/host
    cache-tiers config put /app/db/password --secure
    cache-tiers config history /app/db/host
    cache-tiers config restore --prefix /app --time '2h ago'
  memoized functions
    cache-tiers memo stats --table cache-prod
    cache-tiers memo flush --function getProduct
    cache-tiers memo peek getProduct --args '["p-42"]'
  cached query results
    cache-tiers live status
    cache-tiers live invalidate --tag orders
  results of tasks, folders of any program
    cache-tiers tasks run -- make -j4
    cache-tiers tasks status
  the shell
    source <(cache-tiers completion bash)`;

/**
 * The command tree. Definitions only: what a command needs to run is loaded when it does.
 *
 * @param finish told the exit code of the command that ran
 * @param start told the command that begins to run: `['memo', 'flush']`
 */
export function createProgram(io: Io, finish: (exitCode: number) => void, start?: (path: readonly string[]) => void): Command {
  const wire: Wire = (action) => async (...args) => {
    const command = args.at(-1) as Command; // after the arguments and the command's own options
    const given = args.slice(0, -2).flat().filter((arg) => typeof arg === 'string'); // one argument may stand for many
    start?.(pathOf(command).split(' ').slice(1));
    finish(await action(command.optsWithGlobals(), io, ...given));
  };

  const program = new Command('cache-tiers')
    .description('Looks into the cache tiers of an AWS application, changes, restores and flushes what they hold.')
    .option('-r, --region <region>', 'AWS region (default: $AWS_REGION, the profile\'s)')
    .option('--json', 'print JSON, for programs: one document, or one a line where the help says so')
    .option('--debug', 'show where an error comes from')
    // Options of memo, which were options of all commands once: before `memo` too.
    .addOption(tableOption().hideHelp())
    .addOption(endpointOption().hideHelp())
    .hook('preSubcommand', (parent, command) => {
      if (command.name() !== 'memo' && parent.getOptionValue('table') !== undefined) command.error("error: unknown option '--table'");
    })
    .addHelpText('after', `${EXAMPLES}\n${EXIT_CODES_HELP}`);
  program.addCommand(configCommand(wire));
  program.addCommand(vaultCommand(wire));
  program.addCommand(memoCommand(wire));
  program.addCommand(liveCommand(wire));
  program.addCommand(tasksCommand(wire));
  program.addCommand(completionCommand(wire, () => program));
  for (const command of all(program)) configure(command, io);
  return program;
}

/** Options are not inherited by commands that are added. */
function configure(command: Command, io: Io): void {
  const helpWidth = (io.stdout.columns ?? Number(io.env.COLUMNS)) || 80; // a pager is at a terminal
  command
    .exitOverride()
    .helpCommand(false)
    .configureOutput({
      writeOut: (text) => { io.stdout.write(wrappedHelp(text, helpWidth)); },
      writeErr: (text) => { io.stderr.write(text); },
      getOutHelpWidth: () => helpWidth,
      getErrHelpWidth: () => io.stderr.columns ?? helpWidth,
    })
    .configureHelp({ showGlobalOptions: true, ...(command.parent === null && { visibleOptions: optionsOfProgram }) })
    .helpOption('-h, --help', 'show this help')
    .showHelpAfterError(`see ${pathOf(command)} --help`);
}

/** Commands have versions to choose from by their own --version, so the program's is not read wherever it stands: it is a command line of itself. */
export function asksForVersion(args: readonly string[]): boolean {
  return args.length === 1 && (args[0] === '-V' || args[0] === '--version');
}

function optionsOfProgram(this: Help, program: Command): Option[] {
  const options = Help.prototype.visibleOptions.call(this, program);
  return [...options.slice(0, -1), new Option('-V, --version', 'print the version'), ...options.slice(-1)];
}

function all(command: Command): Command[] {
  return [command, ...command.commands.flatMap((child) => all(child as Command))];
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
