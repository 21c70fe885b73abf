import { Command, Option } from 'commander';
import type { LocalName } from '../../runtime/config/local/local-name.js';
import { columns } from '../columns.js';
import { UsageError, type Action, type Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { printable } from '../format.js';
import { widthOf } from '../wrapped.js';
import { withConfig } from './connect.js';
import type { ConfigGroupOptions } from './group-options.js';
import { currentNames } from './names.js';
import { wholeNumber } from './numbers.js';

interface ListOptions extends ConfigGroupOptions {
  readonly fuzzy?: string;
  readonly type?: string;
  readonly long?: boolean;
  readonly limit?: string;
  readonly offline?: boolean;
}

export function listCommand(wire: Wire): Command {
  return new Command('list')
    .description('names of parameters, from a copy on this computer that asks only for what has changed')
    .argument('[path]', 'a parameter and what is below it: /app has /app and /app/db, not /apple')
    .option('--fuzzy <text>', 'names that match a text in parts, the best first')
    .addOption(new Option('--type <type>', 'only these').choices(['String', 'StringList', 'SecureString']))
    .option('-l, --long', 'with version, type, time and who wrote it')
    .option('-n, --limit <number>', 'this many at most')
    .option('--offline', 'the copy as it is, without network')
    .addHelpText('after', `
Without network the copy is shown as it is, and its age on standard error. Values are never in it.

Examples:
  cache-tiers config list /app --long
  cache-tiers config list --fuzzy 'db host'
  cache-tiers config list --type SecureString --json | jq -r '.parameters[].name'`)
    .action(wire(list));
}

const list: Action<ListOptions> = (options, io, path) => {
  const { fuzzy, type } = options;
  const limit = wholeNumber('--limit', options.limit) ?? Infinity;
  if (path !== undefined && !path.startsWith('/')) throw new UsageError(`a path begins with a slash, got '${path}'; --fuzzy finds parts of names`);
  if (path !== undefined && fuzzy !== undefined) throw new UsageError('a path and --fuzzy are one too many: leave out one of them');
  return withConfig(options, io, async (connection) => {
    const names = await currentNames(connection, io, options);
    const most = type === undefined ? limit : Infinity;
    const all = fuzzy !== undefined ? names.fuzzy(fuzzy, { limit: most }) : path !== undefined ? names.prefix(path, { limit: most }) : names.names();
    const wanted = firstOf(all, type, limit);
    if (options.json) {
      const { age } = names;
      io.stdout.write(`${JSON.stringify({ ageMs: age ?? null, parameters: wanted.map(asJson) }, undefined, 2)}\n`);
    } else {
      io.stdout.write(options.long ? table(wanted, widthOf(io.stdout)) : wanted.map(({ name }) => `${printable(name)}\n`).join(''));
    }
    if (wanted.length === 0) io.stderr.write('no parameters\n');
    return EXIT.ok;
  });
};

/** Reads no more names than are wanted. */
function firstOf(names: Iterable<LocalName>, type: string | undefined, limit: number): LocalName[] {
  const found: LocalName[] = [];
  for (const each of names) {
    if (type === undefined || each.type === type) found.push(each);
    if (found.length >= limit) break;
  }
  return found;
}

const time = (milliseconds: number | undefined) => milliseconds === undefined ? '' : new Date(milliseconds).toISOString();

function asJson({ lastModified, ...known }: LocalName): object {
  return { ...known, ...(lastModified !== undefined && { lastModified: time(lastModified) }) };
}

function table(names: readonly LocalName[], width: number): string {
  if (names.length === 0) return '';
  const rows = names.map(({ name, version = '', type = '', lastModified, lastModifiedUser = '' }) =>
    [name, String(version), type, time(lastModified), lastModifiedUser].map(printable));
  return `${columns([['name', 'version', 'type', 'written', 'by'], ...rows], { width })}\n`;
}
