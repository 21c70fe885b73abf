import { randomBytes } from 'node:crypto';
import { Command } from 'commander';
import { canAsk, confirmed } from '../confirm.js';
import { UsageError, type Action, type Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { printable } from '../format.js';
import { withOperator } from './connect.js';
import type { LiveGroupOptions } from './group-options.js';
import { scopesFrom } from './scopes.js';

interface InvalidateOptions extends LiveGroupOptions {
  readonly all?: boolean;
  readonly tag?: readonly string[];
  readonly dataset?: readonly string[];
  readonly scope?: readonly string[];
  readonly scopeJson?: readonly string[];
  readonly yes?: boolean;
}

export function invalidateCommand(wire: Wire): Command {
  return new Command('invalidate')
    .description('make results invalid by tag, dataset or scope: one write; all of them: asks first')
    .option('--tag <name...>', 'results with these tags')
    .option('--dataset <name=version...>', 'results that read these datasets at another version; without one, at any')
    .option('--scope <text...>', 'results of these scopes, where they are texts')
    .option('--scope-json <json...>', 'the same where they are numbers, lists or objects')
    .option('--all', 'all results of the namespace')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', `
The next query executes; an execution that is under way goes on for who waits for it, and is not kept. The objects stay in the bucket until the
sweeper deletes them; \`live purge\` does not wait. Nothing keeps a list of names: one that no result has is invalidated as well.

Examples:
  cache-tiers live invalidate --tag orders --dataset sales.orders=snapshot-42
  cache-tiers live invalidate --scope tenant-7 tenant-8
  cache-tiers live invalidate --all --yes --json`)
    .action(wire(invalidate));
}

const invalidate: Action<InvalidateOptions> = async (options, io) => {
  const { all = false, tag: tags = [], dataset = [] } = options;
  const scopes = scopesFrom(options.scope, options.scopeJson);
  const named = tags.length + dataset.length + scopes.length;
  if (all && named > 0) throw new UsageError('--all has everything in it: leave out the others');
  if (!all && named === 0) throw new UsageError('nothing is named: give --tag, --dataset, --scope, or --all');
  const datasets = Object.fromEntries(dataset.map(versionOf));
  if (all) canAsk(options, io);
  return withOperator(options, io, all ? [] : ['keys'], async (operator, { namespace }) => {
    if (all) {
      io.stderr.write(`invalidate all results of the namespace ${namespace}\n`);
      await confirmed('Invalidate, so that every query executes anew?', options, io);
    }
    await operator.invalidate({ all, tags, datasets, scopes }, io.signal);
    if (options.json) {
      io.stdout.write(`${JSON.stringify({ namespace, invalidated: { all, tags, datasets, scopes } }, undefined, 2)}\n`);
    } else {
      for (const line of all ? ['everything'] : lines(tags, datasets, scopes)) io.stdout.write(`invalidated ${line}\n`);
    }
    return EXIT.ok;
  });
};

/** A version that nobody has had makes all that was read before invalid. */
function versionOf(text: string): [name: string, version: string] {
  const sign = text.indexOf('=');
  if (sign < 0) return [text, `invalidated-${randomBytes(9).toString('base64url')}`];
  if (sign > 0 && sign < text.length - 1) return [text.slice(0, sign), text.slice(sign + 1)];
  throw new UsageError(`--dataset must be a name, or a name and its version such as sales.orders=snapshot-42, got '${text}'`);
}

function lines(tags: readonly string[], datasets: Readonly<Record<string, string>>, scopes: readonly unknown[]): string[] {
  return [
    ...tags.map((tag) => `tag '${printable(tag)}'`),
    ...Object.entries(datasets).map(([name, version]) => `dataset '${printable(name)}', which is at version '${printable(version)}' now`),
    ...scopes.map((scope) => `scope ${printable(JSON.stringify(scope))}`),
  ];
}
