import { NotVisibleYet } from '../../../lambda-src/shared/config/parameter-store';
import { ParameterStoreError } from '../../support/parameter-store';
import { openWorld, SECRET, type World } from './world';

let world: World;
beforeEach(async () => { world = await openWorld(); });

const writes = (of = world) => of.model.calls.PutParameter ?? 0;

describe('a source that changes', () => {
  test('is copied, value and type, and what it is a replica of is said', async () => {
    await world.copy('/shared/hosts', '/app/hosts');
    world.put('/shared/hosts', 'a,b', 'StringList');
    expect(await world.handle(world.events.shift()!)).toEqual(['handled']);
    expect(world.parameter('/app/hosts')).toEqual({ value: 'a,b', type: 'StringList', version: 1 });
    expect(world.newest('/app/hosts').Description).toBe('Replicated from /shared/hosts');
    expect(world.metrics.counts).toEqual({ Replicated: 1 });
  });

  test('is merged with the others', async () => {
    await world.merge('/app/url', 'pg://${/shared/user:uri}@${/shared/host}/$$', ['/shared/user', '/shared/host']);
    world.put('/shared/host', 'db');
    world.put('/shared/user', 'a b@c');
    await world.settle();
    expect(world.parameter('/app/url')).toEqual({ value: 'pg://a%20b%40c@db/$', type: 'String', version: 1 });
    expect(world.newest('/app/url').Description).toBe('Replicated from /shared/host, /shared/user');
  });

  test('changes nothing else, however alike its name: /shared/a is not /shared/ab', async () => {
    await world.copy('/shared/ab', '/app/ab');
    await world.copy('/x/shared/a', '/app/x');
    await world.merge('/app/url', '${/shared/a/b}', ['/shared/a/b']);
    world.put('/shared/a', 'new');
    const calls = { ...world.model.calls };
    expect(await world.handle(world.events.shift()!)).toEqual(['duplicate']);
    expect(world.model.calls).toEqual(calls);
  });

  test('to the value that it had is no change', async () => {
    await world.copy('/shared/a', '/app/a');
    world.put('/shared/a', 'v');
    await world.settle();
    world.put('/shared/a', 'v');
    expect(await world.handle(world.events.shift()!)).toEqual(['duplicate']);
    expect(world.parameter('/app/a')?.version).toBe(1);
  });

  test('reaches all of a chain, and the echo of each write changes nothing', async () => {
    await world.copy('/a', '/b');
    await world.copy('/b', '/c');
    await world.merge('/d', '<${/c}>', ['/c']);
    world.put('/a', '1');
    expect(await world.settle()).toBe(4); // one of each parameter
    expect(world.value('/d')).toBe('<1>');
    expect(writes()).toBe(3);
  });

  test('gets new labels: nothing is looked at', async () => {
    await world.copy('/shared/a', '/app/a');
    world.put('/shared/a', 'v');
    await world.settle();
    world.model.do('LabelParameterVersion', { Name: '/shared/a', Labels: ['prod'] });
    const calls = { ...world.model.calls };
    expect(await world.handle(world.events.shift()!)).toEqual(['duplicate']);
    expect(world.model.calls).toEqual(calls);
  });
});

describe('a destination that somebody else', () => {
  test.each(['AWS API Call via CloudTrail', 'Parameter Store Change'] as const)('overwrites is written again (%s)', async (family) => {
    world = await openWorld({ family });
    await world.copy('/shared/a', '/app/a');
    world.put('/shared/a', 'right');
    await world.settle();
    world.put('/app/a', 'wrong');
    await world.settle();
    expect(world.value('/app/a')).toBe('right');
  });

  test('deletes is written again', async () => {
    await world.copy('/shared/a', '/app/a');
    world.put('/shared/a', 'right');
    await world.settle();
    world.delete('/app/a');
    await world.settle();
    expect(world.value('/app/a')).toBe('right');
  });
});

