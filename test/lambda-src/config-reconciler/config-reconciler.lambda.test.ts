import { createServer, type Server } from 'node:http';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { createHandler } from '../../../lambda-src/config-reconciler/handler';
import { auditTable } from '../../support/config-tables/audit-table';
import { cacheTable } from '../../support/config-tables/cache-table';
import { listen, startDynamoDb, type DynamoDbServer } from '../../support/dynamodb-server';
import { startParameterStore, type ParameterStoreServer } from '../../support/parameter-store';
import { startQueues, type QueueServer } from '../../support/queue-server';
import { captureLog, createEvent, deleteEvent, SIGNATURE, updateEvent } from '../events';
import { isolated } from '../isolated';

const FORMER = { ...process.env };
const SECRET = 'open sesame';

let dynamoDb: DynamoDbServer;
let parameterStore: ParameterStoreServer;
let queues: QueueServer;
let answering: Server;
let answers: string[];
let environment: NodeJS.ProcessEnv;
let endpoint: string;
let lines: string[];

beforeAll(async () => {
  dynamoDb = await startDynamoDb({ createTable: false });
  await dynamoDb.createTable(cacheTable('names'));
  await dynamoDb.createTable(auditTable('log'));
  parameterStore = await startParameterStore();
  queues = await startQueues();
  answering = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => { body += chunk; }).on('end', () => {
      answers.push(body);
      response.end();
    });
  });
  endpoint = await listen(answering);
  environment = {
    ...FORMER, ...dynamoDb.environment, ...parameterStore.environment, AWS_ENDPOINT_URL_SQS: queues.endpoint, AWS_LAMBDA_FUNCTION_NAME: 'reconciler',
    CONFIG_NAMESPACES: '["/app"]', CONFIG_CACHE_TABLE: 'names', CONFIG_AUDIT_TABLE: 'log', CONFIG_TOMBSTONE_DAYS: '30', CONFIG_MAX_RECEIVE_COUNT: '5',
    CONFIG_QUEUE_URL: queues.url('own'), CONFIG_DEAD_LETTER_QUEUE_URL: queues.url('dead'),
  };
});

afterAll(async () => {
  queues.close();
  answering.closeAllConnections();
  answering.close();
  await Promise.all([dynamoDb.close(), parameterStore.close()]);
});

beforeEach(() => {
  queues.clear();
  answers = [];
  process.env = { ...environment };
  lines = captureLog();
});
afterEach(() => {
  process.env = FORMER;
  jest.restoreAllMocks();
});

type Handler = ReturnType<typeof createHandler>;

function load(): Handler {
  return isolated(() => jest.requireActual<{ readonly handler: Handler }>('../../../lambda-src/config-reconciler/config-reconciler.lambda')).handler;
}

function message(body: string, receiveCount = 1): SQSEvent {
  const attributes = { ApproximateReceiveCount: String(receiveCount) };
  return { Records: [{ messageId: 'm', receiptHandle: 'r', body, attributes }] } as unknown as SQSEvent;
}

const context = (remaining = 900_000) => ({ getRemainingTimeInMillis: () => remaining, awsRequestId: 'r' }) as unknown as Context;

async function items(TableName: string): Promise<Record<string, unknown>[]> {
  const { Items = [] } = await dynamoDb.client.send(new ScanCommand({ TableName }));
  const plain = (item: object) => Object.fromEntries(Object.entries(item).map(([key, value]) => [key, Object.values(value as object)[0] as unknown]));
  return Items.map(plain);
}

const metric = (name: string) =>
  lines.filter((line) => line.includes(`"${name}"`)).map((line) => (JSON.parse(line) as Record<string, unknown>)[name]);

const put = (name: string, more: object = {}) =>
  parameterStore.model.do('PutParameter', { Name: name, Value: SECRET, Type: 'String', Overwrite: true, ...more });

test('brings both tables in line with Parameter Store, leg by leg, and shows no value', async () => {
  for (let i = 0; i < 60; i += 1) put(`/app/${i}`, { Type: i % 2 ? 'SecureString' : 'String' });
  put('/foreign/x');
  const handler = load();
  let legs = 0;
  for (let body: string | undefined = '{}'; body !== undefined; body = queues.sentTo('own')[legs - 1]?.MessageBody) {
    let calls = 0;
    const time = { ...context(), getRemainingTimeInMillis: () => (calls += 1) > 2 ? 10_000 : 900_000 };
    await expect(handler(message(body), time)).resolves.toEqual({ batchItemFailures: [] });
    legs += 1;
  }
  expect(legs).toBeGreaterThan(10);
  expect(await items('names')).toHaveLength(61);
  const meta = (await items('names')).find(({ parameter_name }) => parameter_name === '#meta');
  expect(meta).toMatchObject({ reconciled: expect.any(String) as string });
  expect(await items('log')).toHaveLength(60);
  expect(metric('ParametersWalked').reduce<number>((sum, value) => sum + Number(value), 0)).toBe(60);
  expect(metric('Reconciliations')).toEqual([1]);
  expect(lines.join('\n')).not.toContain(SECRET);
});

