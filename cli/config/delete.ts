import { Command } from 'commander';
import type { ConfigConnection } from '../../runtime/config/connection.js';
import type { ReadParameter } from '../../runtime/config/parameters/reads.js';
import type { ConfigClient } from '../../runtime/config/values/config-client.js';
import type { DeleteResult } from '../../runtime/config/values/options.js';
import { canAsk, confirmed } from '../confirm.js';
import { UsageError, type Action, type Io, type Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { count, printable } from '../format.js';
import { startProgress } from '../progress.js';
import { withClient } from './client.js';
import type { ConfigGroupOptions } from './group-options.js';
import { showPlan } from './plan.js';

interface DeleteOptions extends ConfigGroupOptions {
  readonly path?: string;
  readonly yes?: boolean;
}

export function deleteCommand(wire: Wire): Command {
  return new Command('delete')
    .description('delete parameters with all their versions; shows them, and asks first')
    .argument('[name...]', 'parameters')
    .option('--path <path>', 'all parameters below a path')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', `
What is deleted is still in the audit log, if the footprint has one: restore brings it back.

Examples:
  cache-tiers config delete /app/db/old-host
  cache-tiers config delete --path /app/old --yes --json

Exits with 3 if none of the parameters exists.`)
    .action(wire(remove));
}

const remove: Action<DeleteOptions> = (options, io, ...given) => {
  const { path } = options;
  if (given.length === 0 && path === undefined) throw new UsageError('no parameter is named: give names, or --path');
  if (given.length > 0 && path !== undefined) throw new UsageError(`--path and names are one too many: leave out --path or '${given.join(' ')}'`);
  canAsk(options, io);
  return withClient(options, io, async (client, connection) => {
    const found = path === undefined ? await named(connection, given, io.signal) : await below(connection, path, io);
    const missing = given.filter((name) => !found.some((each) => each.name === name));
    if (found.length === 0) {
      io.stderr.write(path === undefined ? `not there: ${missing.map(printable).join(', ')}\n` : `no parameters below ${printable(path)}\n`);
      return report({ deleted: [], missing }, options, io);
    }
    showPlan(io, `delete ${count(found.length, 'parameter')}:`, [
      ...found.map(({ name, type, version }) => ({ sign: '-' as const, name, says: [type, `${count(version, 'version')} so far`] })),
      ...missing.map((name) => ({ sign: '=' as const, name, says: ['not there'] })),
    ]);
    await confirmed(`Delete ${found.length === 1 ? 'it' : `all ${count(found.length)}`}?`, options, io);
    const result = await removeAll(client, found.map(({ name }) => name), io);
    return report({ deleted: result.deleted, missing: [...missing, ...result.missing] }, options, io);
  }, { decrypt: false });
};

/** As they are now: what a copy says may be old. Not decrypted. */
async function named({ ssm }: ConfigConnection, names: readonly string[], signal: AbortSignal): Promise<readonly ReadParameter[]> {
  const { readParameters } = await import('../../runtime/config/parameters/reads.js');
  return readParameters(ssm, names, false, signal);
}

async function below({ ssm }: ConfigConnection, path: string, io: Io): Promise<readonly ReadParameter[]> {
  if (!path.startsWith('/')) throw new UsageError(`--path must begin with a slash, got '${path}'`);
  const { pagesBelow } = await import('../../runtime/config/parameters/reads.js');
  const found: ReadParameter[] = [];
  const progress = await startProgress(io, 'look up', 'parameter');
  try {
    for await (const page of pagesBelow(ssm, path.replace(/(?<=.)\/+$/, ''), false, io.signal)) {
      found.push(...page);
      progress.update(found.length);
    }
  } finally {
    progress.stop();
  }
  return found;
}

/** DeleteParameters takes so many names. */
const BATCH = 10;

async function removeAll(client: ConfigClient, names: readonly string[], io: Io): Promise<DeleteResult> {
  const done = { deleted: [] as string[], missing: [] as string[] };
  const progress = await startProgress(io, 'delete', 'parameter');
  try {
    for (let at = 0; at < names.length; at += BATCH) {
      const { deleted, missing } = await client.delete(names.slice(at, at + BATCH), { signal: io.signal });
      done.deleted.push(...deleted);
      done.missing.push(...missing);
      progress.update(Math.min(at + BATCH, names.length), names.length);
    }
    return done;
  } catch (error) {
    progress.stop();
    if (names.length > 1) io.stderr.write(`${count(done.deleted.length)} of ${count(names.length)} are deleted; the same command goes on\n`);
    throw error;
  } finally {
    progress.stop();
  }
}

function report(result: { readonly deleted: readonly string[]; readonly missing: readonly string[] }, { json }: DeleteOptions, io: Io): number {
  if (json) io.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
  else if (result.deleted.length > 0) io.stdout.write(`${count(result.deleted.length, 'parameter')} deleted\n`);
  return result.deleted.length > 0 ? EXIT.ok : EXIT.notFound;
}
