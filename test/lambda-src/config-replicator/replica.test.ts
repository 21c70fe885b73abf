import { openWorld, remote, ROLE, SECRET, type World } from './world';
import { ParameterStoreError } from '../../support/parameter-store';

let world: World;
beforeEach(async () => { world = await openWorld(); });

const keyOf = (name: string) => world.newest(name).KeyId;

describe('secrecy', () => {
  test('is inherited: of a merge with one SecureString, and only then', async () => {
    world.put('/shared/a', 'a');
    world.put('/shared/list', 'x,y', 'StringList');
    world.put('/shared/secret', SECRET, 'SecureString');
    await world.merge('/app/open', '${/shared/a} ${/shared/list}', ['/shared/a', '/shared/list']);
    await world.merge('/app/closed', '${/shared/a} ${/shared/secret}', ['/shared/a', '/shared/secret']);
    await world.replicator.syncAll();
    expect(world.parameter('/app/open')).toMatchObject({ type: 'String', value: 'a x,y' });
    expect(world.parameter('/app/closed')).toMatchObject({ type: 'SecureString', value: `a ${SECRET}` });
    expect(JSON.stringify(world.model.do('GetParameter', { Name: '/app/closed' }))).not.toContain(SECRET);
  });

  test('a change of the source\'s type is a change, though the value is the same', async () => {
    world = await openWorld({ typeChange: 'allowed' });
    await world.copy('/shared/a', '/app/a');
    world.put('/shared/a', 'v');
    await world.settle();
    world.put('/shared/a', 'v', 'SecureString');
    await world.settle();
    expect(world.parameter('/app/a')).toEqual({ type: 'SecureString', value: 'v', version: 2 });
  });

  test('where the service does not change a type, the rule fails until the destination is deleted', async () => {
    await world.copy('/shared/a', '/app/a');
    world.put('/app/a', 'v');
    world.put('/shared/a', 'v', 'SecureString');
    await expect(world.replicator.ruleChanged('/app/a')).rejects.toMatchObject({ name: 'HierarchyTypeMismatchException' });
    world.delete('/app/a');
    await world.settle();
    expect(world.parameter('/app/a')).toMatchObject({ type: 'SecureString' });
  });
});

describe('the key that encrypts a replica', () => {
  beforeEach(() => world.put('/shared/a', SECRET, 'SecureString', { KeyId: 'alias/source' }));

  test('is the rule\'s', async () => {
    await world.copy('/shared/a', '/app/a', { keyId: 'alias/rule' });
    await world.settle();
    expect(keyOf('/app/a')).toBe('alias/rule');
  });

  test('is, without one, the destination\'s own', async () => {
    world.put('/app/a', 'before', 'SecureString', { KeyId: 'alias/own' });
    await world.copy('/shared/a', '/app/a');
    await world.settle();
    expect([keyOf('/app/a'), world.value('/app/a')]).toEqual(['alias/own', SECRET]);
  });

  test('is, of a new one, the default key', async () => {
    await world.copy('/shared/a', '/app/a');
    await world.settle();
    expect(keyOf('/app/a')).toBe('alias/aws/ssm');
  });

  test('changes with the rule, once', async () => {
    await world.copy('/shared/a', '/app/a');
    await world.settle();
    await world.copy('/shared/a', '/app/a', { keyId: '1234-abcd' });
    await world.replicator.ruleChanged('/app/a');
    await world.replicator.syncAll();
    expect([keyOf('/app/a'), world.parameter('/app/a')?.version]).toEqual(['1234-abcd', 2]);
  });

  test('may have several names, and what may be the same key is no change', async () => {
    const arn = 'arn:aws:kms:us-east-1:123456789012:key/1234-abcd';
    for (const [i, [own, rule]] of [['1234-abcd', arn], [arn, '1234-abcd'], [arn, 'alias/x'], ['alias/x', arn]].entries()) {
      world.put(`/app/${i}`, SECRET, 'SecureString', { KeyId: own });
      await world.copy('/shared/a', `/app/${i}`, { keyId: rule });
      expect(await world.replicator.ruleChanged(`/app/${i}`)).toMatchObject({ outcome: 'same' });
    }
  });

  test('is of no concern to a String', async () => {
    world.put('/shared/open', 'v');
    await world.copy('/shared/open', '/app/open', { keyId: 'alias/rule' });
    await world.settle();
    expect([world.value('/app/open'), keyOf('/app/open')]).toEqual(['v', undefined]);
  });
});

