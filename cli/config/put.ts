import { Command, Option } from 'commander';
import { AwsError } from '../../runtime/aws/errors.js';
import type { ConfigClient } from '../../runtime/config/values/config-client.js';
import type { ParameterVersion, PutOptions as Put } from '../../runtime/config/values/options.js';
import { canAsk, confirmed } from '../confirm.js';
import { UsageError, type Action, type Io, type Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { ago, facts, printable } from '../format.js';
import { shownValue } from '../mask.js';
import { withClient } from './client.js';
import type { ConfigGroupOptions } from './group-options.js';
import { tell } from './plan.js';
import { valueOf, type ValueOptions } from './value-source.js';

interface PutOptions extends ConfigGroupOptions, ValueOptions {
  readonly type?: Put['type'];
  readonly secure?: boolean;
  readonly keyId?: string;
  readonly tier?: Put['tier'];
  readonly description?: string;
  readonly allowedPattern?: string;
  readonly dataType?: Put['dataType'];
  readonly policies?: string;
  readonly tag?: readonly string[];
  /** False with --no-overwrite. */
  readonly overwrite?: boolean;
  readonly yes?: boolean;
}

export function putCommand(wire: Wire): Command {
  return new Command('put')
    .description('write a parameter; shows what changes, and asks first')
    .argument('<name>', 'the parameter')
    .argument('[value]', 'its value; - is standard input. Left out: it is asked for, and not shown')
    .option('-f, --file <file>', 'the value is in this file')
    .option('--keep-newline', 'keep the newline at the end of a file or standard input')
    .addOption(new Option('--type <type>', 'default: the one it has, else String').choices(['String', 'StringList', 'SecureString']))
    .option('-s, --secure', 'the same as --type SecureString')
    .option('--key-id <key>', 'key of a SecureString: id, ARN or alias (default: the one it has, else the account\'s)')
    .addOption(new Option('--tier <tier>', 'default: the one it has').choices(['Standard', 'Advanced', 'Intelligent-Tiering']))
    .option('--description <text>', 'what it is')
    .option('--allowed-pattern <regex>', 'what the value must match')
    .addOption(new Option('--data-type <type>', 'what a String is').choices(['text', 'aws:ec2:image', 'aws:ssm:integration']))
    .option('--policies <json>', 'policies of an advanced parameter: a JSON array')
    .option('--tag <key=value...>', 'tags')
    .option('--no-overwrite', 'fail if it exists')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', `
What is not named stays as it is: type, key, tier, description, pattern, policies. A secret does not belong on the command line, where
the shell's history and the list of processes have it: leave it out to be asked, or pass - or --file. A value that changes nothing is
not written. A value that begins with - comes after --, the last of all.

Examples:
  cache-tiers config put /app/db/host db-1.example.com
  cache-tiers config put /app/db/password --secure
  openssl rand -base64 24 | cache-tiers config put /app/db/password - --secure --yes
  cache-tiers config put /app/tls/key --file key.pem --secure --tier Advanced --tag team=web`)
    .action(wire(put));
}

const put: Action<PutOptions> = async (options, io, name, given) => {
  if (options.secure && options.type !== undefined && options.type !== 'SecureString') {
    throw new UsageError(`--secure is --type SecureString: leave out one of --secure and --type ${options.type}`);
  }
  const asked = optionsOf(options);
  canAsk(options, io);
  return withClient(options, io, async (client) => {
    const before = await newest(client, name!, io.signal);
    if (before !== undefined && options.overwrite === false) {
      throw new UsageError(`'${name}' exists, with version ${before.version}: leave out --no-overwrite to give it a new version`);
    }
    const type = asked.type ?? (before?.type as Put['type']) ?? 'String';
    if (type === 'SecureString' && given !== undefined && given !== '-') {
      tell(io, 'warning: the secret stands on the command line, where the shell\'s history and the list of processes have it; '
      + 'leave it out to be asked, or pass -');
    }
    const value = await valueOf(given, options, name!, io);
    if (value === '') throw new UsageError(`the value of '${name}' is empty: a parameter has one character at least`);
    const wanted = { ...kept(before), ...asked, type };
    const old = before && await valueBefore(client, name!, before.version, io.signal);
    const rows = changes(before, wanted, old, value);
    if (before !== undefined && rows.length === 0) return report({ name: name!, version: before.version, change: 'unchanged' }, options, io);

    tell(io, `put ${printable(name!)}: ${before === undefined ? `a new ${type}` : describe(before)}`);
    io.stderr.write(`${facts(rows)}\n`);
    await confirmed('Write it?', options, io);
    const { version } = await client.put(name!, value, { ...wanted, overwrite: before !== undefined, signal: io.signal });
    return report({ name: name!, version, change: before === undefined ? 'created' : 'updated' }, options, io);
  });
};

function optionsOf(options: PutOptions): Put {
  const { keyId, tier, description, allowedPattern, dataType, policies, tag } = options;
  const type = options.secure ? 'SecureString' : options.type;
  const tags = tag && Object.fromEntries(tag.map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) throw new UsageError(`--tag must be key=value, got '${pair}'`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  }));
  if (policies !== undefined && !isArray(policies)) throw new UsageError(`--policies must be a JSON array, got '${policies}'`);
  const all = { type, keyId, tier, description, allowedPattern, dataType, policies, tags };
  return Object.fromEntries(Object.entries(all).filter(([, each]) => each !== undefined));
}

function isArray(text: string): boolean {
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
}

/** Its newest version; undefined if there is no such parameter. The history is what who may write may also read. */
async function newest(client: ConfigClient, name: string, signal: AbortSignal): Promise<ParameterVersion | undefined> {
  try {
    return (await client.history(name, { signal })).at(-1);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'E_CONFIG_PARAMETER_MISSING') return undefined;
    throw error;
  }
}

/** Parameter Store does not say what becomes of these if an overwrite does not name them. */
function kept(before: ParameterVersion | undefined): Put {
  if (before === undefined) return {};
  const { type, keyId, tier, description, allowedPattern, dataType } = before;
  return {
    ...(type === 'SecureString' && keyId !== undefined && { keyId }), ...(tier === 'Advanced' && { tier }),
    ...(description !== undefined && { description }), ...(allowedPattern !== undefined && { allowedPattern }),
    ...(dataType !== undefined && dataType !== 'text' && { dataType: dataType as Put['dataType'] }),
  };
}

/** Undefined: it may not be read. Who writes need not read. */
async function valueBefore(client: ConfigClient, name: string, version: number, signal: AbortSignal): Promise<string | undefined> {
  try {
    return await client.get(`${name}:${version}`, { signal });
  } catch (error) {
    if (signal.aborted || error instanceof AwsError) throw error;
    return undefined;
  }
}

const COMPARED = ['type', 'tier', 'keyId', 'dataType', 'description', 'allowedPattern', 'policies'] as const;

/** What will be other than it is. */
function changes(before: ParameterVersion | undefined, wanted: Put, old: string | undefined, value: string): [string, string][] {
  const rows: [string, string][] = [];
  for (const property of COMPARED) {
    const [was, is] = [before?.[property], wanted[property] as string | undefined];
    if (is === undefined || is === was || (was === undefined && is === '')) continue;
    rows.push([`  ${LABEL[property]}`, was === undefined ? printable(is) : `${printable(was)} -> ${printable(is)}`]);
  }
  for (const [key, tag] of Object.entries(wanted.tags ?? {})) rows.push(['  tag', printable(`${key}=${tag}`)]);
  if (old === undefined || old !== value) {
    const shown = shownValue(value, before?.type === 'SecureString' ? before.type : wanted.type); // what was a secret is likely to be one again
    rows.push(['  value', before === undefined ? shown : `${old === undefined ? 'not readable' : shownValue(old, before.type)} -> ${shown}`]);
  }
  return rows;
}

const LABEL: Readonly<Record<typeof COMPARED[number], string>> = {
  type: 'type', tier: 'tier', keyId: 'key', dataType: 'data type', description: 'description', allowedPattern: 'pattern', policies: 'policies',
};

function describe({ version, type, lastModified, lastModifiedUser }: ParameterVersion): string {
  const by = lastModifiedUser ? ` by ${printable(lastModifiedUser)}` : '';
  return `replaces version ${version}, a ${type}, written ${ago(lastModified, Date.now())}${by}`;
}

function report(result: { readonly name: string; readonly version: number; readonly change: string }, { json }: PutOptions, io: Io): number {
  io.stdout.write(json ? `${JSON.stringify(result, undefined, 2)}\n` : `${result.change}, version ${result.version}\n`);
  return EXIT.ok;
}
