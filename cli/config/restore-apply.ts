import type { ApplyOptions, PointInTimeRestore, RestoreOutcome, RestorePlan, VerifyOutcome } from '../../runtime/config/restore/index.js';
import type { OwnChanges } from '../../runtime/config/values/options.js';
import type { Io } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { count, printable } from '../format.js';
import { startProgress } from '../progress.js';
import { wholeNumber } from './numbers.js';
import type { RestoreOptions } from './restore-options.js';
import { writeLine } from './write-line.js';

interface Work {
  readonly options: RestoreOptions;
  readonly io: Io;
  readonly again: string;
  readonly total: number;
  /** Is told what has been changed. */
  readonly copy?: OwnChanges;
  /** The plan changes nothing. */
  readonly nothing: boolean;
}

type Counts = Record<string, number>;

/** Carries a plan out, then looks whether everything is as it says. */
export async function applyRestore(engine: PointInTimeRestore, read: () => Promise<RestorePlan>, work: Work): Promise<number> {
  const { options, io } = work;
  const applied = work.nothing ? {} : await apply(engine, await read(), work);
  const verified = work.nothing || options.verify === false ? undefined : await verify(engine, await read(), work);
  const bad = (applied.failed ?? 0) + (applied.conflict ?? 0) + (verified?.differs ?? 0) + (verified?.failed ?? 0);
  if (options.json) io.stdout.write(`${JSON.stringify({ summary: { applied, ...(verified && { verified }) } })}\n`);
  else io.stdout.write(`${work.nothing ? nothing(work.total) : summary(applied, verified)}\n`);
  return bad > 0 ? EXIT.failed : EXIT.ok;
}

async function apply(engine: PointInTimeRestore, plan: RestorePlan, { options, io, again, total, copy }: Work): Promise<Counts> {
  const counts: Counts = {};
  let steps = 0;
  const progress = await startProgress(io, 'restore', 'parameter');
  try {
    const outcomes = engine.apply(plan, {
      signal: io.signal, ...paceOf(options), oldestLabels: options.oldestLabels as 'keep' | 'remove' | undefined,
      onProgress: ({ steps: done, writesPerSecond }) => progress.update(done, total, `${writesPerSecond.toFixed(1)} writes/s tried`),
    });
    for await (const outcome of outcomes) {
      steps += 1;
      counts[outcome.status] = (counts[outcome.status] ?? 0) + 1;
      await note(outcome, copy);
      if (options.json) await writeLine(io, JSON.stringify(outcome));
      else tell(outcome, io, progress.stop);
    }
  } catch (error) {
    progress.stop();
    io.stderr.write(`${count(steps)} of ${count(total)} are done; to go on: ${printable(again)}\n`);
    throw error;
  } finally {
    progress.stop();
  }
  return counts;
}

/** For own changes to be seen at once. Of other members than these the copy keeps what it knows. */
async function note({ name, action, status, version }: RestoreOutcome, copy: OwnChanges | undefined): Promise<void> {
  if (status !== 'done' || copy === undefined) return;
  if (action === 'put' && version !== undefined) await copy.put(name, { version, lastModified: Date.now() });
  if (action === 'delete') await copy.delete(name);
}

/** Reads a second for each write a second: AWS's own limits are further apart. */
const READS_PER_WRITE = 7;

function paceOf({ rate }: RestoreOptions): Pick<ApplyOptions, 'pace'> {
  const writes = wholeNumber('--rate', rate);
  return writes === undefined ? {} : { pace: { writes, reads: READS_PER_WRITE * writes } };
}

/** What went as planned needs no line. */
function tell({ name, status, message, notes = [] }: RestoreOutcome, io: Io, makeRoom: () => void): void {
  const said = status === 'failed' || status === 'conflict' ? [message ?? '', ...notes] : status === 'done' ? notes : [];
  if (said.length === 0) return;
  makeRoom();
  for (const each of said) io.stderr.write(`${status}: ${printable(name)}: ${printable(each)}\n`);
}

async function verify(engine: PointInTimeRestore, plan: RestorePlan, { options, io, total }: Work): Promise<Counts> {
  const counts: Counts = {};
  const progress = await startProgress(io, 'verify', 'parameter');
  try {
    const outcomes = engine.verify(plan, {
      signal: io.signal, ...paceOf(options), onProgress: ({ steps }) => progress.update(steps, total),
    });
    for await (const outcome of outcomes) {
      counts[outcome.status] = (counts[outcome.status] ?? 0) + 1;
      if (options.json) await writeLine(io, JSON.stringify({ verify: outcome }));
      else if (outcome.status === 'differs' || outcome.status === 'failed') tellDifference(outcome, io, progress.stop);
    }
  } finally {
    progress.stop();
  }
  return counts;
}

function tellDifference({ name, status, differences = [], message }: VerifyOutcome, io: Io, makeRoom: () => void): void {
  makeRoom();
  io.stderr.write(`${status}: ${printable(name)}: ${printable(message ?? differences.join(', '))}\n`);
}

const nothing = (skipped: number) =>
  skipped === 0 ? 'nothing to do: everything is as it was then' : `nothing was changed: ${count(skipped)} left alone`;

const ORDER = ['done', 'already', 'same', 'conflict', 'differs', 'failed', 'skipped'];

function summary(applied: Counts, verified: Counts | undefined): string {
  const list = (counts: Counts) => ORDER.flatMap((status) => counts[status] === undefined ? [] : `${count(counts[status])} ${status}`).join(', ');
  return `${list(applied)}${verified === undefined ? '' : `; verified: ${list(verified)}`}`;
}
