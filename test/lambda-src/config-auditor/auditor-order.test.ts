import { ALICE, BOB, World } from './world';
import { NotVisibleYet } from '../../../lambda-src/shared/config/parameter-store';

const NAME = '/app/db';
const MINUTE = 60_000;

describe('two puts', () => {
  test('within one second are two records, each with its own value', async () => {
    const world = new World();
    world.put(NAME, 'one', { by: ALICE });
    world.put(NAME, 'two', { by: BOB, after: 300 });
    await world.handleAll();
    expect(world.lines(NAME)).toEqual(['PutParameter 1 one', 'PutParameter 2 two']);
    expect(world.log.all(NAME).map(({ user }) => user)).toEqual([ALICE.arn, BOB.arn]);
  });

  test('whose second event comes first have the values of their own versions', async () => {
    const world = new World();
    world.put(NAME, 'one');
    world.put(NAME, 'two', { after: 300 });
    await world.handleAll([...world.events].reverse());
    expect(world.lines(NAME)).toEqual(['PutParameter 1 one', 'PutParameter 2 two']);
  });

  test('of which one is told are both recorded', async () => {
    const world = new World('native');
    world.put(NAME, 'one');
    await world.handle(world.put(NAME, 'two', { after: MINUTE }));
    expect(world.lines(NAME)).toEqual(['PutParameter 1 one', 'PutParameter 2 two']);
  });
});

describe('duplicates', () => {
  test.each(['cloudtrail', 'native'] as const)('a %s event that comes twice changes nothing', async (family) => {
    const world = new World(family);
    const event = world.put(NAME, 'one');
    await world.handle(event);
    const before = world.log.all(NAME).slice();
    expect(await world.handle(event)).toEqual(['duplicate']);
    expect(world.log.all(NAME)).toEqual(before);
  });

  test.each(['cloudtrail', 'native'] as const)('a %s event that comes again 100 versions later changes nothing', async (family) => {
    const world = new World(family);
    const event = world.put(NAME, 'v1');
    await world.handle(event);
    for (let i = 2; i <= 130; i += 1) await world.handle(world.put(NAME, `v${i}`, { after: MINUTE }));
    expect(await world.handle(event)).toEqual(['duplicate']);
    expect(world.lines(NAME)).toEqual(Array.from({ length: 130 }, (_, i) => `PutParameter ${i + 1} v${i + 1}`));
  });

  test('a deletion, an expiry and a label that come twice are one record', async () => {
    const world = new World();
    await world.handle(world.put(NAME, 'one'));
    const deletion = world.delete(NAME, { after: MINUTE });
    expect(await world.handle(deletion)).toEqual(['handled']);
    expect(await world.handle(deletion)).toEqual(['duplicate']);
    expect(world.lines(NAME)).toEqual(['PutParameter 1 one', 'DeleteParameter']);
  });

  test('an event of a put that was lost is one record, also after the parameter was created anew', async () => {
    const world = new World();
    const put = world.put(NAME, 'one');
    const deletion = world.delete(NAME, { after: MINUTE });
    await world.handle(deletion);
    expect(await world.handle(put)).toEqual(['handled']);
    expect(await world.handle(put)).toEqual(['duplicate']);
    await world.handle(world.put(NAME, 'new', { after: MINUTE }));
    expect(await world.handle(put)).toEqual(['duplicate']);
    expect(world.lines(NAME)).toEqual(['PutParameter 1', 'DeleteParameter', 'PutParameter 1 new']);
  });
});

