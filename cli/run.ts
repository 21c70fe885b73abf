import { CommanderError } from 'commander';
import { Declined, UsageError, type Io } from './context.js';
import { EXIT } from './exit-codes.js';
import { explain, isInterruption, type Tier } from './explain.js';
import { printable } from './format.js';
import { asksForVersion, createProgram } from './program.js';
import { withSafeJson } from './safe-json.js';
import { VERSION } from './version.js';

/** Runs a command line. Resolves to the exit code; never rejects. */
export async function run(args: readonly string[], given: Io): Promise<number> {
  const io = withSafeJson(args, given);
  if (asksForVersion(args)) {
    io.stdout.write(`${VERSION}\n`);
    return EXIT.ok;
  }
  let exitCode: number = EXIT.ok;
  let tier: Tier = 'memo';
  const program = createProgram(io, (code) => { exitCode = code; }, ([command]) => { tier = tierOf(command); });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage; // commander has printed it
    if (isInterruption(error, io.signal)) {
      io.stderr.write('stopped\n');
      return EXIT.interrupted;
    }
    const stack = args.includes('--debug') ? `${stackOf(error).split('\n').map(printable).join('\n')}\n` : '';
    io.stderr.write(`${error instanceof Declined ? '' : 'error: '}${explain(error, tier)}\n${stack}`);
    return exitCodeOf(error as Partial<Error> & { readonly code?: string });
  }
}

/** Commands that are no tier's are explained as those of `config`. */
function tierOf(command: string | undefined): Tier {
  return command === 'memo' || command === 'live' || command === 'tasks' ? command : 'config';
}

const NOT_FOUND: readonly unknown[] = ['E_CONFIG_PARAMETER_MISSING', 'E_CONFIG_VERSION_MISSING'];

function exitCodeOf(error: { readonly name?: string; readonly code?: string }): number {
  if (error instanceof UsageError || error.name === 'InvalidArgumentError') return EXIT.usage;
  return NOT_FOUND.includes(error.code) ? EXIT.notFound : EXIT.failed;
}

function stackOf(error: unknown): string {
  const { stack, cause } = error as Partial<Error>;
  return cause === undefined ? String(stack ?? error) : `${stack}\ncaused by ${stackOf(cause)}`;
}
