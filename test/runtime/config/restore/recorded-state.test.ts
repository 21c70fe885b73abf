import { MemoryAuditReader } from '../../../support/config-tables/memory-audit-reader';
import { NOTHING_LATER } from '../../../../runtime/config/restore/later-events';
import { recordedState } from '../../../../runtime/config/restore/recorded-state';
import { concluded, deletion, NAME, put } from '../audit/records';

const stateOf = async (time: number, ...records: Parameters<typeof concluded>[0][]) => {
  const { exists, put: last } = await recordedState(new MemoryAuditReader(records), NAME, time, NOTHING_LATER);
  return [exists, last?.time];
};

test('by its newest records it is what it was last', async () => {
  expect(await stateOf(25_000, put(10_000, 1), put(20_000, 2))).toEqual([true, 20_000]);
  expect(await stateOf(19_999, put(10_000, 1), put(20_000, 2))).toEqual([true, 10_000]);
  expect(await stateOf(25_000, put(10_000, 1), deletion(20_000, 'E'))).toEqual([false, undefined]);
  expect(await stateOf(9_999, put(10_000, 1))).toEqual([false, undefined]);
});

test('a deletion that stands after a record of its second may have ended the one before', async () => {
  const records = [put(10_000, 2), concluded(put(10_000, 2), 20_299), put(20_300, 1), deletion(20_301, 'E')];
  expect(await stateOf(30_000, ...records, put(40_000, 2))).toEqual([true, 20_300]);
  expect(await stateOf(30_000, ...records)).toEqual([false, undefined]);
});
