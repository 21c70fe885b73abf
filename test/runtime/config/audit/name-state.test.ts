import { MemoryAuditReader } from '../../../support/config-tables/memory-audit-reader';
import { stateOfName } from '../../../../runtime/config/audit/name-state';
import { stateAt } from '../../../../runtime/config/audit/state';
import type { AuditRecord } from '../../../../runtime/config/tables/audit-record';
import { concluded, deletion, label, NAME, put, sorted } from './records';

/** Two hundred puts, labels and deletions, of which some were told late, some never. */
function history(): readonly AuditRecord[] {
  const records: AuditRecord[] = [];
  let [time, version] = [100_000, 0];
  for (let i = 0; i < 400; i += 1) {
    time += 700 + (i * 7_919) % 20_000;
    if (i % 13 === 12 && version > 0) {
      const last = sorted(records).at(-1)!;
      if (i % 2 === 0) records.push(concluded(last, time));
      if (i % 3 !== 0) records.push(deletion(time - time % 1_000, `e${i}`));
      version = 0;
    } else if (i % 5 === 4 && version > 0) {
      records.push(label(time - time % 1_000 + 1_000, version, [i % 2 ? 'live' : 'next']));
      time += 2_000;
    } else {
      records.push(put(time, version += 1));
    }
  }
  return sorted(records);
}

test('reads as much of the log as it takes to say what all of it says', async () => {
  const records = history();
  for (const pageSize of [1, 3, 1_000]) {
    const reader = new MemoryAuditReader(records, pageSize);
    const last = records.at(-1)!.time + 20_000;
    for (let time = 90_000; time < last; time += 4_999) {
      const { deleted: _, ...expected } = stateAt(records, time);
      const { deleted: __, ...found } = await stateOfName(reader, NAME, time, { values: true });
      expect({ time, ...found }).toEqual({ time, ...expected });
    }
  }
});

test('reads a few records where there are many', async () => {
  const records = Array.from({ length: 5_000 }, (_, i) => [put(1e6 + i * 40_000, 1), deletion(1e6 + i * 40_000 + 20_000, `e${i}`)]).flat();
  const reader = new MemoryAuditReader(records);
  let read = 0;
  const counting = Object.assign(Object.create(reader) as MemoryAuditReader, {
    page: async (...given: Parameters<MemoryAuditReader['page']>) => {
      const page = await reader.page(...given);
      read += page.records.length;
      return page;
    },
  });
  expect(await stateOfName(counting, NAME, 1e6 + 2_500 * 40_000 + 10)).toMatchObject({ exists: true, put: { version: 1 } });
  expect(read).toBeLessThan(10);
});
