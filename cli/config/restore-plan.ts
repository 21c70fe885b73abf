import type { RestorePlan, RestoreStep } from '../../runtime/config/restore/index.js';
import type { Io } from '../context.js';
import { count, printable } from '../format.js';
import { showPlan, type PlanLine } from './plan.js';

export interface RestoreCounts {
  readonly put: number;
  readonly delete: number;
  readonly label: number;
  readonly skip: number;
}

/** Lines that are kept to be shown; there are plans of any length. */
const MOST = 1000;

/** Shows what a plan will do. */
export async function showRestore({ header, steps }: RestorePlan, io: Io): Promise<RestoreCounts> {
  const counts = { put: 0, delete: 0, label: 0, skip: 0 };
  const lines: PlanLine[] = [];
  for await (const step of steps) {
    counts[step.action] += 1;
    if (lines.length < MOST) lines.push(lineOf(step));
  }
  const { query: { prefix, names, time }, footprint, account, region, notes } = header;
  const what = prefix ?? names?.join(', ') ?? '';
  showPlan(io, `restore ${printable(what)} to ${new Date(time).toISOString()}, in ${account} ${region}, footprint ${printable(footprint)}:`, lines);
  const total = counts.put + counts.delete + counts.label + counts.skip;
  if (total > lines.length) io.stderr.write(`  … and ${count(total - lines.length)} more: --plan FILE has them all\n`);
  for (const note of notes) io.stderr.write(`  note: ${printable(note)}\n`);
  const { put, delete: deletions, label, skip } = counts;
  io.stderr.write(`  ${count(put)} to write, ${count(deletions)} to delete, ${count(label)} to label, ${count(skip)} left alone\n`);
  return counts;
}

function lineOf({ name, action, reason, detail, current, wanted, secret }: RestoreStep): PlanLine {
  const sign = ({ put: current === null ? '+' : '~', delete: '-', label: '~', skip: '!' } as const)[action];
  const type = secret ? 'SecureString' : wanted?.type ?? current?.type ?? '';
  return { sign, name, says: [type, reason.replaceAll('-', ' '), versions({ current, wanted, action }), detail ?? ''] };
}

function versions({ current, wanted, action }: Pick<RestoreStep, 'current' | 'wanted' | 'action'>): string {
  if (action === 'delete') return `version ${current?.version ?? '?'} goes`;
  if (wanted === null) return '';
  const old = `version ${wanted.version} of ${new Date(wanted.lastModified).toISOString().replace(/\.\d+/, '')}`;
  return action !== 'put' || current === null ? old : `${old} over version ${current.version}`;
}
