import fc from 'fast-check';
import { ALICE, BOB, World, type EventFamily } from './world';
import { putId } from '../../../lambda-src/config-auditor/records';
import { isDeletion, isLostPut, isPut, type AuditRecord } from '../../../runtime/config/tables/audit-record';
import type { EventEnvelope } from '../../support/parameter-store';

const RUNS = Number(process.env.CONVERGENCE_RUNS ?? 100);
const NAMES = ['/app/a', '/app/b', '/app/c'];

const step = fc.record({
  name: fc.constantFrom(...NAMES),
  action: fc.constantFrom('put', 'put', 'put', 'delete', 'label'),
  after: fc.oneof(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 20_000 })),
  by: fc.constantFrom(ALICE, BOB),
  /** What becomes of its event. */
  fate: fc.constantFrom('handled', 'handled', 'late', 'twice', 'lost'),
  walk: fc.nat(15).map((n) => n === 0),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What Parameter Store has ever had, by the id of its record. */
type Truth = Map<string, string>;

interface Played {
  readonly world: World;
  readonly truth: Truth;
}

async function play(steps: readonly Step[], family: EventFamily, lossless: boolean): Promise<Played> {
  const world = new World(family);
  const truth: Truth = new Map();
  const seen = new Map<string, string>();
  const late: EventEnvelope[] = [];
  for (const [i, each] of steps.entries()) {
    const event = happen(world, each, `value ${i}`, truth, late.length);
    if (event === undefined) continue;
    const fate = lossless && each.fate === 'lost' ? 'late' : each.fate;
    if (fate === 'handled' || fate === 'twice') await world.deliver([event]);
    if (fate === 'late' || fate === 'twice') late.splice(i % (late.length + 1), 0, event);
    if (each.walk) await world.walk();
    if (i % 5 === 4) await world.deliver(late.splice(0, late.length / 2));
    unchanged(world, seen);
  }
  await world.deliver(late);
  unchanged(world, seen);
  await world.walk();
  await world.auditor.reconcileGone(NAMES.filter((name) => !world.model.names().includes(name)));
  unchanged(world, seen);
  return { world, truth };
}

function happen(world: World, { name, action, after, by }: Step, value: string, truth: Truth, unique: number): EventEnvelope | undefined {
  const exists = world.model.names().includes(name);
  world.time += after;
  if (action === 'put') {
    const event = world.put(name, value, { by });
    const { Parameters = [] } = world.model.do('GetParameterHistory', { Name: name });
    const { Version, LastModifiedDate } = Parameters.at(-1)!;
    truth.set(`${name} ${putId({ version: Version!, lastModified: LastModifiedDate!.getTime() })}`, value);
    return event;
  }
  if (!exists) return undefined;
  return action === 'delete' ? world.delete(name, { by }) : world.label(name, [`label-${unique}`]);
}

/** No record that was there before is gone or another. */
function unchanged(world: World, seen: Map<string, string>): void {
  const records = new Map(NAMES.flatMap((name) => world.log.all(name).map((record) => [`${name} ${record.recordId}`, JSON.stringify(record)])));
  for (const [key, record] of seen) expect(records.get(key)).toBe(record);
  for (const [key, record] of records) seen.set(key, record);
}

async function check({ world, truth }: Played): Promise<void> {
  for (const name of NAMES) {
    const records = world.log.all(name);
    expect(new Set(records.map(({ recordId }) => recordId)).size).toBe(records.length);
    for (const record of records.filter(({ value }) => value !== undefined)) expect(truth.get(`${name} ${record.recordId}`)).toBe(record.value);
    const history = await world.store.history(name);
    for (const version of history) {
      const own = records.filter(({ recordId }) => recordId === putId(version));
      expect(own).toEqual([expect.objectContaining({ value: version.value, version: version.version, user: version.lastModifiedUser })]);
    }
    expect(restartsWithoutDeletion(records)).toEqual([]);
    const last = records.filter((record) => isPut(record) || isDeletion(record)).at(-1);
    if (history.length === 0) expect(last === undefined || isDeletion(last)).toBe(true);
    else expect(last!.recordId).toBe(putId(history.at(-1)!));
  }
}

/** Puts whose versions begin again though nothing ended the ones before. */
function restartsWithoutDeletion(records: readonly AuditRecord[]): readonly AuditRecord[] {
  const life = records.filter((record) => isPut(record) || isDeletion(record));
  return life.filter((record, i) => {
    const former = life[i - 1];
    return former !== undefined && isPut(record) && isPut(former) && !isLostPut(former) && record.version! <= former.version!;
  });
}

const steps = fc.array(step, { minLength: 1, maxLength: 60 });

describe.each(['cloudtrail', 'native'] as const)('with %s events', (family) => {
  test('whatever is lost, late, twice or within a second: after one reconciliation all that Parameter Store has is recorded once', async () => {
    await fc.assert(fc.asyncProperty(steps, async (played) => check(await play(played, family, false))), { numRuns: RUNS });
  }, 60_000);
});

test('where no event is lost, each put has one record: with its value, or as lost', async () => {
  const distant = steps.map((all) => all.map((each) => ({ ...each, after: each.after + 11_000 })));
  await fc.assert(fc.asyncProperty(distant, async (played) => {
    const { world, truth } = await play(played, 'cloudtrail', true);
    const puts = NAMES.flatMap((name) => world.log.all(name).filter(isPut));
    expect(puts).toHaveLength(truth.size);
    const deletions = (record: AuditRecord) => isDeletion(record) && record.eventId !== undefined;
    expect(NAMES.flatMap((name) => world.log.all(name).filter(deletions))).toHaveLength(world.events.filter(isDelete).length);
  }), { numRuns: RUNS });
}, 60_000);

const isDelete = ({ detail }: EventEnvelope): boolean => detail.eventName === 'DeleteParameter';
