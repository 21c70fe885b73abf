import { configAuditByActor, configAuditByTime, CONFIG_RECORD_ID as ID } from '../../../../lib/contract/config';
import { auditKey, type AuditLog, type AuditRecord } from '../../../../lambda-src/shared/config/audit-log';

const TIME = Date.UTC(2030, 0, 1);

export function aRecord(name: string, version: number, more: Partial<AuditRecord> = {}): AuditRecord {
  const time = TIME + version;
  return {
    name, recordId: ID.put(time, version), action: 'PutParameter', time, version, value: `value ${version}`, type: 'String', source: 'history',
    byTime: configAuditByTime('/app', time), ...more,
  };
}

const withoutValue = ({ value: _, ...record }: AuditRecord): AuditRecord => record;

/** What every audit log must do. Each test has names of its own, so that one table serves all. */
export function describeAuditLog(title: string, create: () => AuditLog): void {
  describe(title, () => {
    let names = 0;
    const aName = () => `/app/${title.replace(/\W/g, '')}/${names += 1}`;

    test('gives a record back with all its members but the value', async () => {
      const [log, name] = [create(), aName()];
      const record: Required<AuditRecord> = {
        ...aRecord(name, 1), notBefore: TIME - 1, version: 1, type: 'SecureString', tier: 'Standard', keyId: 'alias/aws/ssm', dataType: 'text',
        description: '', allowedPattern: '.*', policies: '[]', value: 'AQ==', labels: ['a', 'b'], user: 'arn', sourceIp: '192.0.2.1', userAgent: 'ü',
        eventId: 'e-1', source: 'event', byTime: configAuditByTime('/app', TIME), byActor: configAuditByActor('/app', 'arn'), ttl: 1_900_000_000,
      };
      expect(await log.add(record)).toBe(true);
      expect(await log.since(name, '')).toEqual([withoutValue(record)]);
      expect(await log.last(name)).toEqual(withoutValue(record));
    });

    test('gives absent members back as absent', async () => {
      const [log, name] = [create(), aName()];
      const record: AuditRecord = { name, recordId: ID.delete(TIME, 'e'), action: 'DeleteParameter', time: TIME, source: 'event' };
      await log.add(record);
      expect(await log.last(name)).toStrictEqual(record);
    });

    test('never changes a record that is there', async () => {
      const [log, name] = [create(), aName()];
      await log.add(aRecord(name, 1, { user: 'alice' }));
      expect(await log.add(aRecord(name, 1, { user: 'mallory', value: 'other' }))).toBe(false);
      expect(await log.last(name)).toMatchObject({ user: 'alice' });
    });

    test('adds a record once, however many do so at once', async () => {
      const [log, name] = [create(), aName()];
      const added = await Promise.all(Array.from({ length: 8 }, (_, i) => log.add(aRecord(name, 1, { user: `user ${i}` }))));
      expect(added.filter(Boolean)).toHaveLength(1);
      expect(await log.since(name, '')).toHaveLength(1);
    });

    test('has a name\'s records in the order of their ids, from an id on', async () => {
      const [log, name] = [create(), aName()];
      const label = aRecord(name, 3, { recordId: ID.label(TIME + 2, 'e'), action: 'LabelParameterVersion' });
      for (const record of [aRecord(name, 3), aRecord(name, 1), label, aRecord(name, 2)]) await log.add(record);
      const all = [1, 2].map((version) => aRecord(name, version).recordId);
      const ids = (records: readonly AuditRecord[]) => records.map(({ recordId }) => recordId);
      expect(ids(await log.since(name, ''))).toEqual([all[0], label.recordId, all[1], aRecord(name, 3).recordId]);
      expect(ids(await log.since(name, all[1]!))).toEqual([all[1], aRecord(name, 3).recordId]);
      expect(await log.since(name, ID.since(TIME + 1_000))).toEqual([]);
    });

    test('gives the last record, or the last before an id', async () => {
      const [log, name] = [create(), aName()];
      for (const version of [2, 1, 3]) await log.add(aRecord(name, version));
      expect(await log.last(name)).toMatchObject({ version: 3 });
      expect(await log.last(name, aRecord(name, 3).recordId)).toMatchObject({ version: 2 });
      expect(await log.last(name, aRecord(name, 1).recordId)).toBeUndefined();
      expect(await log.last(`${name}/none`)).toBeUndefined();
    });

    test('says which of many records are there', async () => {
      const [log, name] = [create(), aName()];
      for (const version of [1, 130, 250]) await log.add(aRecord(name, version));
      const keys = Array.from({ length: 250 }, (_, i) => aRecord(name, i + 1));
      expect([...await log.present([...keys, keys[0]!])].sort()).toEqual([1, 130, 250].map((version) => auditKey(aRecord(name, version))));
      expect(await log.present([])).toEqual(new Set());
    });

    test('gives the names of a day in a namespace, each once', async () => {
      const [log, name] = [create(), aName()];
      const byTime = configAuditByTime(name, TIME);
      await log.add(aRecord(`${name}/a`, 1, { byTime }));
      await log.add(aRecord(`${name}/b`, 1, { byTime }));
      await log.add(aRecord(`${name}/b`, 2, { byTime }));
      await log.add(aRecord(`${name}/c`, 1, { byTime: configAuditByTime(name, TIME + 86_400_000) }));
      const found: string[] = [];
      let next: string | undefined;
      do {
        const page = await log.names(name, TIME + 3_600_000, next);
        found.push(...page.names);
        next = page.next;
      } while (next !== undefined);
      expect([...new Set(found)].sort()).toEqual([`${name}/a`, `${name}/b`]);
    });
  });
}
