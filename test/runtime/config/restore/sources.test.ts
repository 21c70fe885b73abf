import { dynamoDbClient } from '../../../../runtime/aws/dynamodb';
import { AwsError } from '../../../../runtime/aws/errors';
import { collectPlan } from '../../../../runtime/config/restore/plan';
import { PointInTimeRestore } from '../../../../runtime/config/restore/point-in-time-restore';
import { DynamoDbRulesTable } from '../../../../runtime/config/tables/dynamodb-rules-table';
import { rulesTable } from '../../../support/config-tables/rules-table';
import { ParameterStoreError } from '../../../support/parameter-store';
import { concluded, indexed } from '../audit/records';
import { applied, RestoreWorld, type WorldOptions } from './world';

let world: RestoreWorld;
const open = async (options?: WorldOptions) => { world = await RestoreWorld.open(options); };
afterEach(() => world.close());

/** A connection of which some calls of DynamoDB are watched, or refused. */
async function watched(
  onCall: (operation: string, input: { TableName?: string; IndexName?: string }, signal?: AbortSignal) => void, more: object = {},
) {
  const connection = await world.connection(more);
  const { dynamoDb } = connection;
  const call = dynamoDb.call.bind(dynamoDb);
  dynamoDb.call = (async (operation: never, input: object, signal?: AbortSignal) => {
    onCall(operation, input, signal);
    return call(operation, input, signal);
  }) as never;
  return new PointInTimeRestore({ connection });
}

const denied = (): never => { throw new AwsError('no', { failure: 'denied', name: 'AccessDeniedException' }); };

test('what has not changed since costs nothing, and of the log one query a name is made', async () => {
  await open();
  for (let i = 0; i < 30; i += 1) await world.put(`/app/${i}`, 'one');
  world.time += 600_000;
  const { time } = world;
  for (let i = 0; i < 5; i += 1) await world.put(`/app/${i}`, 'two');
  const queries: string[] = [];
  const restore = await watched((operation, { TableName = '', IndexName = '' }) => queries.push(`${operation} ${TableName.replace(/-.*/, '')} ${IndexName}`));
  const { steps } = await collectPlan(await restore.plan({ prefix: '/', time }));
  expect(steps).toHaveLength(5);
  const count = (query: string) => queries.filter((each) => each === query).length;
  expect(count('Query audit ')).toBe(5);
  expect(count('Query audit ByTimeIndex')).toBe(2);
  expect(count('Query cache ChangesIndex')).toBe(8);
  expect(queries).toHaveLength(15);
});

test('without access to the index by time it is said what is not seen, and everything else is planned', async () => {
  await open();
  await world.put('/app/a', 'one');
  await world.label('/app/a', 'live');
  const { time } = world;
  await world.put('/app/a', 'two');
  await world.label('/app/a', 'live', 2);
  const restore = await watched((_operation, { IndexName }) => { if (IndexName === 'ByTimeIndex') denied(); });
  const { header, steps } = await collectPlan(await restore.plan({ prefix: '/app', time }));
  expect(header.notes.join()).toContain('index by time may not be read (AccessDeniedException)');
  expect(steps).toMatchObject([{ name: '/app/a', action: 'put', labels: { live: 1 } }]);
});

test('below a namespace the index by time is not asked; names that are given are looked at whole', async () => {
  await open();
  await world.put('/app/x/a', 'one');
  await world.label('/app/x/a', 'live');
  await world.put('/app/y', 'one');
  const { time } = world;
  await world.label('/app/x/a', 'next');
  await world.put('/app/y', 'two');
  const restore = await watched((_operation, { IndexName }) => { if (IndexName === 'ByTimeIndex') denied(); });
  const below = await collectPlan(await restore.plan({ prefix: '/app/x', time }));
  expect(below.steps).toEqual([]);
  expect(below.header.notes.join()).toContain('name these parameters');
  const named = await collectPlan(await restore.plan({ names: ['/app/x/a', '/app/x/none'], time, removeLater: true }));
  expect(named.steps).toMatchObject([{ name: '/app/x/a', action: 'label', labels: { live: 1 }, laterLabels: ['next'] }]);
});

