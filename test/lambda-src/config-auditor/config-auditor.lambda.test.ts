import { GetParameterHistoryCommand } from '@aws-sdk/client-ssm';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { CONFIG_ENVIRONMENT as E, configArchiveKey } from '../../../lib/contract/config';
import type { ConsumerContext } from '../../../lambda-src/shared/config/consumer';
import { DynamoDbAuditLog } from '../../../lambda-src/shared/config/dynamodb-audit-log';
import { dynamoDbClient, type DynamoDbClient } from '../../../runtime/aws/dynamodb';
import { auditTable } from '../../support/config-tables/audit-table';
import { startDynamoDb, type DynamoDbServer } from '../../support/dynamodb-server';
import { startParameterStore, type EventEnvelope, type HookedCall, type ParameterStoreServer } from '../../support/parameter-store';
import { batchOf, captureOutput } from '../../support/parameter-events/messages';
import { startQueues, type QueueServer } from '../../support/queue-server';
import { startS3, type S3Server } from '../../support/s3-server';
import { isolated } from '../isolated';

type Handler = (event: SQSEvent, context: ConsumerContext) => Promise<SQSBatchResponse>;

const TABLE = 'audit';
const FORMER = { ...process.env };
const SECRET = 'TOP-SECRET-VALUE';

let dynamoDb: DynamoDbServer;
let client: DynamoDbClient;
let ssm: ParameterStoreServer;
let s3: S3Server;
let queues: QueueServer;
let calls: HookedCall[];
let events: EventEnvelope[];
let output: ReturnType<typeof captureOutput>;

beforeAll(async () => {
  dynamoDb = await startDynamoDb({ createTable: false });
  await dynamoDb.createTable(auditTable(TABLE));
  client = dynamoDbClient(dynamoDb.clientConfig);
  ssm = await startParameterStore();
  ssm.model.intercept({ before: (call) => { calls.push(call); } });
  ssm.model.onEvent((event) => { events.push(event); });
  s3 = await startS3();
  queues = await startQueues();
  process.env = {
    ...FORMER, ...dynamoDb.environment, ...ssm.environment, ...s3.environment,
    [E.namespaces]: '["/app"]', [E.auditTable]: TABLE, [E.auditArchive]: s3.bucket, [E.auditRetentionDays]: '400', [E.maxReceiveCount]: '3',
    [E.queueUrl]: queues.url('own'), [E.deadLetterQueueUrl]: queues.url('dead'), AWS_ENDPOINT_URL_SQS: queues.endpoint,
    AWS_LAMBDA_FUNCTION_NAME: 'auditor',
  };
});

afterAll(async () => {
  process.env = FORMER;
  client.destroy();
  queues.close();
  await s3.close();
  await ssm.close();
  await dynamoDb.close();
});

beforeEach(() => {
  queues.clear();
  [calls, events] = [[], []];
  output = captureOutput();
});
afterEach(() => output.restore());

function load(environment: Record<string, string> = {}): Handler {
  Object.assign(process.env, environment);
  return isolated(() => jest.requireActual<{ readonly handler: Handler }>('../../../lambda-src/config-auditor/config-auditor.lambda')).handler;
}

const CONTEXT: ConsumerContext = {
  getRemainingTimeInMillis: () => 60_000, awsRequestId: 'r', invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:auditor',
};

const lines = async (name: string) => {
  const records = await new DynamoDbAuditLog({ client, tableName: TABLE }).since(name, '');
  return records.map(({ action, version }) => [action, version].filter(Boolean).join(' '));
};

const failedIn = ({ batchItemFailures }: SQSBatchResponse) => batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

