import type { Place } from './place';

const DAY = 86_400_000;

/** An event may be received again, and go to the dead letters, this long after it was told. */
const OVERLAP = DAY;

/** Beyond this the log is not read: what is older was either seen by a reconciliation or imported. */
const MAX_DAYS = 30;

/** The days of the audit log that a run reads: since the last one, and a day more. */
export class LogDays {
  /** Changes before this were seen by the last run. */
  readonly since: number;

  constructor(private readonly namespaces: readonly string[], private readonly started: number, reconciled: number | undefined) {
    this.since = Math.max(0, Math.min(reconciled ?? 0, started) - OVERLAP);
  }

  first(namespace = 0): Place | undefined {
    const name = this.namespaces[namespace];
    if (name === undefined) return undefined;
    const from = Math.max(this.since, this.started - MAX_DAYS * DAY, 0);
    return { phase: 'log', namespace: name, day: from - from % DAY };
  }

  following(namespace: string, day: number): Place | undefined {
    const next = day + DAY;
    if (next <= this.started) return { phase: 'log', namespace, day: next };
    const index = this.namespaces.indexOf(namespace);
    // Unknown: the namespaces are others than when the run began. The next run reads theirs.
    return index < 0 ? undefined : this.first(index + 1);
  }
}