describe('what is gone', () => {
  test('a put that was deleted before its event came is recorded without a value, never with another\'s', async () => {
    const world = new World();
    const first = world.put(NAME, 'one', { by: ALICE });
    world.delete(NAME, { after: MINUTE });
    const second = world.put(NAME, 'two', { by: BOB, after: MINUTE });
    await world.handle(second);
    await world.handle(first);
    const [lost, , anew] = world.log.all(NAME);
    expect(lost).toMatchObject({ version: 1, user: ALICE.arn, type: 'String' });
    expect(lost).not.toHaveProperty('value');
    expect(anew).toMatchObject({ version: 1, user: BOB.arn, value: 'two' });
    expect(world.lines(NAME)).toEqual(['PutParameter 1', 'DeleteParameter concluded', 'PutParameter 1 two']);
  });

  test('a put that was deleted is not visible yet, until the deletion is known or the message comes for the last time', async () => {
    const world = new World();
    const put = world.put(NAME, 'one');
    const deletion = world.delete(NAME, { after: MINUTE });
    await expect(world.handle(put)).rejects.toThrow(NotVisibleYet);
    expect(world.lines(NAME)).toEqual([]);
    await world.handle(deletion);
    expect(await world.handle(put)).toEqual(['handled']);
    expect(world.lines(NAME)).toEqual(['PutParameter 1', 'DeleteParameter']);
  });

  test('a put that is told when the parameter is gone has one deletion after it: its event\'s', async () => {
    const world = new World();
    const put = world.put(NAME, 'one');
    const deletion = world.delete(NAME, { after: MINUTE });
    await world.handle(put, true);
    await world.handle(deletion, true);
    expect(world.lines(NAME)).toEqual(['PutParameter 1', 'DeleteParameter']);
  });

  test('a put whose deletion no event told has one that the reconciler concludes', async () => {
    const world = new World();
    const put = world.put(NAME, 'one');
    world.delete(NAME, { after: MINUTE });
    await world.handle(put, true);
    await world.auditor.reconcileGone([NAME]);
    expect(world.lines(NAME)).toEqual(['PutParameter 1', 'DeleteParameter concluded']);
    expect(world.log.all(NAME)[1]).toMatchObject({ notBefore: world.log.all(NAME)[0]!.time, time: world.time });
  });

  test('a put more than 100 versions back that nobody has recorded is recorded without a value', async () => {
    const world = new World();
    const first = world.put(NAME, 'v1');
    for (let i = 2; i <= 130; i += 1) world.put(NAME, `v${i}`, { after: MINUTE });
    await world.handle(first);
    expect(world.lines(NAME)).toEqual(['PutParameter 1', ...Array.from({ length: 100 }, (_, i) => `PutParameter ${i + 31} v${i + 31}`)]);
  });
});

describe('what is not visible yet', () => {
  test.each(['cloudtrail', 'native'] as const)('a %s event of a version that Parameter Store does not show is handled again', async (family) => {
    const world = new World(family);
    await world.handle(world.put(NAME, 'one'));
    const thaw = world.model.freezeReads();
    const second = world.put(NAME, 'two', { after: MINUTE });
    await expect(world.handle(second)).rejects.toThrow(NotVisibleYet);
    expect(world.lines(NAME)).toEqual(['PutParameter 1 one']);
    thaw();
    expect(await world.handle(second)).toEqual(['handled']);
    expect(world.lines(NAME)).toEqual(['PutParameter 1 one', 'PutParameter 2 two']);
  });

  test('the second of two puts within a second is not visible yet, though the first is', async () => {
    const world = new World();
    world.time += 100;
    await world.handle(world.put(NAME, 'one'));
    const thaw = world.model.freezeReads();
    const second = world.put(NAME, 'two', { after: 100 });
    await expect(world.handle(second)).rejects.toThrow(NotVisibleYet);
    thaw();
    await world.handle(second);
    expect(world.lines(NAME)).toEqual(['PutParameter 1 one', 'PutParameter 2 two']);
  });

  test('a parameter that was created anew and is shown as it was before is not visible yet', async () => {
    const world = new World();
    await world.handle(world.put(NAME, 'one'));
    const thaw = world.model.freezeReads();
    await world.handle(world.delete(NAME, { after: 2_000 }));
    world.time += 2_000;
    world.model.do('PutParameter', { Name: NAME, Value: 'two', Type: 'String' });
    const anew = world.events.at(-1)!;
    await expect(world.handle(anew)).rejects.toThrow(NotVisibleYet);
    thaw();
    await world.handle(anew);
    expect(world.lines(NAME)).toEqual(['PutParameter 1 one', 'DeleteParameter', 'PutParameter 1 two']);
  });
});

