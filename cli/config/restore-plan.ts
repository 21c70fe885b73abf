import type { RestorePlan, RestoreStep } from '../../runtime/config/restore/index.js';
import type { Io } from '../context.js';
import { count, printable } from '../format.js';
import { PLAN_LINES, showPlan, tell, type PlanLine } from './plan.js';

export interface RestoreCounts {
  readonly put: number;
  readonly delete: number;
  readonly label: number;
  readonly skip: number;
}

/** Shows what a plan will do. */
export async function showRestore({ header, steps }: RestorePlan, io: Io): Promise<RestoreCounts> {
  const counts = { put: 0, delete: 0, label: 0, skip: 0 };
  const lines: PlanLine[] = [];
  for await (const step of steps) {
    counts[step.action] += 1;
    if (lines.length < PLAN_LINES) lines.push(lineOf(step));
  }
  const { query: { prefix, names, time }, footprint, account, region, notes } = header;
  const what = prefix ?? names?.join(', ') ?? '';
  const { put, delete: deletions, label, skip } = counts;
  showPlan(io, `restore ${printable(what)} to ${new Date(time).toISOString()}, in ${account} ${region}, footprint ${printable(footprint)}:`, lines,
    { total: put + deletions + label + skip, elsewhere: '--plan FILE has them all' });
  for (const note of notes) tell(io, `  note: ${printable(note)}`);
  tell(io, `  ${count(put)} to write, ${count(deletions)} to delete, ${count(label)} to label, ${count(skip)} left alone`);
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
