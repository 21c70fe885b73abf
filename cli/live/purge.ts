import { Command } from 'commander';
import type { PurgeTarget } from '../../runtime/live/operator/operator.js';
import type { PurgeCounts } from '../../runtime/live/operator/purge.js';
import { canAsk, confirmed } from '../confirm.js';
import { UsageError, type Action, type Io, type Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { bytes, count, printable } from '../format.js';
import { startProgress } from '../progress.js';
import { withOperator } from './connect.js';
import type { LiveGroupOptions } from './group-options.js';
import { addScopeOptions, scopeFrom, type ScopeOptions } from './scopes.js';

interface PurgeOptions extends LiveGroupOptions, ScopeOptions {
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export function purgeCommand(wire: Wire): Command {
  return addScopeOptions(new Command('purge').description('remove results from the index and their objects from the bucket; asks first'),
    'results of this scope')
    .option('--all', 'everything in the namespace')
    .option('--dry-run', 'show the plan, and change nothing')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', `
Results are made invalid first, by one write. Who is reading one gets it from a new execution. An execution that is under way goes on for who
waits for it, and is not kept; what it still stores is deleted by the sweeper.

Examples:
  cache-tiers live purge --scope tenant-7
  cache-tiers live purge --all --dry-run
  cache-tiers live purge --all --yes --json`)
    .action(wire(purge));
}

const purge: Action<PurgeOptions> = async (options, io) => {
  const target = targetOf(options);
  if (!options.dryRun) canAsk(options, io);
  return withOperator(options, io, target.all ? ['bucket'] : ['bucket', 'keys'], async (operator, { namespace, bucket }) => {
    const run = (dryRun: boolean) => withProgress(io, dryRun ? 'look' : 'purge', (onProgress) =>
      operator.purge(target, { dryRun, onProgress, signal: io.signal }));
    const plan = await run(true);
    const what = target.all ? 'everything' : `scope ${printable(JSON.stringify(target.scope))}`;
    io.stderr.write(`purge ${what} of the namespace ${namespace} in ${printable(bucket!)}:\n  ${describe(plan)}\n`);
    if (options.dryRun) return report(options, io, namespace, plan);
    await confirmed('Purge?', options, io);
    return report(options, io, namespace, await run(false));
  });
};

function targetOf(options: PurgeOptions): PurgeTarget {
  const scope = scopeFrom(options);
  if (options.all && scope !== undefined) throw new UsageError('--all has every scope in it: leave out one of them');
  if (options.all) return { all: true };
  if (scope === undefined) throw new UsageError('nothing is named: give --scope, or --all');
  return { scope };
}

async function withProgress<T>(io: Io, title: string, run: (onProgress: (soFar: PurgeCounts) => void) => Promise<T>): Promise<T> {
  const progress = await startProgress(io, title, 'object');
  try {
    return await run(({ objects }) => progress.update(objects));
  } finally {
    progress.stop();
  }
}

const describe = ({ entries, objects, bytes: size }: PurgeCounts) =>
  `${count(entries, 'result')} in the index, ${count(objects, 'object')} in the bucket, ${bytes(size)}`;

function report({ json, dryRun = false }: PurgeOptions, io: Io, namespace: string, counts: PurgeCounts): number {
  if (json) io.stdout.write(`${JSON.stringify({ namespace, dryRun, ...counts }, undefined, 2)}\n`);
  else io.stdout.write(dryRun ? 'nothing was done: --dry-run\n' : `purged ${describe(counts)}\n`);
  return EXIT.ok;
}