test('finds a deletion that nobody told of', async () => {
  parameterStore.model.do('DeleteParameter', { Name: '/app/1' });
  await load()(message('{}'), context());
  expect((await items('names')).find(({ parameter_name }) => parameter_name === '/app/1')).toMatchObject({ state: 'DELETED' });
  expect((await items('log')).filter(({ parameter_name }) => parameter_name === '/app/1').map(({ action }) => action).sort())
    .toEqual(['DeleteParameter', 'PutParameter']);
  expect(metric('DriftRepaired')).toEqual([2]);
});

test.each([
  ['no JSON', '{', 'the message must be JSON'],
  ['another phase', '{"phase":"x","started":1,"legs":1}', 'phase must be walk, sweep, tombstones, log or aside'],
  ['an event', JSON.stringify({ source: 'aws.ssm' }), 'started must be a time in milliseconds'],
])('sends %s to the dead letters with its reason', async (_, body, reason) => {
  await expect(load()(message(body), context())).resolves.toEqual({ batchItemFailures: [] });
  expect(queues.sentTo('dead')).toMatchObject([{
    MessageBody: body,
    MessageAttributes: { reason: { StringValue: reason }, handler: { StringValue: 'config-reconciler' } },
  }]);
});

test('a failure is received again, and the last time goes to the dead letters with the error\'s name', async () => {
  process.env.CONFIG_CACHE_TABLE = 'no-such-table';
  const handler = load();
  await expect(handler(message('{}'), context())).resolves.toEqual({ batchItemFailures: [{ itemIdentifier: 'm' }] } satisfies SQSBatchResponse);
  expect(queues.sentTo('dead')).toEqual([]);
  expect(queues.visibilities).toMatchObject([{ QueueUrl: queues.url('own'), ReceiptHandle: 'r' }]);
  await expect(handler(message('{}', 5), context())).resolves.toEqual({ batchItemFailures: [] });
  expect(queues.sentTo('dead')).toMatchObject([{ MessageBody: '{}', MessageAttributes: { reason: { StringValue: 'ResourceNotFoundException' } } }]);
});

describe('the custom resource', () => {
  const withUrl = <E extends object>(event: E): E => ({ ...event, ResponseURL: `${endpoint}/?${SIGNATURE}` });

  const starting = [['created', createEvent()], ['updated, since there is something else to import', updateEvent()]] as const;
  test.each(starting)('starts an import when it is %s', async (_, event) => {
    await load()(withUrl(event), context());
    expect(queues.sentTo('own')).toMatchObject([{ MessageBody: '{}' }]);
    expect(answers.map((body) => JSON.parse(body) as unknown)).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  test('never fails a deployment by an import that could not be started', async () => {
    queues.refuse = true;
    await load()(withUrl(createEvent()), context());
    expect(answers.map((body) => JSON.parse(body) as unknown)).toMatchObject([{ Status: 'SUCCESS' }]);
    expect(lines.join('\n')).toContain('could not be started');
    expect(lines.join('\n')).not.toContain(SIGNATURE);
  });

  test('does nothing when it is deleted', async () => {
    await load()(withUrl(deleteEvent()), context());
    expect(queues.sentTo('own')).toEqual([]);
    expect(answers.map((body) => JSON.parse(body) as unknown)).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'former-id' }]);
  });
});

test('works without a cache and without an audit log, not without both', async () => {
  delete process.env.CONFIG_AUDIT_TABLE;
  await expect(load()(message('{}'), context())).resolves.toEqual({ batchItemFailures: [] });
  process.env = { ...environment };
  delete process.env.CONFIG_CACHE_TABLE;
  await expect(load()(message('{}'), context())).resolves.toEqual({ batchItemFailures: [] });
  delete process.env.CONFIG_AUDIT_TABLE;
  expect(load).toThrow('one of the environment variables CONFIG_CACHE_TABLE and CONFIG_AUDIT_TABLE must be set: the construct sets them');
});

test.each(['CONFIG_NAMESPACES', 'CONFIG_QUEUE_URL', 'CONFIG_DEAD_LETTER_QUEUE_URL', 'CONFIG_MAX_RECEIVE_COUNT', 'CONFIG_TOMBSTONE_DAYS'])(
  'fails at its start without %s, and names it', (name) => {
    delete process.env[name];
    expect(load).toThrow(name);
  });
