import { Command, Option } from 'commander';
import { UsageError, type Action, type Io, type Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { printable } from '../format.js';
import { withClient } from './client.js';
import type { ConfigGroupOptions } from './group-options.js';
import { dotenv } from './dotenv.js';

interface GetOptions extends ConfigGroupOptions {
  readonly path?: string;
  readonly version?: string;
  readonly label?: string;
  /** False with --no-decrypt. */
  readonly decrypt?: boolean;
  readonly output?: 'text' | 'dotenv' | 'json';
}

export function getCommand(wire: Wire): Command {
  return new Command('get')
    .description('print values')
    .argument('[name...]', 'parameters; /name:3 or /name:label for a version')
    .option('--path <path>', 'all parameters below a path')
    .option('--version <number>', 'this version')
    .option('--label <label>', 'the version with this label')
    .option('--no-decrypt', 'SecureStrings as ciphertext')
    .addOption(new Option('--output <form>', 'how they are printed').choices(['text', 'dotenv', 'json']))
    .addHelpText('after', `
The value of one name is printed as it is, with a newline after it; of several, as name = value. At a terminal, characters that would
control it are shown as \\u{…}. dotenv makes names of what comes after the path: /app/db/host is DB_HOST of --path /app, and HOST alone.
--json is --output json: an object of values by name.

Examples:
  cache-tiers config get /app/db/host
  cache-tiers config get /app/db/host --version 3
  cache-tiers config get --path /app --output dotenv > .env
  PASSWORD=$(cache-tiers config get /app/db/password)

Exits with 3 if a parameter or a version does not exist.`)
    .action(wire(get));
}

const get: Action<GetOptions> = (options, io, ...names) => {
  const references = referencesOf(options, names);
  return withClient(options, io, async (client) => {
    const { path } = options;
    const values = path === undefined ? await client.get(references, { signal: io.signal })
      : await client.get({ path, recursive: true }, { signal: io.signal });
    print(values, options, io);
    if (path !== undefined && Object.keys(values).length === 0) {
      io.stderr.write(`no parameters below ${printable(path)}\n`);
      return EXIT.notFound;
    }
    return EXIT.ok;
  }, { decrypt: options.decrypt });
};

function referencesOf({ path, version, label }: GetOptions, names: readonly string[]): readonly string[] {
  if (names.length === 0 && path === undefined) throw new UsageError('no parameter is named: give names, or --path');
  if (names.length > 0 && path !== undefined) throw new UsageError(`--path and names are one too many: leave out --path or '${names.join(' ')}'`);
  if (version === undefined && label === undefined) return names;
  if (version !== undefined && label !== undefined) throw new UsageError('--version and --label are one too many: leave out one of them');
  if (names.length !== 1) {
    throw new UsageError(`${version === undefined ? '--label' : '--version'} needs one name: for several, write /name:3 or /name:label`);
  }
  if (version !== undefined && !/^[1-9]\d{0,9}$/.test(version)) throw new UsageError(`--version must be a number from 1, got '${version}'`);
  return [`${names[0]}:${version ?? label}`];
}

function print(values: Readonly<Record<string, string>>, { json, output, path }: GetOptions, io: Io): void {
  if (json || output === 'json') return void io.stdout.write(`${JSON.stringify(values, undefined, 2)}\n`);
  if (output === 'dotenv') return void io.stdout.write(dotenv(values, path));
  const entries = Object.entries(values);
  const shown = (value: string) => io.stdout.isTTY ? value.split('\n').map(printable).join('\n') : value;
  if (path === undefined && entries.length === 1) return void io.stdout.write(`${shown(entries[0]![1])}\n`);
  for (const [name, value] of entries) io.stdout.write(`${printable(name)} = ${printable(value)}\n`);
}