test('below a namespace it is said which deletions are not seen any more; named, they are', async () => {
  await open({ footprint: { tombstoneDays: 2 } });
  await world.put('/app/x/a', 'one');
  const { time } = world;
  await world.remove('/app/x/a');
  const at = async (days: number, query: object) => {
    world.time = time + days * 86_400_000;
    const restore = await watched((_operation, { IndexName }) => { if (IndexName === 'ByTimeIndex') denied(); });
    return collectPlan(await restore.plan({ ...query, time }));
  };
  expect((await at(1, { prefix: '/app/x' })).header.notes.join()).not.toContain('knows of a deletion');
  expect((await at(2, { prefix: '/app/x' })).header.notes.join()).toContain('knows of a deletion for 2 days');
  expect((await at(2, { prefix: '/app' })).header.notes.join()).toContain('knows of a deletion for 2 days');
  expect((await at(2, { names: ['/app/x/a'] })).header.notes).toEqual([]);
});

test('a deletion that was concluded on the day of the instant is seen without its row', async () => {
  await open();
  await world.put('/app/a', 'one');
  const { time } = world;
  world.time += 1_000;
  world.model.do('DeleteParameter', { Name: '/app/a' });
  world.forget(); // nobody hears of it
  const last = world.log.all('/app/a').findLast(({ action }) => action === 'PutParameter')!;
  await world.log.add(indexed(concluded(last, time + 60_000)));
  world.time += 3_600_000;
  const connection = await world.connection();
  await connection.dynamoDb.call('DeleteItem', { TableName: (await connection.footprint()).cacheTable, Key: { parameter_name: { S: '/app/a' } } });
  const { steps } = await collectPlan(await new PointInTimeRestore({ connection }).plan({ prefix: '/', time: last.time }));
  expect(steps).toMatchObject([{ name: '/app/a', action: 'put', reason: 'deleted' }]);
});

test('what was deleted, and was there before the log began, is said not to be in it', async () => {
  await open();
  await world.put('/app/z', 'one');
  const { time } = world;
  world.model.do('PutParameter', { Name: '/app/a', Value: 'one', Type: 'String' });
  world.forget();
  world.time += 1_000;
  await world.remove('/app/a');
  const { plan } = await world.restoreTo({ time: time + 500, names: ['/app/a', '/app/never'] });
  expect(plan.steps).toMatchObject([{ name: '/app/a', action: 'skip', reason: 'not-in-log' }]);
});

test('every call has a deadline, also where a signal is given', async () => {
  await open();
  await world.put('/app/a', 'one');
  await world.put('/app/x/a', 'one');
  const { time } = world;
  for (const name of ['/app/a', '/app/x/a']) await world.remove(name);
  await world.put('/app/b', 'new');
  const deadlines = jest.spyOn(AbortSignal, 'timeout');
  const { signal } = new AbortController();
  const given: (AbortSignal | undefined)[] = [];
  const restore = await watched((_operation, _input, passed) => given.push(passed));
  for (const query of [{ prefix: '/' }, { prefix: '/app/x' }, { names: ['/app/a'] }]) {
    await applied(restore, await collectPlan(await restore.plan({ ...query, time }, { signal })), { signal });
  }
  expect(given.length).toBeGreaterThan(20);
  expect(given).not.toContain(signal);
  expect(deadlines.mock.calls.length).toBeGreaterThanOrEqual(given.length);
  deadlines.mockRestore();
});

