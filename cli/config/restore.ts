import { Command } from 'commander';
import type { ConfigConnection } from '../../runtime/config/connection.js';
import type { PointInTimeRestore, RestorePlan, RestoreQuery } from '../../runtime/config/restore/index.js';
import type { OwnChanges } from '../../runtime/config/values/options.js';
import { canAsk, confirmed } from '../confirm.js';
import { UsageError, type Action, type Io, type Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { count } from '../format.js';
import { instantOf, TIMES_HELP } from '../instant.js';
import { startProgress } from '../progress.js';
import { withConfig } from './connect.js';
import { localCopy } from './local-copy.js';
import { wholeNumber } from './numbers.js';
import { canWritePlanFile, planReader, writePlanFile } from './plan-file.js';
import { applyRestore } from './restore-apply.js';
import type { RestoreOptions } from './restore-options.js';
import { showRestore, type RestoreCounts } from './restore-plan.js';
import { timeOfVersion } from './version-time.js';

export function restoreCommand(wire: Wire): Command {
  return new Command('restore')
    .description('put parameters back to what they were; shows what that changes, and asks first')
    .argument('[name]', 'one parameter')
    .option('--version <number>', 'with a name: back to this version')
    .option('--time <time>', 'back to what was at this time')
    .option('--prefix <path>', 'all parameters of a path')
    .option('--remove-later', 'delete what was created after that time')
    .option('--include-replicas', 'also what replication rules write; they may write it again')
    .option('--plan <file>', 'only write the plan to a new file, to be looked at')
    .option('--apply <file>', 'carry out the plan of a file')
    .option('--oldest-labels <what>', 'keep or remove: a label on the oldest of a hundred versions, which takes no more (default: keep)')
    .option('--rate <number>', 'writes a second to begin with (default: 3, what accounts have); it finds out by itself what AWS bears')
    .option('--no-verify', 'do not compare everything with the plan in the end')
    .option('--dry-run', 'show the plan, and change nothing; with --json it is what a plan file has')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', `
A parameter that exists gets the former version as a new one; it is never deleted and made again. A parameter that has changed since the
plan is left alone, one that fails stops none of the others. Stopped or killed, the same command goes on where it was, and puts nothing
twice. A plan holds no value. With --json the outcomes are one line each (NDJSON).
${TIMES_HELP}

Examples:
  cache-tiers config restore /app/db/host --version 3
  cache-tiers config restore --prefix /app --time '2h ago'
  cache-tiers config restore --prefix /app --time 2026-03-01T12:00:00Z --remove-later --plan plan.ndjson
  cache-tiers config restore --apply plan.ndjson --yes`)
    .action(wire(restore));
}

const restore: Action<RestoreOptions> = (options, io, name) => {
  checkUsage(options, name);
  if (!options.dryRun && options.plan === undefined) canAsk(options, io);
  if (options.plan !== undefined) canWritePlanFile(options.plan);
  return withConfig(options, io, async (connection) => {
    const { PointInTimeRestore } = await import('../../runtime/config/restore/index.js');
    const engine = new PointInTimeRestore({ connection });
    const { apply: file } = options;
    const copy = await localCopy(options, io, connection);
    if (file !== undefined) {
      return carryOut(engine, planReader(file), { options, io, copy, again: `cache-tiers config restore --apply ${file}` });
    }
    const query = await queryOf(options, name, connection, io);
    const plan = await planned(engine, query, io);
    if (options.plan !== undefined) {
      const counts = await showRestore(plan, io);
      await writePlanFile(options.plan, plan);
      const document = JSON.stringify({ plan: options.plan, ...counts }, undefined, 2);
      io.stdout.write(options.json ? `${document}\n` : `written to ${options.plan}: restore --apply carries it out\n`);
      return EXIT.ok;
    }
    const again = `the same command with --time ${new Date(query.time).toISOString()}`;
    return carryOut(engine, () => Promise.resolve(plan), { options, io, copy, again });
  });
};

function checkUsage({ version, time, prefix, apply, plan, oldestLabels, rate }: RestoreOptions, name: string | undefined): void {
  wholeNumber('--rate', rate);
  if (oldestLabels !== undefined && oldestLabels !== 'keep' && oldestLabels !== 'remove') {
    throw new UsageError(`--oldest-labels must be keep or remove, got '${oldestLabels}'`);
  }
  if (apply !== undefined) {
    const others = [name && `the name '${name}'`, version && '--version', time && '--time', prefix && '--prefix', plan && '--plan'].filter(Boolean);
    if (others.length > 0) throw new UsageError(`--apply has its plan in a file: leave out ${others.join(' and ')}`);
    return;
  }
  if ((name === undefined) === (prefix === undefined)) {
    throw new UsageError(name === undefined ? 'nothing is named: give a parameter, --prefix or --apply' : `leave out one of '${name}' and --prefix`);
  }
  if (version !== undefined && name === undefined) throw new UsageError('--version is of one parameter: give its name, or --time with --prefix');
  if ((version === undefined) === (time === undefined)) {
    throw new UsageError(version === undefined ? '--time is missing: when things were as they shall be' : 'leave out one of --version and --time');
  }
}

async function queryOf(options: RestoreOptions, name: string | undefined, connection: ConfigConnection, io: Io): Promise<RestoreQuery> {
  const { version, time, prefix, removeLater, includeReplicas } = options;
  const instant = time === undefined
    ? await timeOfVersion(connection, name!, wholeNumber('--version', version)!, io) : instantOf(time, '--time', Date.now());
  return {
    ...(name === undefined ? { prefix } : { names: [name] }), time: instant,
    ...(removeLater && { removeLater }), ...(includeReplicas && { includeReplicas }),
  };
}

async function planned(engine: PointInTimeRestore, query: RestoreQuery, io: Io): Promise<RestorePlan> {
  const progress = await startProgress(io, 'plan', 'parameter');
  try {
    const { collectPlan } = await import('../../runtime/config/restore/index.js');
    return await collectPlan(await engine.plan(query, {
      signal: io.signal, onProgress: ({ looked, total }) => progress.update(looked, total === 0 ? undefined : total),
    }));
  } finally {
    progress.stop();
  }
}

interface Work {
  readonly options: RestoreOptions;
  readonly io: Io;
  readonly copy?: OwnChanges;
  /** How to go on after an interruption. */
  readonly again: string;
}

/** @param read gives the plan each time it is gone through */
async function carryOut(engine: PointInTimeRestore, read: () => Promise<RestorePlan>, work: Work): Promise<number> {
  const { options, io } = work;
  const plan = await read();
  if (options.dryRun && options.json) {
    const { planLines } = await import('../../runtime/config/restore/index.js');
    for await (const line of planLines(plan)) io.stdout.write(line);
    return EXIT.ok;
  }
  const counts = await showRestore(plan, io);
  if (options.dryRun) {
    io.stdout.write('nothing was done: --dry-run\n');
    return EXIT.ok;
  }
  const changes = counts.put + counts.delete + counts.label;
  if (changes > 0) await confirmed(question(counts, changes), options, io);
  return applyRestore(engine, read, { ...work, total: changes + counts.skip, nothing: changes === 0 });
}

function question(counts: RestoreCounts, changes: number): string {
  return `Change ${count(changes, 'parameter')}${counts.delete > 0 ? `, ${count(counts.delete)} of them deleted` : ''}?`;
}