describe('a source that is missing', () => {
  test('of a merge: nothing is written, least of all a text about it, and it counts', async () => {
    await world.merge('/app/url', '${/shared/user}:${/shared/host}', ['/shared/user', '/shared/host']);
    world.put('/app/url', 'former');
    world.put('/shared/host', 'db');
    await world.settle();
    expect(world.value('/app/url')).toBe('former');
    expect(writes()).toBe(0);
    expect(world.metrics.counts.SourcesMissing).toBeGreaterThan(0);
    expect(world.logged).toContain('/shared/user does not exist');
    world.put('/shared/user', 'me');
    await world.settle();
    expect(world.value('/app/url')).toBe('me:db');
  });

  test('is not one that is throttled or denied: that fails, and nothing is written', async () => {
    await world.merge('/app/url', '${/shared/a}${/shared/b}', ['/shared/a', '/shared/b']);
    await world.copy('/shared/a', '/app/a', { onSourceDelete: 'delete' });
    world.put('/shared/a', 'a');
    world.put('/shared/b', 'b');
    await world.settle();
    for (const name of ['ThrottlingException', 'AccessDeniedException', 'InternalServerError', 'ParameterVersionNotFound', 'InvalidKeyId']) {
      world.model.intercept({ before: ({ operation, input }) => {
        if (operation === 'GetParameter' && 'Name' in input && input.Name === '/shared/a') throw new ParameterStoreError(name, `of ${SECRET}`);
      } });
      const before = writes();
      await expect(world.replicator.ruleChanged('/app/url')).rejects.toMatchObject({ name, message: expect.stringContaining(name) as string });
      await expect(world.replicator.ruleChanged('/app/a')).rejects.toMatchObject({ name });
      expect([writes(), world.value('/app/a'), world.value('/app/url')]).toEqual([before, 'a', 'ab']);
    }
    expect(world.metrics.counts).toMatchObject({ RulesFailing: 10 });
    expect(world.metrics.counts.SourcesMissing).toBeUndefined();
    expect(world.logged).not.toContain(SECRET);
  });
});

describe('what an event tells and Parameter Store does not show yet', () => {
  test.each(['AWS API Call via CloudTrail', 'Parameter Store Change'] as const)('is waited for (%s)', async (family) => {
    world = await openWorld({ family });
    await world.copy('/shared/a', '/app/a');
    const thaw = world.model.freezeReads();
    world.put('/shared/a', 'new');
    const event = world.events.shift()!;
    await expect(world.handle(event)).rejects.toBeInstanceOf(NotVisibleYet);
    expect(await world.handle(event, true)).toEqual(['duplicate']); // the last chance: what is seen is true
    thaw();
    expect(await world.handle(event)).toEqual(['handled']);
    expect(world.metrics.counts.RulesFailing).toBeUndefined();
  });

  test.each(['AWS API Call via CloudTrail', 'Parameter Store Change'] as const)('is waited for where it replaces another (%s)', async (family) => {
    world = await openWorld({ family });
    await world.copy('/shared/a', '/app/a');
    world.put('/shared/a', 'old');
    await world.settle();
    world.time += 60_000;
    const thaw = world.model.freezeReads();
    world.put('/shared/a', 'new');
    await expect(world.handle(world.events[0]!)).rejects.toBeInstanceOf(NotVisibleYet);
    thaw();
    await world.settle();
    expect(world.value('/app/a')).toBe('new');
  });

  test.each(['AWS API Call via CloudTrail', 'Parameter Store Change'] as const)('is waited for where it is of a destination (%s)', async (family) => {
    world = await openWorld({ family });
    await world.copy('/shared/a', '/app/a');
    world.put('/shared/a', 'right');
    await world.settle();
    world.time += 60_000;
    const thaw = world.model.freezeReads();
    world.put('/app/a', 'wrong');
    await expect(world.handle(world.events[0]!)).rejects.toBeInstanceOf(NotVisibleYet);
    thaw();
    await world.settle();
    expect(world.value('/app/a')).toBe('right');
  });

  test('of a deletion is waited for where the copy is to be deleted, but not where the source is there anew', async () => {
    await world.copy('/shared/a', '/app/a', { onSourceDelete: 'delete' });
    world.put('/shared/a', 'old');
    await world.settle();
    const thaw = world.model.freezeReads();
    world.delete('/shared/a');
    const event = world.events.shift()!;
    await expect(world.handle(event)).rejects.toBeInstanceOf(NotVisibleYet);
    thaw();
    world.put('/shared/a', 'anew');
    expect(await world.handle(event)).toEqual(['handled']);
    expect(world.value('/app/a')).toBe('anew');
  });

  test('of one rule holds no other back: a parameter that is source and destination', async () => {
    await world.copy('/shared/a', '/app/a');
    await world.copy('/shared/b', '/shared/a');
    world.put('/shared/b', 'b');
    world.events.length = 0;
    const thaw = world.model.freezeReads();
    world.put('/shared/a', 'other');
    await expect(world.handle(world.events[0]!)).rejects.toBeInstanceOf(NotVisibleYet); // as a source
    thaw();
    expect(world.value('/shared/a')).toBe('b'); // as a destination
    await world.settle();
    expect([world.value('/shared/a'), world.value('/app/a')]).toEqual(['b', 'b']);
  });

  test('of our own writing is known nonetheless: one change is one write', async () => {
    await world.copy('/shared/a', '/app/a', { onSourceDelete: 'delete' });
    world.put('/shared/a', 'v');
    world.put('/app/a', 'other');
    let thaw = world.model.freezeReads();
    expect(await world.replicator.ruleChanged('/app/a')).toMatchObject({ outcome: 'replicated' });
    thaw();
    expect(world.parameter('/app/a')).toMatchObject({ value: 'v', version: 2 });
    world.delete('/shared/a');
    thaw = world.model.freezeReads();
    expect(await world.replicator.ruleChanged('/app/a')).toMatchObject({ outcome: 'replicated' });
    thaw();
    expect([world.value('/app/a'), world.model.calls.DeleteParameter]).toEqual([undefined, 1]);
  });
});

