import { Command } from 'commander';
import type { ConfigConnection } from '../../runtime/config/connection.js';
import type { RebuildReport, RebuiltRow } from '../../runtime/config/replay/rebuild.js';
import type { ReplayedParameter } from '../../runtime/config/replay/replayed-parameter.js';
import { canAsk, confirmed } from '../confirm.js';
import { UsageError, type Action, type Io, type Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { count, facts, printable } from '../format.js';
import { instantOf, TIMES_HELP } from '../instant.js';
import { MASK } from '../mask.js';
import { startProgress } from '../progress.js';
import { withConfig } from './connect.js';
import type { ConfigGroupOptions } from './group-options.js';
import { wholeNumber } from './numbers.js';
import { PLAN_LINES, showPlan, type PlanLine } from './plan.js';
import { writeLine } from './write-line.js';

interface ReplayOptions extends ConfigGroupOptions {
  readonly time?: string;
  readonly prefix?: string;
  readonly values?: boolean;
  readonly rebuildCache?: boolean;
  readonly tombstoneDays?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export function replayCommand(wire: Wire): Command {
  return new Command('replay')
    .description('the parameters as they were at a time, from the audit log alone; or the table of names built from it')
    .option('--time <time>', 'the instant (default: now)')
    .option('--prefix <path>', 'only the parameters of a path (default: the whole log, which takes the permission to scan it)')
    .option('--values', 'with the values; of a SecureString, only that there is one')
    .option('--rebuild-cache', 'write rows of the table of names that are missing or wrong; shows how many, and asks first')
    .option('--tombstone-days <number>', 'with --rebuild-cache: days that deleted names are kept (default: as deployed)')
    .option('--dry-run', 'with --rebuild-cache: show what would be written, and change nothing')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', `
With --json each parameter is one line (NDJSON), as there may be any number of them; with --rebuild-cache it is one document. A rebuild
leaves rows alone that are newer than the log, and may be stopped and run again at any time.
${TIMES_HELP}

Examples:
  cache-tiers config replay --time '1d ago' --prefix /app
  cache-tiers config replay --time 2026-03-01 --json > then.ndjson
  cache-tiers config replay --rebuild-cache`)
    .action(wire(replay));
}

const replay: Action<ReplayOptions> = (options, io) => {
  const { time, prefix, values, rebuildCache, tombstoneDays, dryRun } = options;
  if (rebuildCache && (time !== undefined || prefix !== undefined || values)) {
    throw new UsageError('--rebuild-cache is of the whole log as it is now: leave out --time, --prefix and --values');
  }
  if (!rebuildCache && (dryRun || tombstoneDays !== undefined)) throw new UsageError('--dry-run and --tombstone-days are for --rebuild-cache');
  const days = wholeNumber('--tombstone-days', tombstoneDays);
  const instant = time === undefined ? undefined : instantOf(time, '--time', Date.now());
  if (rebuildCache && !dryRun) canAsk(options, io);
  return withConfig(options, io, (connection) => rebuildCache ? rebuild(connection, days, options, io) : print(connection, instant, options, io));
};

async function print(connection: ConfigConnection, time: number | undefined, { prefix, values, json }: ReplayOptions, io: Io): Promise<number> {
  const { replay: states } = await import('../../runtime/config/replay/replay.js');
  let parameters = 0;
  for await (const parameter of states({ connection, time, prefix, values, signal: io.signal })) {
    parameters += 1;
    await writeLine(io, json ? JSON.stringify(asJson(parameter)) : asLine(parameter));
  }
  io.stderr.write(`${count(parameters, 'parameter')} at ${new Date(time ?? connection.now()).toISOString()}\n`);
  return EXIT.ok;
}

function asLine({ name, version, type = '', lastModified, value, uncertain }: ReplayedParameter): string {
  const parts = [
    name, version === undefined ? 'version not known' : `version ${version}`, type, lastModified === undefined ? '' : iso(lastModified),
    value === undefined ? '' : type === 'SecureString' ? MASK : value, uncertain === undefined ? '' : 'perhaps: created or deleted about then',
  ];
  return printable(parts.filter((part) => part !== '').join('  '));
}

/** Ciphertexts stay where they are. */
function asJson({ name, lastModified, value, uncertain, ...parameter }: ReplayedParameter): object {
  return {
    name, ...parameter, ...(lastModified !== undefined && { lastModified: iso(lastModified) }),
    ...(uncertain && { uncertain: { after: iso(uncertain.after), before: iso(uncertain.before) } }),
    ...(value !== undefined && (parameter.type === 'SecureString' ? { encrypted: true } : { value })),
  };
}

const iso = (time: number) => new Date(time).toISOString();

async function rebuild(connection: ConfigConnection, tombstoneDays: number | undefined, options: ReplayOptions, io: Io): Promise<number> {
  const { rebuildCache } = await import('../../runtime/config/replay/rebuild.js');
  const run = async (dryRun: boolean, onChange?: (row: RebuiltRow) => void): Promise<RebuildReport> => {
    const progress = await startProgress(io, dryRun ? 'compare' : 'rebuild', 'name');
    try {
      return await rebuildCache({
        connection, tombstoneDays, dryRun, onChange, signal: io.signal,
        onProgress: ({ names, changed }) => progress.update(names, undefined, `${count(changed)} changed`),
      });
    } catch (error) {
      if (io.signal.aborted && !dryRun) {
        progress.stop();
        io.stderr.write('the same command goes on where it was\n');
      }
      throw error;
    } finally {
      progress.stop();
    }
  };
  const lines: PlanLine[] = [];
  const planned = await run(true, (row) => { if (lines.length < PLAN_LINES) lines.push(lineOf(row)); });
  const changes = planned.restored + planned.buried;
  showPlan(io, `rebuild the table of names: ${count(changes, 'row')} of ${count(planned.names, 'name')} missing or wrong`, lines, { total: changes });
  if (options.dryRun || changes === 0) return report(planned, options, io);
  await confirmed(`Write ${count(changes, 'row')}?`, options, io);
  return report(await run(false), options, io);
}

function lineOf({ name, state, was, version }: RebuiltRow): PlanLine {
  return { sign: was === 'missing' ? '+' : '~', name, says: [was, state.toLowerCase(), version === undefined ? '' : `version ${version}`] };
}

function report(done: RebuildReport, { json }: ReplayOptions, io: Io): number {
  const { names, right, restored, buried, left, unknown, epoch, dryRun } = done;
  const leftAlone = Object.entries(left).filter(([, number]) => number > 0).map(([reason, number]) => `${count(number)} ${reason}`).join(', ');
  io.stdout.write(json ? `${JSON.stringify(done, undefined, 2)}\n` : `${facts([
    ['names in the log', count(names)], ['right', count(right)], [dryRun ? 'to restore' : 'restored', count(restored)],
    [dryRun ? 'to mark deleted' : 'marked deleted', count(buried)], ['left alone', leftAlone || '0'], ['not in the log', count(unknown)],
    ['epoch', epoch],
  ])}\n`);
  return EXIT.ok;
}
