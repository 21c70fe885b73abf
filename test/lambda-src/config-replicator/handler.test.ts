import type { CloudFormationCustomResourceEvent, DynamoDBRecord } from 'aws-lambda';
import { ELSEWHERE, HOME, remote, ROLE, SECRET, World } from './world';
import { createHandler, type HandlerContext } from '../../../lambda-src/config-replicator/handler';
import { type OwnMessage, SqsOwnQueue } from '../../../lambda-src/config-replicator/own-queue';
import { DynamoDbRulesTable } from '../../../runtime/config/tables/dynamodb-rules-table';
import { dynamoDbClient } from '../../../runtime/aws/dynamodb';
import { rulesTable } from '../../support/config-tables/rules-table';
import { startDynamoDb, type DynamoDbServer } from '../../support/dynamodb-server';
import { batchOf, MemoryDeadLetters, RecordingRedelivery } from '../../support/parameter-events/messages';
import { type EventEnvelope, ParameterStoreError } from '../../support/parameter-store';
import { captureLog, createEvent, deleteEvent, updateEvent } from '../events';

let server: DynamoDbServer;
let tables = 0;
beforeAll(async () => { server = await startDynamoDb({ createTable: false }); });
afterAll(() => server.close());

let world: World;
let handler: ReturnType<typeof createHandler>;
let remaining: number;
let sent: OwnMessage[];
let queueFailure: Error | undefined;
let answers: { Status: string; Reason?: string }[];
const deadLetters = new MemoryDeadLetters();

const NOTHING_FAILED = { batchItemFailures: [] };
const context = (): HandlerContext => ({
  getRemainingTimeInMillis: () => remaining, logGroupName: 'group', logStreamName: 'stream', awsRequestId: 'request',
  invokedFunctionArn: `arn:aws:lambda:${HOME.region}:${HOME.account}:function:replicator`,
});

async function start(family: EventEnvelope['detail-type'] = 'AWS API Call via CloudTrail'): Promise<void> {
  const tableName = `rules-${tables += 1}`;
  await server.createTable(rulesTable(tableName));
  world = new World({ table: new DynamoDbRulesTable({ client: dynamoDbClient(server.clientConfig), tableName, pageSize: 2 }), family });
  [remaining, sent, answers, queueFailure] = [300_000, [], [], undefined];
  deadLetters.letters.length = 0;
  handler = createHandler({
    table: world.table, store: world.store, region: HOME.region, namespaces: ['/'], maxReceiveCount: 5, deadLetters,
    redelivery: new RecordingRedelivery(), now: () => world.time,
    metrics: world.metrics, logger: world.logger,
    queue: { send: async (message) => { if (queueFailure) throw queueFailure; sent.push(message); } },
    put: async (_url, body) => { answers.push(JSON.parse(body) as { Status: string }); },
  });
}
beforeEach(() => start());

async function deploy(event: CloudFormationCustomResourceEvent) {
  const lines = captureLog();
  await handler(event, context());
  expect(lines.join('')).not.toContain(event.ResponseURL);
  return answers.at(-1)!;
}

const record = (destination: string, source: string, number = '1'): DynamoDBRecord => ({
  eventSource: 'aws:dynamodb', eventName: 'INSERT', eventID: `e${number}`,
  dynamodb: { Keys: { destination: { S: destination }, source: { S: source } }, SequenceNumber: number, StreamViewType: 'KEYS_ONLY' },
});

const RULES = {
  Rules: [
    { Destination: '/app/a', Type: 'copy', Source: '/shared/a' },
    { Destination: '/app/url', Type: 'merge', Sources: ['/shared/a', '/shared/b'], Template: '${/shared/a}@${/shared/b}' },
  ],
  Scopes: [{ Sources: ['/shared'], Destinations: ['/web'] }],
};

