import { CONFIG_RECORD_ID, configAuditByActor, configAuditByTime } from '../../../lib/contract/config';
import type { AuditPage, AuditPageOptions, AuditPartition, AuditReader, AuditReadOptions } from '../../../runtime/config/audit/reader';
import type { AuditRecord } from '../../../runtime/config/tables/audit-record';

/** Records of a log in memory. */
export class MemoryAuditReader implements AuditReader {
  private readonly records: readonly AuditRecord[];
  private readonly byName: ReadonlyMap<string, readonly AuditRecord[]>;
  private scanned?: readonly AuditRecord[];

  /** @param pageSize records of a page, if no limit is given */
  constructor(records: Iterable<AuditRecord>, private readonly pageSize = 100) {
    this.records = [...records].sort((a, b) => a.recordId === b.recordId ? compare(a.name, b.name) : compare(a.recordId, b.recordId));
    const names = new Map<string, AuditRecord[]>();
    for (const record of this.records) {
      const some = names.get(record.name);
      if (some === undefined) names.set(record.name, [record]);
      else some.push(record);
    }
    this.byName = names;
  }

  async page(partition: AuditPartition, options: AuditPageOptions = {}): Promise<AuditPage> {
    const { from = '', to, order } = options;
    const among = 'name' in partition ? this.byName.get(partition.name) ?? [] : this.records;
    const found = among.filter((record) => isIn(partition, record) && record.recordId >= from && (to === undefined || record.recordId < to));
    return this.cut(order === 'newest' ? found.reverse() : found, options);
  }

  async scan(options: AuditReadOptions & { readonly after?: string; readonly limit?: number } = {}): Promise<AuditPage> {
    return this.cut(this.scanned ??= [...this.byName.values()].flat(), options);
  }

  async newest(name: string, until: number, limit: number, options: AuditReadOptions = {}): Promise<readonly AuditRecord[]> {
    return (await this.page({ name }, { ...options, to: CONFIG_RECORD_ID.since(until + 1), order: 'newest', limit })).records;
  }

  async last(name: string, until: number, options?: AuditReadOptions): Promise<AuditRecord | undefined> {
    return (await this.newest(name, until, 1, options))[0];
  }

  private cut(
    records: readonly AuditRecord[], { after, limit = this.pageSize, values, signal }: AuditReadOptions & { after?: string; limit?: number },
  ): AuditPage {
    signal?.throwIfAborted();
    const [lastName, lastId] = after === undefined ? [] : JSON.parse(after) as string[];
    const begin = after === undefined ? 0 : records.findIndex(({ name, recordId }) => recordId === lastId && name === lastName) + 1;
    const page = records.slice(begin, begin + limit);
    const next = begin + limit < records.length ? { next: keyOf(page[page.length - 1]) } : {};
    return { records: values ? page : page.map(({ value: _, ...record }) => record), ...next };
  }
}

const compare = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0;
const keyOf = ({ name, recordId }: AuditRecord): string => JSON.stringify([name, recordId]);

function isIn(partition: AuditPartition, record: AuditRecord): boolean {
  if ('name' in partition) return record.name === partition.name;
  if ('day' in partition) return record.byTime === configAuditByTime(partition.namespace, partition.day);
  return record.byActor === configAuditByActor(partition.namespace, partition.actor);
}
