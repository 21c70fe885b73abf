import { Command, Option } from 'commander';
import type { FoundRule, ReplicationRules, RuleInput, RulePlan } from '../../runtime/config/rules/index.js';
import { columns } from '../columns.js';
import { canAsk, confirmed } from '../confirm.js';
import { UsageError, type Action, type Io, type Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { count, printable } from '../format.js';
import { widthOf } from '../wrapped.js';
import { withConfig } from './connect.js';
import type { ConfigGroupOptions } from './group-options.js';
import { showPlan } from './plan.js';
import { writeLine } from './write-line.js';

interface ShareOptions extends ConfigGroupOptions {
  readonly merge?: string;
  readonly destination?: string;
  readonly list?: boolean;
  readonly remove?: boolean;
  readonly onSourceDelete?: 'retain' | 'delete';
  readonly keyId?: string;
  readonly roleArn?: string;
  readonly yes?: boolean;
}

export function shareCommand(wire: Wire): Command {
  return new Command('share')
    .description('keep a parameter equal to another, or to several merged: a replication rule; asks first')
    .argument('[source]', 'parameter that is copied')
    .argument('[destination]', 'parameter that is written')
    .option('--merge <template>', 'merge sources instead: text with ${/name} and ${/name:uri}, $$ for a dollar sign')
    .option('--destination <name>', 'parameter that is written, with --merge and --remove; an ARN where it is elsewhere')
    .option('--list', 'show all rules')
    .option('--remove', 'remove the rule of a destination; the parameter keeps its value')
    .addOption(new Option('--on-source-delete <what>', 'what becomes of a copy whose source is deleted').choices(['retain', 'delete']))
    .option('--key-id <key>', 'key that encrypts the destination (default: the one it has, else the account\'s)')
    .option('--role-arn <arn>', 'role that is assumed to write the destination')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', `
A rule is carried out only if the app declares it, or a scope of the app (scopes of ConfigReplication) has all its sources and its
destination. A rule that the app declares is changed in the app. What the replicator refuses is in its metric RulesRejected, what it
cannot do in RulesFailing and SourcesMissing (namespace CdkCacheTiers/Config), each with its reason in the log of its function.
A template is stored as it is: it is no place for a secret. With --list --json, each rule is one line (NDJSON).

Examples:
  cache-tiers config share /shared/db/host /app/db/host
  cache-tiers config share --merge 'postgres://\${/app/db/user:uri}@\${/shared/db/host}/app' --destination /app/db/url
  cache-tiers config share --list
  cache-tiers config share --remove /app/db/host`)
    .action(wire(share));
}

const share: Action<ShareOptions> = (options, io, ...names) => {
  const task = taskOf(options, names);
  if (task.kind !== 'list') canAsk(options, io);
  return withConfig(options, io, async (connection) => {
    const { ReplicationRules } = await import('../../runtime/config/rules/index.js');
    const rules = new ReplicationRules({ connection });
    if (task.kind === 'list') return list(rules, options, io);
    return task.kind === 'remove' ? remove(rules, task.destination, options, io) : write(rules, task.rule, options, io);
  });
};

type Task
  = { readonly kind: 'list' }
    | { readonly kind: 'remove'; readonly destination: string }
    | { readonly kind: 'write'; readonly rule: RuleInput };

function taskOf(options: ShareOptions, names: readonly string[]): Task {
  const { list: all, remove: removed, merge: template } = options;
  if (all && (removed || template !== undefined || names.length > 0)) throw new UsageError('--list shows all rules: leave out everything else');
  if (all) return { kind: 'list' };
  if (removed) {
    const [destination = options.destination] = names;
    if (destination === undefined || names.length > 1) throw new UsageError('--remove needs one destination: config share --remove /app/db/host');
    return { kind: 'remove', destination };
  }
  const { onSourceDelete, keyId, roleArn } = options;
  const common = { ...(onSourceDelete && { onSourceDelete }), ...(keyId !== undefined && { keyId }), ...(roleArn !== undefined && { roleArn }) };
  if (template !== undefined) {
    if (names.length > 0) throw new UsageError(`--merge names the sources: give --destination, and leave out '${names.join(' ')}'`);
    if (options.destination === undefined) throw new UsageError('--destination is missing: the parameter that is written');
    return { kind: 'write', rule: { template, destination: options.destination, ...common } };
  }
  const [source, destination = options.destination] = names;
  if (source === undefined || destination === undefined || (names.length > 1 && options.destination !== undefined)) {
    throw new UsageError('a source and a destination are needed: config share /shared/db/host /app/db/host, or --merge, --list, --remove');
  }
  return { kind: 'write', rule: { source, destination, ...common } };
}

async function list(rules: ReplicationRules, options: ShareOptions, io: Io): Promise<number> {
  const rows: string[][] = [];
  for await (const rule of rules.list(io.signal)) {
    if (options.json) await writeLine(io, JSON.stringify(rule));
    else rows.push([rule.destination, rule.type, rule.sources.join(', '), writerOf(rule), rule.incomplete ? `waits: ${rule.incomplete}` : '']);
  }
  if (options.json) return EXIT.ok;
  const header = ['destination', 'type', 'sources', 'written by', ''];
  const table = columns([header, ...rows.map((row) => row.map(printable))], { width: widthOf(io.stdout) });
  io.stdout.write(rows.length === 0 ? 'no rules\n' : `${table}\n`);
  return EXIT.ok;
}

const writerOf = ({ declared, writtenBy }: FoundRule) => declared ? 'app' : writtenBy ?? '';

async function write(rules: ReplicationRules, input: RuleInput, options: ShareOptions, io: Io): Promise<number> {
  const plan = await rules.plan(input, io.signal);
  const { rule, before, change } = plan;
  if (change !== 'same') {
    showPlan(io, `share, a rule to ${rule.type}:`, [
      { sign: change === 'add' ? '+' : '~', name: rule.destination, says: [`from ${rule.sources.join(', ')}`] },
      ...(before ? [{ sign: '-' as const, name: rule.destination, says: [`from ${before.sources.join(', ')}, by ${writerOf(before)}`] }] : []),
    ]);
    io.stderr.write(`${allowance(plan)}\n`);
    await confirmed('Write the rule?', options, io);
    await rules.write(plan, writer(io), io.signal);
  }
  const result = { change, rule, ...(plan.allowed !== undefined && { allowed: plan.allowed }) };
  io.stdout.write(options.json ? `${JSON.stringify(result, undefined, 2)}\n` : change === 'same' ? 'the rule is there already\n' : 'written\n');
  return EXIT.ok;
}

function allowance({ allowed }: RulePlan): string {
  if (allowed) return '  a scope of the app allows it';
  const refusals = 'refusals are in the metric RulesRejected and in the log of the replicator\'s function';
  if (allowed === false) return `  warning: no scope of the app has its sources and its destination, so the replicator refuses it;\n  ${refusals}`;
  return `  a scope of the app must allow it: with these credentials that cannot be seen;\n  ${refusals}`;
}

/** Who writes, for those who read the table: a name, as no call is worth it. */
function writer({ env }: Io): string {
  const name = env.USER || env.USERNAME || '';
  return /^[\w.@-]{1,64}$/.test(name) && name !== 'app' ? `cli:${name}` : 'cli';
}

async function remove(rules: ReplicationRules, destination: string, options: ShareOptions, io: Io): Promise<number> {
  const rule = await rules.get(destination, io.signal);
  if (rule === undefined) {
    io.stderr.write(`${printable(destination)} has no rule\n`);
    if (options.json) io.stdout.write(`${JSON.stringify({ removed: false }, undefined, 2)}\n`);
    return EXIT.notFound;
  }
  showPlan(io, 'share, remove a rule:', [{ sign: '-', name: rule.destination, says: [`${rule.type} from ${rule.sources.join(', ')}`] }]);
  io.stderr.write('  the parameter keeps the value that it has\n');
  await confirmed(`Remove the rule with ${count(rule.sources.length, 'source')}?`, options, io);
  await rules.remove(rule, io.signal);
  io.stdout.write(options.json ? `${JSON.stringify({ removed: true, rule }, undefined, 2)}\n` : 'removed\n');
  return EXIT.ok;
}
