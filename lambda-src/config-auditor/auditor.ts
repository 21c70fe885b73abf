import type { AuditLog } from '../shared/config/audit-log';
import type { Attempt, Outcome, ParameterEvent } from '../shared/config/parameter-event';
import type { ParameterMetadata, ParameterStore } from '../shared/config/parameter-store';

/** What a reconciliation came to: records that were missing, and those of them that are there now. */
export interface Repairs {
  readonly found: number;
  readonly repaired: number;
}

export interface AuditorOptions {
  readonly store: ParameterStore;
  readonly log: AuditLog;
  readonly namespaces: readonly string[];
  /** Unix epoch milliseconds. */
  now(): number;
  /** Whole days that records are kept, from the time that they bear. @default - for ever */
  readonly retentionDays?: number;
  /** Whether records carry values. @default true */
  readonly keepValues?: boolean;
  /** Told of a name that a reconciliation could not record; the others go on. @default - nobody */
  onFailure?(name: string, error: unknown): void;
}

/** Keeps the audit log true to Parameter Store. */
export class Auditor {
  constructor(private readonly options: AuditorOptions) {}

  async apply(_event: ParameterEvent, _attempt: Attempt): Promise<Outcome> {
    throw new Error(`not yet ${this.options.namespaces.join()}`);
  }

  async reconcile(_parameters: readonly ParameterMetadata[]): Promise<Repairs> {
    return { found: 0, repaired: 0 };
  }

  async reconcileGone(_names: readonly string[]): Promise<Repairs> {
    return { found: 0, repaired: 0 };
  }
}
