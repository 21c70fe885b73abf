import type { RunReason, RunSummary, TaskOutcome, TaskStatus } from './run-shapes.js';

/** @param rest what the outcomes do not say */
export function summaryOf(
  outcomes: readonly TaskOutcome[], rest: Pick<RunSummary, 'runId' | 'wall' | 'storeErrors' | 'storeErrorMessages' | 'counters'>,
): RunSummary {
  const counts: Record<TaskStatus, number> = { reused: 0, ran: 0, failed: 0, skipped: 0, cancelled: 0 };
  const reasons: Record<RunReason, number> = { new: 0, forced: 0, stale: 0, uncached: 0 };
  for (const { status, reason } of outcomes) {
    counts[status]++;
    if (reason !== undefined) reasons[reason]++;
  }
  return {
    ...rest, tasks: outcomes.length, counts, reasons,
    retries: outcomes.reduce((sum, { attempts }) => sum + Math.max(0, attempts - 1), 0),
    saved: outcomes.reduce((sum, { saved }) => sum + saved, 0),
    busy: outcomes.reduce((sum, { duration }) => sum + duration, 0),
    criticalPath: criticalPath(outcomes),
  };
}

/** @param outcomes each after those that it requires */
function criticalPath(outcomes: readonly TaskOutcome[]): RunSummary['criticalPath'] {
  const ends = new Map<string, { readonly duration: number; readonly id: string; readonly before?: string }>();
  let last: string | undefined;
  for (const { id, duration, requires } of outcomes) {
    const [first] = requires;
    const before = first === undefined ? undefined : requires.reduce((most, each) => lengthTo(each) > lengthTo(most) ? each : most, first);
    ends.set(id, { id, before, duration: duration + (before === undefined ? 0 : lengthTo(before)) });
    if (last === undefined || lengthTo(id) > lengthTo(last)) last = id;
  }
  function lengthTo(id: string): number {
    return ends.get(id)?.duration ?? 0;
  }
  const ids: string[] = [];
  for (let id = last; id !== undefined; id = ends.get(id)?.before) ids.push(id);
  return { duration: last === undefined ? 0 : lengthTo(last), ids: ids.reverse() };
}
