import { ScanCommand } from '@aws-sdk/client-dynamodb';
import type { SQSEvent } from 'aws-lambda';
import type { createConsumer } from '../../../lambda-src/shared/config/consumer';
import { cacheTable } from '../../support/config-tables/cache-table';
import { startDynamoDb, type DynamoDbServer } from '../../support/dynamodb-server';
import { startParameterStore, type EventEnvelope, type ParameterStoreServer } from '../../support/parameter-store';
import { startQueues, type QueueServer } from '../../support/queue-server';
import { captureLog } from '../events';
import { isolated } from '../isolated';

const FORMER = { ...process.env };
const TABLE = 'names';
const SECRET = 'open sesame';

let dynamoDb: DynamoDbServer;
let parameterStore: ParameterStoreServer;
let queues: QueueServer;
let environment: NodeJS.ProcessEnv;
let told: EventEnvelope[];

beforeAll(async () => {
  dynamoDb = await startDynamoDb({ createTable: false });
  await dynamoDb.createTable(cacheTable(TABLE));
  parameterStore = await startParameterStore();
  parameterStore.model.onEvent((event) => { told.push(event); });
  queues = await startQueues();
  environment = {
    ...FORMER, ...dynamoDb.environment, ...parameterStore.environment, AWS_ENDPOINT_URL_SQS: queues.endpoint,
    CONFIG_NAMESPACES: '["/app"]', CONFIG_CACHE_TABLE: TABLE, CONFIG_TOMBSTONE_DAYS: '30', CONFIG_MAX_RECEIVE_COUNT: '5',
    CONFIG_QUEUE_URL: queues.url('own'), CONFIG_DEAD_LETTER_QUEUE_URL: queues.url('dead'), AWS_LAMBDA_FUNCTION_NAME: 'cache-manager',
  };
});

afterAll(async () => {
  queues.close();
  await Promise.all([dynamoDb.close(), parameterStore.close()]);
});

let lines: string[];
beforeEach(() => {
  queues.clear();
  told = [];
  process.env = { ...environment };
  lines = captureLog();
});
afterEach(() => {
  process.env = FORMER;
  jest.restoreAllMocks();
});

type Handler = ReturnType<typeof createConsumer>;

function load(): Handler {
  type Module = { readonly handler: Handler };
  return isolated(() => jest.requireActual<Module>('../../../lambda-src/config-cache-manager/config-cache-manager.lambda')).handler;
}

function batch(bodies: readonly string[], receiveCount = 1): SQSEvent {
  return {
    Records: bodies.map((body, i) => ({ messageId: `m${i}`, body, attributes: { ApproximateReceiveCount: String(receiveCount) } })),
  } as unknown as SQSEvent;
}

const context = { getRemainingTimeInMillis: () => 30_000, awsRequestId: 'r' };

async function states(): Promise<Record<string, string>> {
  const { Items = [] } = await dynamoDb.client.send(new ScanCommand({ TableName: TABLE }));
  return Object.fromEntries(Items.map((item) => [item.parameter_name.S!, item.state.S!]));
}

test('events of both families become rows, a poison message a dead letter, and no value is logged', async () => {
  const { model } = parameterStore;
  const handler = load();
  for (const name of ['a', 'b', 'c', 'd']) {
    model.do('PutParameter', { Name: `/app/${name}`, Value: SECRET, Type: name === 'd' ? 'SecureString' : 'String' });
  }
  model.do('PutParameter', { Name: '/apple/a', Value: SECRET, Type: 'String' });
  expect(() => model.do('PutParameter', { Name: '/app/a', Value: SECRET, Type: 'String' })).toThrow('already exists');
  const created = [...told.splice(0).map((event) => JSON.stringify(event)), 'no JSON', JSON.stringify({ source: 'aws.ssm', value: SECRET })];
  expect(await handler(batch(created), context)).toEqual({ batchItemFailures: [] });
  expect(await states()).toEqual({ '/app/a': 'ACTIVE', '/app/b': 'ACTIVE', '/app/c': 'ACTIVE', '/app/d': 'ACTIVE' });
  expect(queues.sentTo('dead').map(({ MessageBody, MessageAttributes }) => [MessageBody, MessageAttributes?.handler.StringValue]))
    .toEqual(created.slice(-2).map((body) => [body, 'config-cache-manager']));

  model.do('DeleteParameters', { Names: ['/app/a', '/app/b', '/app/none'] });
  model.do('DeleteParameter', { Name: '/app/c' });
  const deleted = told.splice(0).map((event) => JSON.stringify(event)).reverse();
  const later = deleted.map((body) => body.replace(/\d\d\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, new Date(Date.now() + 1_000).toISOString().replace(/\.\d+/, '')));
  expect(await handler(batch(later), context)).toEqual({ batchItemFailures: [] });
  expect(await states()).toEqual({ '/app/a': 'DELETED', '/app/b': 'DELETED', '/app/c': 'DELETED', '/app/d': 'ACTIVE' });
  for (const line of ['EventsHandled', 'rejected', 'handled']) expect(lines.join('\n')).toContain(line);
  expect(lines.join('\n')).not.toContain(SECRET);
});

test('messages of a batch ask Parameter Store together', async () => {
  const { model } = parameterStore;
  for (let i = 0; i < 10; i += 1) model.do('PutParameter', { Name: `/app/many/${i}`, Value: SECRET, Type: 'String' });
  const before = model.calls.DescribeParameters ?? 0;
  const messages = told.filter((event) => event['detail-type'] === 'Parameter Store Change').map((event) => JSON.stringify(event));
  expect(await load()(batch(messages), context)).toEqual({ batchItemFailures: [] });
  expect(model.calls.DescribeParameters! - before).toBeLessThan(10);
  expect(Object.keys(await states()).filter((name) => name.startsWith('/app/many/'))).toHaveLength(10);
});

test('what Parameter Store does not show yet is received again, and holds no other message back', async () => {
  const { model } = parameterStore;
  const thaw = model.freezeReads();
  model.do('PutParameter', { Name: '/app/late', Value: SECRET, Type: 'String' });
  const [late] = told.splice(0);
  thaw();
  model.do('DeleteParameter', { Name: '/app/late' });
  told.splice(0);
  model.do('PutParameter', { Name: '/app/prompt', Value: SECRET, Type: 'String' });
  const [prompt] = told.splice(0);
  const handler = load();
  expect(await handler(batch([late, prompt].map((event) => JSON.stringify(event))), context))
    .toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
  expect(await states()).toMatchObject({ '/app/prompt': 'ACTIVE' });
  expect(await handler(batch([JSON.stringify(late)], 5), context)).toEqual({ batchItemFailures: [] });
  expect(queues.sentTo('dead')).toEqual([]);
});

const VARIABLES = ['NAMESPACES', 'CACHE_TABLE', 'TOMBSTONE_DAYS', 'MAX_RECEIVE_COUNT', 'QUEUE_URL', 'DEAD_LETTER_QUEUE_URL']
  .map((name) => `CONFIG_${name}`);
test.each(VARIABLES)(
  'fails at its start without %s', (name) => {
    process.env[name] = '';
    expect(() => load()).toThrow(`the environment variable ${name} is not set: the construct sets it, so deploy its stack again`);
  });
