import { isDeletion, isPut, type AuditRecord } from '../tables/audit-record.js';
import type { AuditEntry } from './fold.js';
import { isConcluded } from './fold-deletions.js';
import { beginsAnew } from './sequence.js';

/** When something happened: after one time and by another, which are the same where it is known. */
export interface Span {
  readonly after: number;
  readonly before: number;
}

/** A parameter from its creation to its deletion. Another of the same name is another generation. */
export interface Generation {
  /** Puts and labels, in order. */
  readonly entries: readonly AuditEntry[];
  /** The first thing that the log knows of it; `end` where it knows nothing else. */
  readonly begin: number;
  /** Whether `begin` is its creation. If not, it may be older. */
  readonly isCreation: boolean;
  /** When it was deleted. Absent: it was not. */
  readonly end?: Span;
}

/** What the log tells of one name, parameter by parameter. @param entries folded, in order */
export function generationsOf(entries: readonly AuditEntry[]): readonly Generation[] {
  const generations: Generation[] = [];
  let open: AuditEntry[] = [];
  let end: Span | undefined; // by a conclusion, while what comes after may still be of before
  const close = (span: Span): void => {
    const [first] = open;
    generations.push({
      entries: open, begin: first?.time ?? span.before, isCreation: first !== undefined && isPut(first) && first.version === 1, end: span,
    });
    open = [];
    end = undefined;
  };
  for (const entry of entries) {
    if (isDeletion(entry)) {
      if (end !== undefined && open.length > 0) close(end);
      if (isConcluded(entry)) end = { after: Math.max(entry.notBefore, open.at(-1)?.time ?? 0), before: entry.time };
      else close({ after: entry.time, before: entry.time });
      continue;
    }
    if (end !== undefined && (isAnother(entry, open) || entry.time > end.before)) {
      close({ after: Math.min(end.after, entry.time), before: Math.min(end.before, entry.time) });
    } else if (end !== undefined) {
      end = { after: Math.max(end.after, entry.time), before: end.before };
    } else if (isAnother(entry, open)) {
      close({ after: open.at(-1)!.time, before: entry.time }); // of its deletion nobody has heard
    }
    open.push(entry);
  }
  if (end !== undefined) close(end);
  if (open.length > 0) {
    const [first] = open;
    generations.push({ entries: open, begin: first.time, isCreation: isPut(first) && first.version === 1 });
  }
  return generations;
}

function isAnother(entry: AuditRecord, open: readonly AuditRecord[]): boolean {
  const former = open.findLast((record) => isPut(record) && record.version !== undefined);
  return open.length > 0 && isPut(entry) && beginsAnew(entry.version, former?.version);
}