test('rows of any number of names are asked for a thousand at a time', async () => {
  await open();
  const sizes: number[] = [];
  const keysOf = (input: object) =>
    Object.values((input as { RequestItems: Record<string, { Keys: object[] }> }).RequestItems).map(({ Keys }) => Keys.length);
  const restore = await watched((operation, input) => {
    if (operation === 'BatchGetItem') sizes.push(...keysOf(input));
  });
  const names = Array.from({ length: 1_100 }, (_, i) => `/app/${i}`);
  await restore.plan({ names, time: world.time - 1 });
  expect(sizes.reduce((sum, size) => sum + size)).toBe(1_100);
  await expect(restore.plan({ names, time: world.time - 1 }, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
});

test('destinations of replication rules are replicas, whatever their descriptions say', async () => {
  await open();
  for (const name of ['/app/copy', '/app/arn', '/app/own']) await world.put(name, 'one', { Description: 'Replicated from /shared/x' });
  const { time } = world;
  for (const name of ['/app/copy', '/app/arn', '/app/own']) await world.put(name, 'two');
  await world.dynamoDb.createTable(rulesTable('rules'));
  const client = dynamoDbClient(world.dynamoDb.clientConfig);
  const rules = new DynamoDbRulesTable({ client, tableName: 'rules' });
  await rules.put({ destination: '/app/copy', source: '/shared/x', type: 'copy' });
  await rules.put({ destination: 'arn:aws:ssm:us-east-1:123456789012:parameter/app/arn', source: '/shared/x', type: 'copy' });
  client.destroy();
  const plan = async (refuse: boolean) => {
    const restore = await watched((operation) => { if (refuse && operation === 'Scan') denied(); }, { replicationTable: 'rules' });
    return collectPlan(await restore.plan({ prefix: '/', time }));
  };
  const known = await plan(false);
  expect(known.steps.map(({ name, reason }) => `${name} ${reason}`)).toEqual(['/app/arn replica', '/app/copy replica', '/app/own changed']);
  const guessed = await plan(true);
  expect(guessed.header.notes.join()).toContain('replicas are known by their descriptions');
});

describe('secrets', () => {
  test('are decrypted from the log where Parameter Store has them no more, in any Region', async () => {
    await open({ region: 'ap-southeast-2', account: '210987654321' });
    await world.put('/app/secret', 'hidden one', { Type: 'SecureString', KeyId: 'alias/own' });
    const { time } = world;
    await world.remove('/app/secret');
    const { plan, outcomes } = await world.restoreTo({ time });
    expect(outcomes).toMatchObject([{ status: 'done' }]);
    expect(world.content('/app/secret')).toMatchObject({ Type: 'SecureString', Value: 'hidden one', KeyId: 'alias/own' });
    expect(plan.steps).toMatchObject([{ secret: true }]);
    expect(JSON.stringify([plan, outcomes])).not.toContain('hidden');
  });

  test('of a key that is gone are reported; the others are restored', async () => {
    await open();
    for (const name of ['/app/lost', '/app/secret']) await world.put(name, 'one', { Type: 'SecureString' });
    const { time } = world;
    for (const name of ['/app/lost', '/app/secret']) await world.put(name, 'two', { Type: 'SecureString' });
    world.model.intercept({ before: ({ operation, input }) => {
      const { Name = '', WithDecryption } = input as { Name?: string; WithDecryption?: boolean };
      if (operation === 'GetParameter' && WithDecryption && Name.startsWith('/app/lost')) throw new ParameterStoreError('InvalidKeyId', 'key');
      if (operation === 'PutParameter' && Name === '/app/lost') throw new ParameterStoreError('InvalidKeyId', 'key');
    } });
    const { outcomes } = await world.restoreTo({ time });
    expect(outcomes).toMatchObject([
      { name: '/app/lost', status: 'failed', code: 'E_CONFIG_RESTORE_KEY', message: expect.stringContaining('gone, disabled') as string },
      { name: '/app/secret', status: 'done' },
    ]);
  });
});

test('where the log keeps no values, Parameter Store\'s history is their source; what it has no more is skipped', async () => {
  await open({ keepValues: false });
  for (const name of ['/app/a', '/app/gone']) await world.put(name, 'one');
  const { time } = world;
  await world.put('/app/a', 'two');
  await world.remove('/app/gone');
  const { plan, outcomes } = await world.restoreTo({ time });
  expect(plan.steps).toMatchObject([{ action: 'put' }, { reason: 'value-not-kept' }]);
  expect(plan.steps[0]?.detail).toContain('history must have it');
  expect(outcomes).toMatchObject([{ status: 'done' }, { status: 'skipped', code: 'value-not-kept' }]);
  expect(world.latest('/app/a')).toMatchObject({ Value: 'one' });
});

test('a footprint without a log has nothing to restore from', async () => {
  await open();
  const restore = await watched(() => {}, { auditTable: undefined });
  await expect(restore.plan({ prefix: '/', time: 1 })).rejects.toMatchObject({ code: 'E_CONFIG_AUDIT_NONE' });
});

test('a plan that somebody pointed at another record writes nothing', async () => {
  await open();
  await world.put('/app/a', 'one');
  const { time } = world;
  await world.remove('/app/a');
  const restore = await world.restore();
  const plan = await collectPlan(await restore.plan({ prefix: '/', time }));
  const [step] = plan.steps;
  const edited = { ...plan, steps: [{ ...step!, wanted: { ...step!.wanted!, version: 7 } }] };
  expect(await applied(restore, edited)).toMatchObject([{ status: 'failed', code: 'E_CONFIG_RESTORE_VALUE' }]);
  expect(world.model.calls.PutParameter).toBeUndefined();
});
