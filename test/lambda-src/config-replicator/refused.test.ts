import type { RuleRow } from '../../../runtime/config/tables/rules-table';
import { ELSEWHERE, HOME, openWorld, remote, ROLE, SECRET, World } from './world';

const outcome = async (world: World, destination: string) => {
  const { outcome: what, reason } = await world.replicator.ruleChanged(destination);
  return [what, reason];
};

const OUTSIDE = ['rejected', 'no scope has its sources and its destination, and the app does not declare it'];

describe('who may write rows gets nothing by them that no deployment has allowed', () => {
  let world: World;
  beforeEach(async () => {
    world = await new World().allow({ sources: ['/shared'], destinations: ['/app'] }, { sources: ['/dba/public'], destinations: ['/report'] });
    world.put('/dba/secret', SECRET, 'SecureString');
    world.put('/shared/a', 'v');
  });

  test.each<[string, string, string, Partial<RuleRow>]>([
    ['a source outside of every scope', '/dba/secret', '/app/stolen', {}],
    ['a destination outside of every scope', '/shared/a', '/dba/secret', {}],
    ['a source of one scope with a destination of another', '/shared/a', '/report/a', {}],
    ['a row that claims to be the app\'s', '/dba/secret', '/app/stolen', { writtenBy: 'app' }],
    ['a name that only begins like a path', '/sharedsecret', '/app/a', {}],
    ['another account\'s parameter', '/shared/a', remote('/app/a'), { roleArn: ROLE }],
  ])('%s is refused', async (_what, source, destination, more) => {
    world.put('/sharedsecret', SECRET);
    const before = world.parameter(destination);
    await world.copy(source, destination, more);
    expect(await outcome(world, destination)).toEqual(OUTSIDE);
    expect(await world.replicator.syncAll()).toMatchObject({ results: { rejected: 1, replicated: 0 } });
    expect(world.parameter(destination)).toEqual(before);
    expect(world.model.calls).toEqual({}); // not even read
    expect(world.metrics.counts).toEqual({ RulesRejected: 2 });
  });

  test('one source of a merge outside of the scope is enough', async () => {
    await world.merge('/app/stolen', '${/shared/a}${/dba/secret}', ['/shared/a', '/dba/secret']);
    expect(await outcome(world, '/app/stolen')).toEqual(OUTSIDE);
  });

  test('a scope of all names has no ARNs', async () => {
    await world.allow({ sources: ['/'], destinations: ['/'] });
    await world.copy('/shared/a', remote('/app/a'), { roleArn: ROLE });
    expect(await outcome(world, remote('/app/a'))).toEqual(OUTSIDE);
  });

  test('rows that a deployment alone writes cannot be taken for rules', async () => {
    await world.table.put({ destination: '#declared', source: '#/app/stolen', type: 'copy' });
    expect(await outcome(world, '#declared')).toEqual(['rejected', 'source must be the name of a parameter with a first slash']);
    expect(await world.replicator.syncAll()).toMatchObject({ results: { rejected: 0, replicated: 0 } });
  });

  test('what the app declares needs no scope, and then nothing else is done for its destination, even within one', async () => {
    await world.table.declare({ destination: '/app/a', type: 'copy', sources: ['/dba/secret'], owner: 'stack' });
    await world.copy('/dba/secret', '/app/a');
    expect(await outcome(world, '/app/a')).toEqual(['replicated', undefined]);
    const roleArn = `arn:aws:iam::${HOME.account}:role/r`;
    for (const change of [{ source: '/shared/a' }, { keyId: 'alias/mine' }, { roleArn }, { onSourceDelete: 'delete' }]) {
      await world.table.remove('/app/a', '/dba/secret');
      const row = { destination: '/app/a', source: '/dba/secret', type: 'copy', writtenBy: 'app', ...change };
      await world.table.put(row);
      expect(await outcome(world, '/app/a')).toEqual(['incomplete', 'its rows are not what the app declares for its destination']);
      await world.table.remove('/app/a', row.source);
    }
    expect(world.value('/app/a')).toBe(SECRET);
  });
});