test('one rule that fails holds no other back, and its message is received again', async () => {
  for (const name of ['/app/1', '/app/2', '/app/3']) await world.copy('/shared/a', name);
  world.model.intercept({ before: ({ operation, input }) => {
    if (operation === 'PutParameter' && 'Name' in input && input.Name === '/app/1') throw new ParameterStoreError('AccessDeniedException', SECRET);
  } });
  world.put('/shared/a', SECRET, 'SecureString');
  const failing = expect(world.handle(world.events[0]!)).rejects;
  await failing.toMatchObject({ name: 'AccessDeniedException', message: '/app/1: PutParameter of /app/1: AccessDeniedException' });
  expect(['/app/2', '/app/3'].map((name) => world.value(name))).toEqual([SECRET, SECRET]);
  expect(world.metrics.counts).toEqual({ Replicated: 2, RulesFailing: 1 });
  expect(world.logged).not.toContain(SECRET);
});

test('a value that the service refuses, and repeats in its error, is shown nowhere', async () => {
  await world.copy('/shared/a', '/app/a');
  world.put('/shared/a', SECRET, 'SecureString');
  world.model.failNext('PutParameter', new ParameterStoreError('ValidationException', `Value '${SECRET}' at 'value' failed to satisfy constraint`));
  const error = await world.handle(world.events[0]!).then(() => undefined, (thrown: Error) => thrown);
  expect(error).toMatchObject({ name: 'ValidationException', message: '/app/a: PutParameter of /app/a: ValidationException' });
  for (let each: unknown = error; each instanceof Error; each = each.cause) expect(`${each.message}${each.stack}`).not.toContain(SECRET);
  expect(world.logged).not.toContain(SECRET);
});

test('a parameter without a rule costs two reads of the table and none of Parameter Store', async () => {
  world.put('/app/a', 'v');
  expect(await world.handle(world.events.shift()!)).toEqual(['duplicate']);
  expect(world.model.calls).toEqual({});
  expect(world.metrics.counts).toEqual({});
});
