import fc from 'fast-check';
import { CONFIG_ACTION, CONFIG_AUDIT_ATTRIBUTE as A } from '../../../../lib/contract/config';
import type { AttributeValue, Item } from '../../../../runtime/aws/dynamodb';
import { foldRecords } from '../../../../runtime/config/audit/fold';
import { stateAt } from '../../../../runtime/config/audit/state';
import { verdictOn } from '../../../../runtime/config/replay/rebuild-row';
import { replayedParameter } from '../../../../runtime/config/replay/replayed-parameter';
import { itemOfRecord, recordOfItem } from '../../../../runtime/config/tables/audit-items';
import type { AuditRecord } from '../../../../runtime/config/tables/audit-record';
import { Random } from '../../../lambda-src/config-convergence/random';
import { concluded, deletion, label, lostPut, put, sorted } from './records';

const RUNS = 3_000;

const time = fc.integer({ min: 1_000, max: 30_000 });
const version = fc.integer({ min: 1, max: 4 });
const eventId = fc.constantFrom('E', 'F', 'G');

/** Whatever could be in a log, also what no handler writes: in few seconds, so that much of it is near. */
const record: fc.Arbitrary<AuditRecord> = fc.oneof(
  fc.tuple(time, version).map(([at, of]) => put(at, of)),
  fc.tuple(time, fc.option(version, { nil: undefined }), eventId).map(([at, of, id]) => lostPut(at - at % 1_000, of, id)),
  fc.tuple(time, eventId, fc.boolean()).map(([at, id, exact]) => deletion(exact ? at : at - at % 1_000, id)),
  fc.tuple(time, version, time).map(([at, of, later]) => concluded(put(at, of), at + later)),
  fc.tuple(time, version, fc.constantFrom('live', 'next'), fc.constantFrom(CONFIG_ACTION.label, CONFIG_ACTION.unlabel))
    .map(([at, of, text, action]) => label(at - at % 1_000, of, [text], action)),
);
const log = fc.array(record, { maxLength: 12 }).map((records) => sorted([...new Map(records.map((each) => [each.recordId, each])).values()]));

test('of any log, entries are records of it, and an instant that is uncertain lies within what is uncertain', () => {
  fc.assert(fc.property(log, time, (records, at) => {
    const entries = foldRecords(records);
    const ids = new Set(records.map(({ recordId }) => recordId));
    const { exists, put: last, labels, uncertain } = stateAt(records, at);
    return entries.length <= records.length && entries.every(({ recordId }) => ids.has(recordId)) && (records.length === 0 || entries.length > 0)
      && (last === undefined || last.time <= at) && (uncertain === undefined || (uncertain.after < at && at < uncertain.before))
      && (exists || (last === undefined && labels.size === 0));
  }), { numRuns: RUNS });
});

test('in the end it is certain what there is: something, if the last was a put', () => {
  fc.assert(fc.property(log.filter(({ length }) => length > 0), (records) => {
    const { exists, uncertain } = stateAt(records, 1e9);
    const last = foldRecords(records).at(-1)!;
    const isLatest = records.every((each) => each.time <= last.time);
    return uncertain === undefined && (exists || last.action === CONFIG_ACTION.delete || !isLatest);
  }), { numRuns: RUNS });
});

/** Five items of which somebody has damaged some attributes. */
function damagedItems(random: Random): readonly Item[] {
  return Array.from({ length: 5 }, () => {
    const at = 1_000 + random.below(30_000);
    const of = random.pick([
      put(at, 1 + random.below(3)), lostPut(at - at % 1_000, undefined, 'E'), deletion(at, random.pick(['E', 'F'])),
      concluded(put(at, 1), at + 5_000), label(at, 1, ['live']),
    ]);
    const damage = Array.from({ length: random.below(3) }, () => [random.pick(Object.values(A)), random.pick(ODD)] as const);
    return { ...itemOfRecord(of), ...Object.fromEntries(damage) };
  });
}

const ODD: readonly AttributeValue[] = [
  { S: '' }, { S: 'x' }, { S: '#' }, { N: 'x' }, { N: '' }, { N: '-1' }, { N: '1e999' }, { NULL: true }, { BOOL: true }, { L: [] },
  { L: [{ BOOL: true }] }, { SS: ['x'] }, { M: { S: { S: 'x' } } },
];

test('items that somebody has damaged break nothing, and leave no value in a row', () => {
  const random = new Random(1);
  for (let run = 0; run < 20_000; run += 1) {
    const state = stateAt(sorted(damagedItems(random).map(recordOfItem)), 1_000 + random.below(40_000));
    replayedParameter('/app/a', state);
    const verdict = verdictOn('/app/a', undefined, state, { now: 50_000, tombstoneDays: 30, settle: 0 });
    if (JSON.stringify(verdict).includes('"value"')) throw new Error(`run ${run} has a value in a row`);
  }
});