describe('a deployment', () => {
  test('declares rules and scopes, and events carry them out', async () => {
    expect(await deploy(createEvent(RULES))).toMatchObject({ Status: 'SUCCESS' });
    await world.copy('/shared/a', '/web/a');
    await world.copy('/shared/a', '/dba/a', { writtenBy: 'app' });
    world.put('/shared/a', 'a');
    world.put('/shared/b', SECRET, 'SecureString');
    expect(await handler(batchOf(world.events.splice(0)), context())).toEqual(NOTHING_FAILED);
    expect(['/app/a', '/app/url', '/web/a', '/dba/a'].map((name) => world.value(name))).toEqual(['a', `a@${SECRET}`, 'a', undefined]);
    expect(world.logged).not.toContain(SECRET);
    expect(world.metrics.flushed).toBe(1);
  });

  test('that changes rules replaces what it has declared and what people have written in its place, and keeps what people own', async () => {
    await deploy(createEvent(RULES));
    await world.copy('/shared/b', '/app/a'); // a second source, by hand
    await world.table.put({ destination: '/app/url', source: '/shared/a', type: 'copy', writtenBy: 'me' });
    const changed = {
      Rules: [{ Destination: '/app/a', Type: 'copy', Source: '/shared/c', KeyId: 'alias/k', OnSourceDelete: 'delete' },
        { Destination: remote('/app/a'), Type: 'copy', Source: '/shared/a', RoleArn: ROLE }],
    };
    expect(await deploy({ ...updateEvent(changed, RULES) })).toMatchObject({ Status: 'SUCCESS' });
    expect(await world.table.rule('/app/a')).toEqual([
      { destination: '/app/a', source: '/shared/c', type: 'copy', keyId: 'alias/k', onSourceDelete: 'delete', writtenBy: 'app' },
    ]);
    expect(await world.table.rule(remote('/app/a'))).toHaveLength(1);
    expect(await world.table.rule('/app/url')).toEqual([{ destination: '/app/url', source: '/shared/a', type: 'copy', writtenBy: 'me' }]);
    expect(await world.table.declared('/app/url')).toBeUndefined();
    expect(await world.table.scopes()).toEqual([]);
  });

  test('that has fewer scopes than before keeps those, and leaves another owner\'s alone', async () => {
    const [web, app, ops] = ['/web', '/app', '/ops'].map((path) => ({ Sources: ['/shared'], Destinations: [path] }));
    await deploy(createEvent({ Scopes: [web, app] }));
    await deploy(createEvent({ Scopes: [ops, ops] }, { LogicalResourceId: 'Other' }));
    await deploy(updateEvent({ Scopes: [app] }, { Scopes: [web, app] }));
    const destinations = (await world.table.scopes()).map((scope) => scope.destinations[0]);
    expect(destinations.sort()).toEqual(['/app', '/ops', '/ops']);
  });

  test('that is taken back removes what it has declared, once and again', async () => {
    await deploy(createEvent(RULES));
    const end = { ...deleteEvent(), ResourceProperties: { ServiceToken: 'token', ...RULES } };
    for (let i = 0; i < 2; i += 1) expect(await deploy(end)).toMatchObject({ Status: 'SUCCESS' });
    expect(await world.table.page()).toEqual({ destinations: [] });
    expect([await world.table.declared('/app/a'), await world.table.scopes()]).toEqual([undefined, []]);
  });

  test('of a successor keeps its rules when its predecessor is deleted', async () => {
    await deploy(createEvent(RULES));
    await deploy(createEvent(RULES, { LogicalResourceId: 'Renamed' }));
    await deploy({ ...deleteEvent(), ResourceProperties: { ServiceToken: 'token', ...RULES } });
    expect(await world.table.rule('/app/url')).toHaveLength(2);
    expect([(await world.table.declared('/app/a'))?.sources, await world.table.scopes()])
      .toEqual([['/shared/a'], [{ sources: ['/shared'], destinations: ['/web'] }]]);
  });

  test('that cannot write a row fails, says which, and leaves nothing', async () => {
    jest.spyOn(world.table, 'put').mockImplementation(async ({ source }) => {
      if (source === '/shared/b') throw Object.assign(new Error(SECRET), { name: 'AccessDeniedException' });
    });
    const answer = await deploy(createEvent(RULES));
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toContain('the rule for /app/url cannot be written: AccessDeniedException');
    expect(answer.Reason).not.toContain(SECRET);
    jest.restoreAllMocks();
    expect([await world.table.declared('/app/a'), await world.table.declared('/app/url')]).toEqual([undefined, undefined]);
    expect(await world.table.scopes()).toEqual([]);
  });

  test.each<[object, string]>([
    [{ Rules: {} }, 'Rules must be a list of objects'],
    [{ Rules: ['x'] }, 'Rules must be a list of objects'],
    [{ Rules: [{ Destination: '/a', Type: 'copy' }] }, 'Rules[0].Source must be a string that is not empty'],
    [{ Rules: [{ Destination: '/a', Type: 'merge', Sources: [], Template: 'x' }] }, 'Rules[0].Sources must be a list of at least one string'],
    [{ Rules: [{ Destination: '/a', Type: 'copy', Source: '/b', KeyId: '' }] }, 'Rules[0].KeyId must be a string that is not empty'],
    [{ Rules: [{ Destination: 'a', Type: 'copy', Source: '/b' }] }, 'Rules[0], for a: destination must be the name of a parameter'],
    [{ Rules: [{ Destination: '/a', Type: 'merge', Sources: ['/b'], Template: '${/c}' }] }, 'its rows are not the sources of its template'],
    [{ Rules: [RULES.Rules[0], RULES.Rules[0]] }, 'Rules[1].Destination /app/a has a rule already'],
    [{ Rules: [{ Destination: `arn:aws:ssm:${HOME.region}:${HOME.account}:parameter/a`, Type: 'copy', Source: '/b' }] }, 'write its name'],
    [{ Scopes: [{ Sources: ['/a'], Destinations: ['b'] }] }, 'Scopes[0] has the path b'],
    [{ Scopes: [{ Sources: [1], Destinations: ['/b'] }] }, 'Scopes[0].Sources must be a list of at least one string'],
  ])('of what cannot be fails and says why: %j', async (properties, reason) => {
    expect(await deploy(createEvent({ ...properties }))).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining(reason) as string });
    expect(await world.table.page()).toEqual({ destinations: [] });
  });
});