test('events of both families become records and objects, in any order and however often; nothing that is printed has a value', async () => {
  const handler = load();
  const name = '/app/handler';
  ssm.model.do('PutParameter', { Name: name, Value: SECRET, Type: 'SecureString' });
  ssm.model.do('PutParameter', { Name: name, Value: `${SECRET}-2`, Overwrite: true });
  ssm.model.do('LabelParameterVersion', { Name: name, Labels: ['prod'] });
  ssm.model.do('PutParameter', { Name: '/apple/pie', Value: SECRET, Type: 'String' });
  expect(failedIn(await handler(batchOf([...events, ...events].reverse()), CONTEXT))).toEqual([]);
  const told = await lines(name);
  expect(told.filter((line) => line.startsWith('PutParameter'))).toEqual(['PutParameter 1', 'PutParameter 2']);
  expect(told.filter((line) => line.startsWith('LabelParameterVersion'))).toHaveLength(2); // each family is a source of its own
  expect(await lines('/apple/pie')).toEqual([]);
  const { Parameters = [] } = ssm.model.do('GetParameterHistory', { Name: name });
  const first = (await new DynamoDbAuditLog({ client, tableName: TABLE }).since(name, '')).find(({ version, labels }) => version === 1 && !labels);
  expect(first!.ttl).toBe(Math.ceil(Parameters[0]!.LastModifiedDate!.getTime() / 1000) + 400 * 86_400);
  expect(s3.objects().has(configArchiveKey(name, first!.recordId))).toBe(true);
  expect(output.printed.join('')).not.toContain(SECRET);
  for (const { Value } of Parameters) expect(output.printed.join('')).not.toContain(Value);
  expect(queues.sentTo('dead')).toEqual([]);
});

test('it calls nothing of Parameter Store but the history, and never with decryption', async () => {
  const handler = load();
  ssm.model.do('PutParameter', { Name: '/app/calls', Value: SECRET, Type: 'SecureString' });
  ssm.model.do('DeleteParameter', { Name: '/app/calls' });
  await handler(batchOf(events), CONTEXT);
  expect(new Set(calls.map(({ operation }) => operation))).toEqual(new Set([GetParameterHistoryCommand.name.replace('Command', '')]));
  for (const { input } of calls) expect((input as { WithDecryption?: boolean }).WithDecryption).not.toBe(true);
});

test('what is not visible yet comes again and holds nobody back; the last time it is recorded as lost', async () => {
  const handler = load();
  ssm.model.do('PutParameter', { Name: '/app/gone', Value: 'x', Type: 'String' });
  const put = events.find(({ 'detail-type': type }) => type === 'AWS API Call via CloudTrail')!;
  ssm.model.do('DeleteParameter', { Name: '/app/gone' });
  ssm.model.do('PutParameter', { Name: '/app/there', Value: 'x', Type: 'String' });
  const other = events.filter(({ 'detail-type': type }) => type === 'AWS API Call via CloudTrail').at(-1)!;
  expect(failedIn(await handler(batchOf([put, other]), CONTEXT))).toEqual(['m0']);
  expect(await lines('/app/there')).toEqual(['PutParameter 1']);
  expect(await lines('/app/gone')).toEqual([]);
  expect(failedIn(await handler(batchOf([put], 3), CONTEXT))).toEqual([]);
  expect(await lines('/app/gone')).toEqual(['PutParameter 1']);
});

test('poison goes to the dead letters and counts as done; failed calls are no changes', async () => {
  const handler = load();
  ssm.model.do('PutParameter', { Name: '/app/ok', Value: 'x', Type: 'String' });
  await ssm.model.call('PutParameter', { Name: '/app/ok', Value: 'y', Type: 'String' }).catch(() => {}); // it exists
  expect(failedIn(await handler(batchOf(['{', ...events]), CONTEXT))).toEqual([]);
  expect(queues.sentTo('dead')).toHaveLength(1);
  expect(await lines('/app/ok')).toEqual(['PutParameter 1']);
});

test('keeps no values where it is told not to', async () => {
  const handler = load({ [E.auditValues]: 'none' });
  ssm.model.do('PutParameter', { Name: '/app/no-values', Value: SECRET, Type: 'String' });
  await handler(batchOf(events), CONTEXT);
  const [record] = await new DynamoDbAuditLog({ client, tableName: TABLE }).since('/app/no-values', '');
  const object = s3.objects().get(configArchiveKey('/app/no-values', record!.recordId));
  expect(object!.body.toString()).toContain('PutParameter');
  expect(object!.body.toString()).not.toContain(SECRET);
});
