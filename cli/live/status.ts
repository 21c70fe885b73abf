import { Command } from 'commander';
import type { BucketSurvey } from '../../runtime/live/operator/bucket-survey.js';
import type { IndexStatus } from '../../runtime/live/index/result-index.js';
import type { IndexSurvey } from '../../runtime/live/operator/index-survey.js';
import type { KeyVersions } from '../../runtime/live/operator/key-secret.js';
import type { Known, LiveStatusReport } from '../../runtime/live/operator/operator.js';
import { columns } from '../columns.js';
import { wholeNumber } from '../config/numbers.js';
import type { Action, Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { explain } from '../explain.js';
import { ago, bytes, count, facts, printable, span } from '../format.js';
import { withOperator, type Place } from './connect.js';
import type { LiveGroupOptions } from './group-options.js';

interface StatusOptions extends LiveGroupOptions {
  readonly limit?: string;
}

/** Minutes that are shown, of what is in the bucket. */
const MINUTES = 10;

export function statusCommand(wire: Wire): Command {
  return new Command('status')
    .description('index, results, bucket and keys: how they stand, and what to do something about')
    .option('-n, --limit <number>', 'results and objects that are counted at most (default: 100000)')
    .addHelpText('after', `
Of the master keys it shows versions, never a key. Objects are counted by the minute after which they may be deleted; those whose minute is long
over are overdue: the sweeper lags. What is not named (--bucket, --key-secret) is left out.

Examples:
  cache-tiers live status
  cache-tiers live status --json | jq -e '.warnings == []'

Exits with 1 if index, bucket or keys cannot be asked; the rest is shown all the same.`)
    .action(wire(status));
}

const status: Action<StatusOptions> = (options, io) => {
  const limit = wholeNumber('--limit', options.limit);
  return withOperator(options, io, [], async (operator, place) => {
    const report = await operator.status({ limit, signal: io.signal });
    if (options.json) io.stdout.write(`${JSON.stringify(asJson(report, place), undefined, 2)}\n`);
    else io.stdout.write(`${describe(report, place, Date.now())}\n`);
    if (!options.json) for (const warning of report.warnings) io.stderr.write(`warning: ${printable(warning)}\n`);
    const all = [report.index, report.results, report.bucket, report.keys];
    return all.some((each) => each !== undefined && 'error' in each) ? EXIT.failed : EXIT.ok;
  });
};

function describe({ index, results, bucket, keys }: LiveStatusReport, place: Place, now: number): string {
  return facts([
    ['namespace', place.namespace],
    ['index', `${printable(place.index)}: ${known(index, describeIndex)}`],
    ['results', known(results, describeResults)],
    ['bucket', bucket === undefined ? 'none is named' : `${printable(place.bucket!)}: ${known(bucket, describeBucket)}`],
    ...(bucket === undefined || 'error' in bucket ? [] : [['overdue', describeOverdue(bucket)] as const]),
    ['keys', keys === undefined ? 'no secret is named' : known(keys, (found) => describeKeys(found, now))],
  ]) + (bucket === undefined || 'error' in bucket || bucket.objects === 0 ? '' : `\n\n${minutes(bucket)}`);
}

function known<T extends object>(answer: Known<T>, describe: (answer: T) => string): string {
  return 'error' in answer ? `unknown: ${explain(answer.error, 'live')}` : describe(answer);
}

function describeIndex({ server, usedBytes, maxBytes, evictionPolicy, clients, refusedConnections = 0, uptimeSeconds }: IndexStatus): string {
  return [
    printable(server),
    usedBytes === undefined ? '' : `${bytes(usedBytes)}${maxBytes ? ` of ${bytes(maxBytes)}` : ''} used`,
    evictionPolicy === undefined ? '' : printable(evictionPolicy),
    clients === undefined ? '' : count(clients, 'client'),
    refusedConnections > 0 ? `${count(refusedConnections, 'connection')} refused` : '',
    uptimeSeconds === undefined ? '' : `up for ${span(uptimeSeconds * 1000)}`,
  ].filter((each) => each !== '').join(', ');
}

function describeResults({ entries, running, cut }: IndexSurvey): string {
  const some = `${count(entries.count, 'result')}${entries.stale > 0 ? ` (${count(entries.stale)} stale)` : ''}, ${bytes(entries.bytes)}`;
  return `${cut ? 'at least ' : ''}${some}; ${count(running.count)} running, ${bytes(running.bytes)} so far`;
}

function describeBucket({ objects, bytes: size, cut }: BucketSurvey): string {
  return `${cut ? 'at least ' : ''}${count(objects, 'object')}, ${bytes(size)}`;
}

function describeOverdue({ overdue: { objects, bytes: size, lag } }: BucketSurvey): string {
  return objects === 0 ? 'nothing' : `${count(objects, 'object')}, ${bytes(size)}; the oldest for ${span(lag)}`;
}

function describeKeys({ current, versions, rotating }: KeyVersions, now: number): string {
  const retired = versions.filter(({ version }) => version !== current).map(({ version, retiredAt }) =>
    `${version}${retiredAt === undefined ? '' : ` (retired ${ago(retiredAt, now)})`}`);
  return `version ${current}${retired.length === 0 ? '' : `; kept: ${retired.join(', ')}`}${rotating ? '; a rotation is under way' : ''}`;
}

/** The oldest, as these are to go first. */
function minutes({ minutes: all }: BucketSurvey): string {
  const rows = all.slice(0, MINUTES).map(({ minute, objects, bytes: size }) => [`${printable(minute)} UTC`, count(objects), bytes(size)]);
  const rest = all.length - rows.length;
  return `${columns([['deleted after', 'objects', 'bytes'], ...rows], { right: true })}${rest > 0 ? `\n… and ${count(rest, 'minute')} more` : ''}`;
}

function asJson({ namespace, index, results, bucket, keys, warnings }: LiveStatusReport, place: Place): object {
  const told = <T extends object>(answer: Known<T> | undefined, convert: (answer: T) => object) =>
    answer === undefined ? undefined : 'error' in answer ? { error: explain(answer.error, 'live') } : convert(answer);
  return {
    namespace,
    index: told(index, (found) => ({ url: place.index, ...found })),
    results: told(results, (found) => found),
    bucket: told(bucket, ({ overdue: { lag, ...overdue }, ...found }) => ({ name: place.bucket, ...found, overdue: { ...overdue, lagMs: lag } })),
    keys: told(keys, ({ versions, ...found }) => ({
      ...found, versions: versions.map(({ version, retiredAt }) => ({ version, ...(retiredAt && { retiredAt: new Date(retiredAt).toISOString() }) })),
    })),
    warnings,
  };
}