describe('the stream of the table of rules', () => {
  test('carries a rule out as soon as its rows are complete, and once however many records tell of it', async () => {
    world.put('/shared/a', 'a');
    world.put('/shared/b', 'b');
    await deploy(createEvent(RULES));
    const records = [record('#declared', '#/app/a', '1'), record('/app/a', '/shared/a', '2'), record('#scope', '#0 owner', '3'),
      record('/app/url', '/shared/a', '4'), record('/app/url', '/shared/b', '5'), record('/gone', '/shared/a', '6')];
    expect(await handler({ Records: records }, context())).toEqual(NOTHING_FAILED);
    expect([world.value('/app/a'), world.value('/app/url')]).toEqual(['a', 'a@b']);
    expect(world.metrics.counts).toEqual({ Replicated: 2 });
  });

  test('hands a rule that fails to the queue, so that no shard waits for it; without the queue it is reported', async () => {
    await deploy(createEvent(RULES));
    world.put('/shared/a', SECRET, 'SecureString');
    const records = [record('/app/a', '/shared/a', '1'), record('/nothing', '/x', '2'), record('/app/a', '/shared/a', '3')];
    const denied = new ParameterStoreError('AccessDeniedException', SECRET);
    world.model.failNext('PutParameter', denied);
    expect(await handler({ Records: records }, context())).toEqual(NOTHING_FAILED);
    expect(sent).toEqual([{ rule: '/app/a' }]);
    world.model.failNext('PutParameter', denied);
    queueFailure = new Error(SECRET);
    expect(await handler({ Records: records }, context())).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }, { itemIdentifier: '3' }] });
    expect(world.logged).not.toContain(SECRET);
    expect(await handler(batchOf(sent), context())).toEqual(NOTHING_FAILED);
    expect(world.value('/app/a')).toBe(SECRET);
  });

  test('has malformed records, too: they are passed by', async () => {
    const records = [{ eventSource: 'aws:dynamodb' }, { ...record('/a', '/b'), dynamodb: {} }];
    expect(await handler({ Records: records }, context())).toEqual(NOTHING_FAILED);
  });
});