describe('put, delete and put within seconds', () => {
  const permutations = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

  test.each(permutations)('in order %i %i %i: each value stands at its own put, and the order is that of what happened', async (...order) => {
    const world = new World();
    world.put(NAME, 'one', { by: ALICE });
    world.delete(NAME, { by: BOB, after: 1_200 });
    world.put(NAME, 'two', { by: BOB, after: 1_500 });
    await world.deliver(order.map((i) => world.events[i]!));
    await world.deliver(world.events);
    const records = world.log.all(NAME);
    expect(records.filter(({ value }) => value !== undefined).map(({ value, time }) => [value, time])).toEqual([['two', world.time]]);
    expect(records.at(-1)).toMatchObject({ value: 'two', version: 1 });
    expect(records.filter(({ action, notBefore }) => action === 'DeleteParameter' && notBefore === undefined)).toHaveLength(1);
    expect(records.filter(({ action, user }) => action === 'PutParameter' && user === ALICE.arn)).toHaveLength(1);
  });

  test('by one user: two events of the same version are two records, and no value is at the wrong time', async () => {
    const world = new World();
    world.put(NAME, 'one');
    world.delete(NAME, { after: 1_200 });
    world.put(NAME, 'two', { after: 1_500 });
    await world.deliver([world.events[0]!, world.events[2]!, world.events[1]!]);
    const puts = world.log.all(NAME).filter(({ action }) => action === 'PutParameter');
    expect(puts.map(({ eventId }) => eventId).sort()).toEqual([world.events[0]!, world.events[2]!].map(({ detail }) => detail.eventID));
    expect(puts.map(({ value, time }) => [value, time]).at(-1)).toEqual(['two', world.time]);
  });

  test('when the deletion is known, the record of the new put is not taken for the old one\'s', async () => {
    const world = new World();
    const first = world.put(NAME, 'one', { by: ALICE });
    const deletion = world.delete(NAME, { after: 1_200 });
    const second = world.put(NAME, 'two', { by: BOB, after: 1_500 });
    await world.handle(deletion);
    await world.handle(first);
    await world.handle(second);
    expect(world.lines(NAME)).toEqual(['PutParameter 1', 'DeleteParameter', 'PutParameter 1 two']);
    expect(world.log.all(NAME).map(({ user }) => user)).toEqual([ALICE.arn, expect.any(String), BOB.arn]);
  });

  test('all within one second end as what Parameter Store has', async () => {
    const world = new World();
    world.time += 100;
    await world.handle(world.put(NAME, 'one'));
    await world.handle(world.delete(NAME, { after: 300 }));
    await world.handle(world.put(NAME, 'two', { after: 300 }));
    expect(world.lines(NAME)).toEqual(['PutParameter 1 one', 'DeleteParameter', 'PutParameter 1 two']);
  });

  test('put and delete within one second end as deleted', async () => {
    const world = new World();
    world.time += 100;
    await world.handle(world.put(NAME, 'one'));
    const deletion = world.delete(NAME, { after: 300 });
    await world.handle(deletion);
    expect(world.lines(NAME)).toEqual(['PutParameter 1 one', 'DeleteParameter']);
    expect(await world.handle(deletion)).toEqual(['duplicate']);
    expect(await world.auditor.reconcileGone([NAME])).toEqual({ found: 0, repaired: 0 });
  });

  test('delete and put within one second stay what they are', async () => {
    const world = new World();
    await world.handle(world.put(NAME, 'one'));
    const deletion = world.delete(NAME, { after: MINUTE });
    await world.handle(world.put(NAME, 'two', { after: 300 }));
    await world.handle(deletion);
    expect(world.lines(NAME)).toEqual(['PutParameter 1 one', 'DeleteParameter concluded', 'DeleteParameter', 'PutParameter 1 two']);
  });
});

describe('several at once', () => {
  test('auditors that carry out the same events at once add each record once', async () => {
    const world = new World();
    world.put(NAME, 'one');
    world.put(NAME, 'two', { after: MINUTE });
    await Promise.all([...world.events, ...world.events].map((event) => world.handle(event, false, world.anAuditor())));
    expect(world.lines(NAME)).toEqual(['PutParameter 1 one', 'PutParameter 2 two']);
  });
});