test('a value too large for the standard tier is written in the advanced one', async () => {
  await world.copy('/shared/a', '/app/a');
  world.put('/shared/a', 'x'.repeat(8_000), 'String', { Tier: 'Advanced' });
  await world.settle();
  expect(world.newest('/app/a')).toMatchObject({ Tier: 'Advanced', Value: 'x'.repeat(8_000) });
});

test('a value for a URI is encoded even where it is no text at all', async () => {
  await world.merge('/app/a', '${/shared/a:uri}', ['/shared/a']);
  world.put('/shared/a', 'é/\ud800');
  await world.settle();
  expect(world.value('/app/a')).toBe('%C3%A9%2F%EF%BF%BD');
});

describe('a source that is deleted', () => {
  test('leaves its copy, if the rule does not say otherwise; a new source overwrites it', async () => {
    await world.copy('/shared/a', '/app/a');
    world.put('/shared/a', '1');
    await world.settle();
    world.delete('/shared/a');
    await world.settle();
    await world.replicator.syncAll();
    expect(world.value('/app/a')).toBe('1');
    world.put('/shared/a', '2');
    await world.settle();
    expect(world.value('/app/a')).toBe('2');
  });

  test.each(['the event', 'a sync'])('takes its copy along where the rule says so, by %s', async (by) => {
    await world.copy('/shared/a', '/app/a', { onSourceDelete: 'delete' });
    await world.copy('/shared/a', remote('/app/a'), { onSourceDelete: 'delete', roleArn: ROLE });
    world.put('/shared/a', '1');
    await world.settle();
    world.delete('/shared/a');
    if (by === 'the event') await world.settle();
    else await world.replicator.syncAll();
    expect([world.model.names(), world.elsewhere.names()]).toEqual([[], []]);
    expect(await world.replicator.ruleChanged('/app/a')).toMatchObject({ outcome: 'same' });
  });

  test('takes nothing along that is not its copy', async () => {
    world.put('/app/mine', 'mine');
    world.put('/app/other', 'other', 'String', { Description: 'Replicated from /shared/ab' });
    await world.copy('/shared/a', '/app/mine', { onSourceDelete: 'delete' });
    await world.copy('/shared/a', '/app/other', { onSourceDelete: 'delete' });
    await world.settle();
    await world.replicator.syncAll();
    expect(world.model.names()).toEqual(['/app/mine', '/app/other']);
    expect(world.metrics.counts.SourcesMissing).toBeGreaterThan(0);
  });

  test('and made anew before its copy is deleted keeps it', async () => {
    await world.copy('/shared/a', '/app/a', { onSourceDelete: 'delete' });
    world.put('/shared/a', '1');
    await world.settle();
    world.delete('/shared/a');
    let reads = 0;
    world.model.intercept({ before: ({ operation }) => {
      if (operation === 'GetParameter' && (reads += 1) === 2) world.put('/shared/a', '2');
    } });
    await world.replicator.ruleChanged('/app/a');
    expect([world.value('/app/a'), world.model.calls.DeleteParameter]).toEqual(['2', undefined]);
  });
});

test('two writers at once: who is refused looks again', async () => {
  await world.copy('/shared/a', '/app/a');
  world.put('/shared/a', 'v');
  world.model.failNext('PutParameter', new ParameterStoreError('TooManyUpdates', 'busy'));
  await world.settle();
  expect(world.parameter('/app/a')).toEqual({ value: 'v', type: 'String', version: 1 });
});

test('sources that never rest make the rule fail, not run for ever', async () => {
  await world.copy('/shared/a', '/app/a');
  world.put('/shared/a', '0');
  world.model.intercept({ after: ({ operation, input }) => {
    if (operation === 'PutParameter' && 'Name' in input && input.Name === '/app/a') world.put('/shared/a', String(world.time));
  } });
  await expect(world.replicator.ruleChanged('/app/a')).rejects.toMatchObject({ name: 'Unsettled' });
  expect(world.model.calls.PutParameter).toBe(6);
});