describe('the queue', () => {
  test.each(['AWS API Call via CloudTrail', 'Parameter Store Change'] as const)('has events, side by side (%s)', async (family) => {
    await start(family);
    await deploy(createEvent(RULES));
    world.put('/shared/a', SECRET, 'SecureString');
    world.put('/shared/b', 'b');
    world.model.failNext('PutParameter', new ParameterStoreError('AccessDeniedException', SECRET));
    const events = world.events.splice(0);
    const { batchItemFailures } = await handler(batchOf([...events, 'no JSON']), context()) as typeof NOTHING_FAILED;
    expect(batchItemFailures).not.toEqual([]);
    expect(deadLetters.letters.map(({ body, handler: by }) => [body, by])).toEqual([['no JSON', 'config-replicator']]);
    expect(await handler(batchOf(events), context())).toEqual(NOTHING_FAILED);
    expect([world.value('/app/a'), world.value('/app/url')]).toEqual([SECRET, `${SECRET}@b`]);
    expect(world.logged).not.toContain(SECRET);
  });

  test('has a message that syncs all rules, and goes on by another when its time is over', async () => {
    await deploy(createEvent(RULES));
    world.put('/shared/a', 'a');
    world.put('/shared/b', 'b');
    expect(await handler(batchOf([{ sync: true }]), context())).toEqual(NOTHING_FAILED);
    expect([await world.misfits(), sent]).toEqual([[], []]);
    world.put('/app/a', 'drift');
    world.put('/app/url', 'drift');
    world.model.intercept({ after: () => { world.time += remaining; } });
    let legs = 0;
    for (let message: OwnMessage | undefined = { sync: true }; message !== undefined; message = sent.shift()) {
      expect(await handler(batchOf([message]), context())).toEqual(NOTHING_FAILED);
      legs += 1;
    }
    expect(legs).toBeGreaterThan(1);
    expect(await world.misfits()).toEqual([]);
    expect(world.metrics.counts).toMatchObject({ DriftFound: 4, DriftRepaired: 4 });
  });

  test('gives up what fails for the last time, with the reason', async () => {
    await deploy(createEvent(RULES));
    world.put('/shared/a', SECRET, 'SecureString');
    world.model.failNext('PutParameter', new ParameterStoreError('AccessDeniedException', SECRET));
    expect(await handler(batchOf([{ rule: '/app/a' }], 5), context())).toEqual(NOTHING_FAILED);
    expect(deadLetters.letters).toEqual([{ body: '{"rule":"/app/a"}', handler: 'config-replicator', reason: 'AccessDeniedException' }]);
  });
});

test('anything else is an error that says what is handled', async () => {
  for (const event of [{}, undefined, { Records: [] }, { Records: [{ eventSource: 'aws:s3' }] }]) {
    await expect(handler(event, context())).rejects.toThrow('only a queue, a stream and CloudFormation are handled');
  }
});

test('the replicator\'s queue gets JSON', async () => {
  const send = jest.fn(async () => ({}));
  await new SqsOwnQueue({ send } as never, 'https://sqs/queue').send({ sync: true, after: ELSEWHERE.region });
  expect(send).toHaveBeenCalledWith(expect.objectContaining({ input: { QueueUrl: 'https://sqs/queue', MessageBody: '{"sync":true,"after":"eu-west-1"}' } }));
});
