import { AwsError } from '../../aws/errors.js';
import { InvalidArgumentError, show } from '../../errors.js';
import { connectionOf, type ConfigConnection, type ConfigOptions } from '../connection.js';
import { isBelow } from '../paths.js';
import type { AuditRecord } from '../tables/audit-record.js';
import { cursorOf, readCursor } from './cursor.js';
import { deniedError } from './denied.js';
import { entriesOf, type PlacedEntry } from './entries.js';
import type { AuditEntry } from './fold.js';
import { openLog, type AuditLogPlace } from './log-place.js';
import { merged } from './merge.js';
import { keyOf, type Place } from './place.js';
import { resolveQuery, type AuditQuery, type ResolvedQuery } from './query.js';
import type { AuditReader, AuditReadOptions } from './reader.js';
import { sourcesOf } from './sources.js';

export type AuditLogOptions = ConfigOptions & {
  /** What is read in place of the footprint's tables. */
  readonly place?: AuditLogPlace;
};

export interface AuditEntriesPage {
  readonly entries: readonly AuditEntry[];
  /** Pass it as `after`, with the same query, for the next page. Absent: this is the last, and it may be empty. */
  readonly next?: string;
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 10_000;

/**
 * What was done to parameters, when and by whom. What several records tell of is one entry; a batch deletion has one for each name.
 *
 * Entries are in the order of their ids, which begin with the time; those of a path or a time of all parameters day by day (UTC). A deletion
 * that was concluded (`notBefore`) stands directly after what it ended, on the day on which it was found.
 */
export class AuditLog {
  private readonly connection: ConfigConnection;
  private found?: Promise<AuditLogPlace>;

  constructor(private readonly options: AuditLogOptions = {}) {
    this.connection = connectionOf(options);
  }

  /**
   * All entries of a query, one after the other, read as they are asked for.
   *
   * @throws InvalidArgumentError `E_CONFIG_AUDIT_QUERY`, `E_CONFIG_AUDIT_PREFIX`; CacheTiersError `E_CONFIG_AUDIT_NONE` if the footprint has no
   * log, `E_CONFIG_AUDIT_DENIED` if it may not be read; AwsError
   */
  async* entries(query: AuditQuery = {}, signal?: AbortSignal): AsyncGenerator<AuditEntry> {
    for await (const { entry } of this.placed(resolveQuery(query, this.connection.now()), undefined, signal)) yield entry;
  }

  /**
   * A page of a query's entries.
   *
   * @param options.limit entries at most, up to 10,000. @default 100
   * @param options.after `next` of the page before
   * @throws as `entries`, and InvalidArgumentError `E_CONFIG_AUDIT_CURSOR`
   */
  async page(
    query: AuditQuery, { limit = DEFAULT_LIMIT, after, signal }: { limit?: number; after?: string; signal?: AbortSignal } = {},
  ): Promise<AuditEntriesPage> {
    if (!Number.isSafeInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
      throw new InvalidArgumentError('E_CONFIG_AUDIT_QUERY', `limit must be a whole number from 1 to ${MAX_LIMIT}, got ${show(limit)}`);
    }
    const asked = resolveQuery(query, this.connection.now());
    const resumed = after === undefined ? { query: asked, after: undefined } : readCursor(after, asked);
    const entries: AuditEntry[] = [];
    for await (const placed of this.placed(resumed.query, resumed.after, signal)) {
      entries.push(placed.entry);
      if (entries.length === limit) return { entries, next: cursorOf(resumed.query, placed.place) };
    }
    return { entries };
  }

  /** The newest record of a name, as it is, whose id is not later than a time. @param until Unix epoch milliseconds */
  async last(name: string, until: number, options?: AuditReadOptions): Promise<AuditRecord | undefined> {
    return (await this.place(options?.signal)).reader.last(name, until, options);
  }

  /** Reads records as they are. */
  async reader(signal?: AbortSignal): Promise<AuditReader> {
    return (await this.place(signal)).reader;
  }

  private async* placed(query: ResolvedQuery, after: Place | undefined, signal: AbortSignal | undefined): AsyncGenerator<PlacedEntry> {
    const place = await this.place(signal);
    const { reader, namespaces } = place;
    const reading = { reader, query, ...(after && { after }), ...(signal && { signal }) };
    try {
      const { streams, addValues } = await sourcesOf({ ...reading, namespaces, names: (path) => place.names(path, signal) });
      const isWanted = ({ name, user }: AuditEntry): boolean =>
        (query.prefix === undefined || isBelow(name, query.prefix)) && (query.actor === undefined || user === query.actor);
      const entries = entriesOf(merged(streams, query.order), { reader, order: query.order, addValues, isWanted, ...(signal && { signal }) });
      for await (const entry of entries) if (after === undefined || isPast(entry, after, query)) yield entry;
    } catch (error) {
      throw error instanceof AwsError && error.name === 'AccessDeniedException' ? deniedError(query, namespaces, error) : error;
    }
  }

  private place(signal?: AbortSignal): Promise<AuditLogPlace> {
    if (this.options.place) return Promise.resolve(this.options.place);
    const found = this.found ??= openLog(this.connection, signal);
    found.catch(() => { this.found = undefined; });
    return found;
  }
}

function isPast({ key }: PlacedEntry, after: Place, { order }: ResolvedQuery): boolean {
  const last = keyOf(after);
  return order === 'newest' ? key < last : key > last;
}
