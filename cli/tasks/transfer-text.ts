import type { PullReport, PushReport } from '../../runtime/tasks/folders/shapes.js';
import { bytes, count, printable } from '../format.js';
import { hasFailed, type Transferred } from './transfer.js';

/** Of each kind of warning so many are shown. */
const SHOWN = 5;

/** What became of a folder, in one line. */
export function lineOf(transferred: Transferred, dryRun = false): string {
  const { direction, folder, report } = transferred;
  const path = printable(folder.path);
  if (report === undefined || hasFailed(transferred)) return `${path}: not ${direction}ed`;
  return `${path}: ${direction === 'pull' ? pulled(report as PullReport, dryRun) : pushed(report as PushReport, dryRun)}`;
}

function pulled({ outcome, sources, files, bytes: size, written, bytesWritten, deleted }: PullReport, dryRun: boolean): string {
  if (outcome === 'empty') return 'nothing to pull: the cache has no such folder yet';
  if (outcome === 'off') return 'not pulled: switched off, or the mode reads nothing';
  const all = `${count(files, 'file')}, ${bytes(size)}`;
  if (outcome === 'unchanged') return `up to date (${all})`;
  const gone = deleted > 0 ? `, ${count(deleted)} deleted` : '';
  const what = `${count(written)} written${dryRun ? '' : ` (${bytes(bytesWritten)})`}${gone}`;
  return `${dryRun ? 'would pull' : 'pulled'} ${all}: ${what}; from ${names(sources)}`;
}

function pushed({ outcome, places, files, bytes: size, added, changed, removed, bytesStored }: PushReport, dryRun: boolean): string {
  if (outcome === 'off') return 'not pushed: switched off, or the mode writes nothing';
  const all = `${count(files, 'file')}, ${bytes(size)}`;
  if (outcome === 'unchanged') return files === 0 ? 'nothing to push: there is no such folder here, or no file in it' : `nothing to push (${all})`;
  const what = `${count(added)} added, ${count(changed)} changed, ${count(removed)} removed`;
  return dryRun ? `would push ${all}: ${what}` : `pushed ${all}: ${what}; ${bytes(bytesStored)} to ${names(places)}`;
}

const names = (places: PullReport['sources']) => places.map(({ tier, scope }) => `${tier} ${scope}`).join(', ') || 'nowhere';

/** What people should know beside it. */
export function warningsOf(transferred: Transferred): string[] {
  const { folder: { path }, direction, report, failures, rejected } = transferred;
  const of = (what: string, all: readonly string[]) => all.length === 0 ? [] : [`${what}${some(all)}`];
  const refused = report?.refused.map((each) => `${each.path} (${each.reason})`) ?? [];
  return [
    ...failures.map((failure) => hasFailed(transferred) ? `the cache is done without: ${failure}` : failure),
    ...rejected.slice(0, SHOWN),
    ...(rejected.length > SHOWN ? [`… and ${count(rejected.length - SHOWN)} more that cannot be used: see cache-tiers tasks verify`] : []),
    ...of(`${path}: not ${direction}ed, as they are not safe or no files: `, refused),
    ...of(`${path}: changed here and in the cache; those here stay: `, report !== undefined && 'kept' in report ? report.kept : []),
    ...of(`${path}: others have changed or made them too since the last pull; the cache has what is here now: `,
      report !== undefined && 'conflicts' in report ? report.conflicts : []),
  ].map(printable);
}

export function some(all: readonly string[]): string {
  const rest = all.length - SHOWN;
  return `${all.slice(0, SHOWN).join(', ')}${rest > 0 ? ` and ${count(rest)} more` : ''}`;
}

/** Stable: programs read it. */
export function transferredAsJson(transferred: Transferred): object {
  const { direction, folder: { path, name }, report, failures, rejected } = transferred;
  return { direction, path, name, ...report, outcome: hasFailed(transferred) ? 'failed' : report!.outcome, failures, rejected };
}
