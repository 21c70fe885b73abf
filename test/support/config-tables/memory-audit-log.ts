import { auditKey, type AuditKey, type AuditLog, type AuditRecord, type NamePage } from '../../../lambda-src/shared/config/audit-log';
import { configAuditByTime } from '../../../lib/contract/config';

const withoutValue = ({ value: _, ...record }: AuditRecord): AuditRecord => record;

/** An audit log in memory. */
export class MemoryAuditLog implements AuditLog {
  private readonly records = new Map<string, AuditRecord[]>();

  async add(record: AuditRecord): Promise<boolean> {
    const records = this.records.get(record.name) ?? [];
    const place = records.findIndex(({ recordId }) => recordId >= record.recordId);
    if (place >= 0 && records[place].recordId === record.recordId) return false;
    records.splice(place < 0 ? records.length : place, 0, Object.freeze({ ...record }));
    this.records.set(record.name, records);
    return true;
  }

  async present(keys: readonly AuditKey[]): Promise<ReadonlySet<string>> {
    const there = keys.filter(({ name, recordId }) => this.records.get(name)?.some((record) => record.recordId === recordId));
    return new Set(there.map(auditKey));
  }

  async since(name: string, from: string): Promise<readonly AuditRecord[]> {
    return this.all(name).filter(({ recordId }) => recordId >= from).map(withoutValue);
  }

  async names(namespace: string, day: number): Promise<NamePage> {
    const partition = configAuditByTime(namespace, day);
    return { names: [...this.records.keys()].filter((name) => this.all(name).some(({ byTime }) => byTime === partition)) };
  }

  async last(name: string, before?: string): Promise<AuditRecord | undefined> {
    const record = this.all(name).filter(({ recordId }) => before === undefined || recordId < before).at(-1);
    return record && withoutValue(record);
  }

  /** A name's records with their values, in ascending order. */
  all(name: string): readonly AuditRecord[] {
    return this.records.get(name) ?? [];
  }
}
