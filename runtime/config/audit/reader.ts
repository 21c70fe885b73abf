import type { AuditRecord } from '../tables/audit-record.js';

/** Where records stand together, in the order of their ids: those of a name, of a day in a namespace, or of an actor in a namespace. */
export type AuditPartition
  = | { readonly name: string }
    | { readonly namespace: string; /** Any time of the day (UTC). */ readonly day: number }
    | { readonly namespace: string; /** ARN. */ readonly actor: string };

export interface AuditReadOptions {
  /** Whether records have their values. @default false */
  readonly values?: boolean;
  readonly signal?: AbortSignal;
}

export interface AuditPageOptions extends AuditReadOptions {
  /** Least id, inclusive. */
  readonly from?: string;
  /** Greatest id, exclusive. */
  readonly to?: string;
  /** @default oldest */
  readonly order?: 'newest' | 'oldest';
  /** Records at most. @default - as many as an answer has room for */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: string;
}

export interface AuditPage {
  readonly records: readonly AuditRecord[];
  /** Where the next page begins. Absent: this is the last. */
  readonly next?: string;
}

/** Reads the audit log's records, as they are. Reads of a name see all that was added before; the others are a little behind. */
export interface AuditReader {
  page(partition: AuditPartition, options?: AuditPageOptions): Promise<AuditPage>;

  /** A page of the whole log, in no order; the records of one name are together and in the order of their ids. */
  scan(options?: AuditReadOptions & { readonly after?: string; readonly limit?: number }): Promise<AuditPage>;

  /**
   * The newest records of a name whose ids are not later than a time, newest first.
   *
   * @param until Unix epoch milliseconds, inclusive
   * @param limit records at most
   */
  newest(name: string, until: number, limit: number, options?: AuditReadOptions): Promise<readonly AuditRecord[]>;

  /** The first of `newest`. */
  last(name: string, until: number, options?: AuditReadOptions): Promise<AuditRecord | undefined>;
}