describe('a rule that cannot be one', () => {
  const COPY: RuleRow = { destination: '/app/a', source: '/shared/a', type: 'copy' };
  const MERGE: RuleRow = { ...COPY, type: 'merge', template: '${/shared/a}' };
  const away = remote('/app/a');

  test.each<[string, readonly RuleRow[], string, string]>([
    ['of another type', [{ ...COPY, type: 'app' }], 'rejected', 'type must be copy or merge'],
    ['without a type', [{ ...COPY, type: undefined }], 'rejected', 'type must be copy or merge'],
    ['to merge without a template', [{ ...COPY, type: 'merge' }], 'rejected', 'a rule to merge needs a template'],
    ['to copy with a template', [{ ...MERGE, type: 'copy' }], 'rejected', 'a rule to copy has no template'],
    ['of a template that is no text', [{ ...COPY, type: 'merge', malformed: ['template'] }], 'rejected', 'template must be a string'],
    ['of a template that is no template', [{ ...MERGE, template: `\${/shared/a ${SECRET}` }], 'rejected',
      'the template\'s ${ at character 1 is not closed: end it with }'],
    ['to merge and delete', [{ ...MERGE, onSourceDelete: 'delete' }], 'rejected', 'on_source_delete must be retain where sources are merged'],
    ['to do something else on deletion', [{ ...COPY, onSourceDelete: 'keep' }], 'rejected', 'on_source_delete must be retain or delete'],
    ['from no name', [{ ...COPY, source: 'shared/a' }], 'rejected', 'source must be the name of a parameter with a first slash'],
    ['from too many', Array.from({ length: 51 }, (_, i) => ({ ...MERGE, source: `/s/${i}` })), 'rejected', 'it has 51 sources: at most 50 are read'],
    ['to no name', [{ ...COPY, destination: 'app/a' }], 'rejected', 'destination must be the name of a parameter with a first slash, or its ARN'],
    ['to no parameter', [{ ...COPY, destination: 'arn:aws:s3:::bucket' }], 'rejected', 'destination must be the ARN of a parameter'],
    ['to an ARN of our own', [{ ...COPY, destination: `arn:aws:ssm:${HOME.region}:${HOME.account}:parameter/app/a` }], 'rejected',
      'destination is in this account and Region: write its name'],
    ['to another account without a role', [{ ...COPY, destination: away }], 'rejected', 'destination is in another account: role_arn is needed'],
    ['to another account by a role of ours', [{ ...COPY, destination: away, roleArn: `arn:aws:iam::${HOME.account}:role/r` }], 'rejected',
      'role_arn is of another account than destination'],
    ['to ours by another account\'s role', [{ ...COPY, roleArn: ROLE }], 'rejected',
      'role_arn is of another account than destination: write the destination\'s ARN'],
    ['by no role', [{ ...COPY, destination: away, roleArn: 'arn:aws:iam::1:user/x' }], 'rejected', 'role_arn must be the ARN of a role'],
    ['to copy from two', [COPY, { ...COPY, source: '/shared/b' }], 'incomplete', 'it has more than one source to copy'],
    ['whose rows have different templates', [MERGE, { ...MERGE, source: '/shared/b', template: '${/shared/a}${/shared/b}' }], 'incomplete',
      'its rows do not agree on template'],
    ['whose rows are fewer than its template\'s sources', [{ ...MERGE, template: '${/shared/a}${/shared/b}' }], 'incomplete',
      'its rows are not the sources of its template'],
    ['whose rows are more than its template\'s sources', [MERGE, { ...MERGE, source: '/shared/b' }], 'incomplete',
      'its rows are not the sources of its template'],
  ])('%s does nothing', async (_what, rows, what, reason) => {
    const world = await openWorld();
    for (const name of ['/shared/a', '/shared/b']) world.put(name, 'v');
    for (const row of rows) await world.table.put(row);
    expect(await outcome(world, rows[0]!.destination)).toEqual([what, reason]);
    expect(world.model.names()).toEqual(['/shared/a', '/shared/b']);
    expect(world.elsewhere.names()).toEqual([]);
    expect(`${reason}${world.logged}`).not.toContain(SECRET);
  });

  test('counts when a sync finds it half written, but not when it is seen while it is written', async () => {
    const world = await openWorld();
    await world.table.put(COPY);
    await world.table.put({ ...COPY, source: '/shared/b' });
    await world.replicator.ruleChanged('/app/a');
    expect(world.metrics.counts).toEqual({});
    await world.replicator.syncAll();
    expect(world.metrics.counts).toEqual({ RulesRejected: 1 });
  });
});

describe('a cycle', () => {
  const cycle = ['rejected', 'its destination is, by way of rules, its own source'];

  test('of one, two or three rules writes nothing; rules beside it work', async () => {
    for (const names of [['/a'], ['/a', '/b'], ['/a', '/b', '/c']]) {
      const world = await openWorld();
      for (const [i, name] of names.entries()) await world.merge(names[(i + 1) % names.length]!, `${name}\${${name}}`, [name]);
      await world.copy('/a', '/beside');
      world.put('/a', 'v');
      await world.settle();
      await world.replicator.syncAll();
      expect(world.parameter('/a')).toEqual({ value: 'v', type: 'String', version: 1 });
      expect(world.value('/beside')).toBe('v');
      for (const name of names) expect(await outcome(world, name)).toEqual(cycle);
    }
  });

  test('is none by a rule that does not apply, so a row that may do nothing stops no one', async () => {
    const world = await new World().allow({ sources: ['/a'], destinations: ['/b'] });
    world.put('/a', 'v');
    await world.copy('/a', '/b');
    await world.copy('/b', '/a'); // out of scope
    expect(await outcome(world, '/b')).toEqual(['replicated', undefined]);
  });

  test('is none where two ways lead to one destination', async () => {
    const world = await openWorld();
    world.put('/a', 'v');
    await world.copy('/a', '/b');
    await world.copy('/a', '/c');
    await world.merge('/d', '${/b}${/c}${/a}', ['/a', '/b', '/c']);
    await world.replicator.syncAll();
    expect(world.value('/d')).toBe('vvv');
  });

  test('or a chain that is too long to know is refused', async () => {
    const world = await openWorld();
    world.put('/n/0', 'v');
    for (let i = 0; i < 502; i += 1) await world.copy(`/n/${i}`, `/n/${i + 1}`);
    expect(await outcome(world, '/n/500')).toEqual(['missing-source', '/n/499 does not exist']);
    expect(await outcome(world, '/n/502')).toEqual(['rejected', 'more than 500 parameters are, by way of rules, its sources']);
  });
});

test('another account is written by the role and in the Region that its ARN needs', async () => {
  const world = await openWorld();
  await world.copy('/shared/a', remote('/app/a'), { roleArn: ROLE, keyId: 'alias/there' });
  world.put('/shared/a', SECRET, 'SecureString');
  await world.settle();
  expect(world.elsewhere.names()).toEqual(['/app/a']);
  expect(world.newest('/app/a', world.elsewhere)).toMatchObject({ Value: SECRET, Type: 'SecureString', KeyId: 'alias/there' });
  expect(world.model.names()).toEqual(['/shared/a']);
  expect(world.places).toContainEqual({ name: '/app/a', region: ELSEWHERE.region, roleArn: ROLE });
  await world.replicator.syncAll();
  expect(world.parameter('/app/a', world.elsewhere)?.version).toBe(1);
});
