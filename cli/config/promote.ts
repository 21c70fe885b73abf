import { Command } from 'commander';
import type { PromotionOutcome, PromotionPlan, PromotionStep } from '../../runtime/config/promote/index.js';
import { canAsk, confirmed } from '../confirm.js';
import type { Action, Io, Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { count, printable } from '../format.js';
import { startProgress } from '../progress.js';
import { openConnection } from './connect.js';
import type { ConfigGroupOptions } from './group-options.js';
import { localCopy } from './local-copy.js';
import { showPlan, tell, type PlanLine } from './plan.js';

interface PromoteOptions extends ConfigGroupOptions {
  readonly toProfile?: string;
  readonly toRegion?: string;
  readonly toFootprint?: string;
  readonly secrets?: boolean;
  readonly keyId?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export function promoteCommand(wire: Wire): Command {
  return new Command('promote')
    .description('write the parameters of a path to another path, account or region; asks first')
    .argument('<from>', 'path that is read')
    .argument('<to>', 'path that is written')
    .option('--to-profile <name>', 'profile that writes')
    .option('--to-region <region>', 'region that is written to')
    .option('--to-footprint <name>', 'footprint that is written to')
    .option('--secrets', 'SecureStrings too: decrypted here, and encrypted with the destination\'s key there')
    .option('--key-id <key>', 'key for SecureStrings that are created there (default: the account\'s)')
    .option('--dry-run', 'show the plan, and change nothing')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', `
Compares values and types, and writes what differs: new parameters, and new versions of those that are there. What only the destination
has stays; labels, tags and policies do not go along. What somebody changes between plan and write is left alone. Values are never shown.

Examples:
  cache-tiers config promote /app/staging /app/prod
  cache-tiers config promote /app /app --profile staging --to-profile prod --secrets
  cache-tiers config promote /app /app --to-region eu-north-1 --dry-run --json

Exits with 3 if there is nothing to read.`)
    .action(wire(promote));
}

const promote: Action<PromoteOptions> = async (options, io, from, to) => {
  if (!options.dryRun) canAsk(options, io);
  const elsewhere = options.toProfile !== undefined || options.toRegion !== undefined || options.toFootprint !== undefined;
  const source = await openConnection(options, io);
  const destination = elsewhere ? await openConnection(there(options), io) : source;
  try {
    const { applyPromotion, planPromotion } = await import('../../runtime/config/promote/index.js');
    const sides = { source, destination };
    const plan = await looked(io, (onRead) => planPromotion(sides, { from: from!, to: to!, secrets: options.secrets }, io.signal, onRead));
    const changes = plan.steps.filter(({ kind }) => kind === 'create' || kind === 'update').length;
    show(plan, io);
    if (options.dryRun || changes === 0) return report(plan, [], options, io);
    await confirmed(`Write ${count(changes, 'parameter')}?`, options, io);
    const outcomes: PromotionOutcome[] = [];
    const copy = await localCopy(elsewhere ? there(options) : options, io, destination);
    const progress = await startProgress(io, 'promote', 'parameter');
    try {
      for await (const outcome of applyPromotion(sides, plan, { keyId: options.keyId }, io.signal)) {
        const { step, version } = outcome;
        if (outcome.outcome === 'done' && version) await copy?.put(step.destination, { version, type: step.type, lastModified: destination.now() });
        progress.update(outcomes.push(outcome), changes);
      }
    } catch (error) {
      progress.stop();
      if (io.signal.aborted) io.stderr.write(`${count(outcomes.length)} of ${count(changes)} are done; the same command goes on\n`);
      throw error;
    } finally {
      progress.stop();
    }
    return report(plan, outcomes, options, io);
  } finally {
    source.close();
    destination.close();
  }
};

async function looked<T>(io: Io, run: (onRead: (parameters: number) => void) => Promise<T>): Promise<T> {
  const progress = await startProgress(io, 'compare', 'parameter');
  try {
    return await run((parameters) => progress.update(parameters));
  } finally {
    progress.stop();
  }
}

function there({ toFootprint, toProfile, toRegion, ...options }: PromoteOptions): ConfigGroupOptions {
  return { ...options, footprint: toFootprint ?? options.footprint, profile: toProfile ?? options.profile, region: toRegion ?? options.region };
}

const SIGNS: Readonly<Record<PromotionStep['kind'], PlanLine['sign']>> = { create: '+', update: '~', unchanged: '=', skip: '!' };

function show({ from, to, steps, others }: PromotionPlan, io: Io): void {
  const lines = steps.filter(({ kind }) => kind !== 'unchanged').map((step): PlanLine => ({
    sign: SIGNS[step.kind], name: step.destination, says: [step.type, step.reason ?? describe(step)],
  }));
  const unchanged = steps.length - lines.length;
  if (steps.length === 0) return;
  showPlan(io, `promote ${printable(from)} to ${printable(to)}:`, lines);
  tell(io, `  ${count(unchanged, 'parameter')} unchanged, ${count(others)} only at the destination`);
}

const describe = ({ replaces, source, version }: PromotionStep) =>
  `${replaces === undefined ? 'created' : `version ${replaces} replaced`} by ${source} version ${version}`;

function report(plan: PromotionPlan, outcomes: readonly PromotionOutcome[], options: PromoteOptions, io: Io): number {
  const bad = outcomes.filter(({ outcome }) => outcome === 'failed' || outcome === 'conflict');
  if (options.json) {
    const results = outcomes.map(({ step, ...outcome }) => ({ destination: step.destination, ...outcome }));
    io.stdout.write(`${JSON.stringify({ plan, outcomes: results }, undefined, 2)}\n`);
  } else {
    for (const { step, outcome, reason } of outcomes) {
      if (reason !== undefined) io.stderr.write(`${outcome}: ${printable(step.destination)}: ${printable(reason)}\n`);
    }
    const written = outcomes.filter(({ outcome }) => outcome === 'done').length;
    const not = bad.length > 0 ? `, ${count(bad.length)} not` : '';
    io.stdout.write(options.dryRun ? 'nothing was done: --dry-run\n' : `${count(written, 'parameter')} written${not}\n`);
  }
  if (plan.steps.length === 0) io.stderr.write(`no parameters below ${printable(plan.from)}\n`);
  return bad.length > 0 ? EXIT.failed : plan.steps.length === 0 ? EXIT.notFound : EXIT.ok;
}
