import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { createHandler } from '../../../lambda-src/memo-flush/memo-flush';
import { startDynamoDb, type DynamoDbServer } from '../../support/dynamodb-server';
import { captureLog, CONTEXT, createEvent, SIGNATURE } from '../events';
import { isolated } from '../isolated';

const REPOSITORY = path.join(__dirname, '../../..');
const FORMER = { ...process.env };

let dynamoDb: DynamoDbServer;
let cloudFormation: Server;
let answers: string[];

beforeAll(async () => {
  dynamoDb = await startDynamoDb();
  cloudFormation = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => { body += chunk; }).on('end', () => { answers.push(body); response.end(); });
  });
  await new Promise<void>((resolve) => { cloudFormation.listen(0, '127.0.0.1', resolve); });
});

afterAll(async () => {
  cloudFormation.closeAllConnections();
  cloudFormation.close();
  await dynamoDb.close();
});

beforeEach(() => {
  answers = [];
  process.env = { ...FORMER, ...dynamoDb.environment, CACHE_TABLE_REGION: 'us-east-1' };
});
afterEach(() => {
  process.env = FORMER;
  jest.restoreAllMocks();
});

function load(): ReturnType<typeof createHandler> {
  type Module = { readonly handler: ReturnType<typeof createHandler> };
  return isolated(() => jest.requireActual<Module>('../../../lambda-src/memo-flush/memo-flush.lambda')).handler;
}

const event = (names?: string[]) => createEvent({ Trigger: 'v1', ...(names && { FunctionNames: names }) }, {
  ResponseURL: `http://127.0.0.1:${(cloudFormation.address() as AddressInfo).port}/?${SIGNATURE}`,
});

/** Milliseconds of our days: counters are raised to the time. */
const TIME = /^\d{13}$/;

async function counter(scope: string): Promise<string | undefined> {
  const { Item } = await dynamoDb.client.send(new GetItemCommand({ TableName: dynamoDb.tableName, Key: { pk: { S: scope }, sk: { S: 'G' } } }));
  return Item?.k?.N;
}

test('raises the counter of a table and tells CloudFormation', async () => {
  captureLog();
  await load()(event(), CONTEXT);
  expect(await counter('#all')).toMatch(TIME);
  expect(answers.map((body) => JSON.parse(body) as unknown)).toMatchObject([{ Status: 'SUCCESS', LogicalResourceId: 'Flush' }]);
});

test('so does the bundle that is shipped, alone', async () => {
  const script = `import('./assets/memo-flush/index.mjs').then(({ handler }) => handler(${JSON.stringify(event(['user', 'team']))},
    { getRemainingTimeInMillis: () => 60000, logGroupName: 'group', logStreamName: 'stream' }))`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { cwd: REPOSITORY, env: { ...process.env, NODE_OPTIONS: '' } });
  expect([await counter('#fn#user'), await counter('#fn#team')]).toEqual([expect.stringMatching(TIME), expect.stringMatching(TIME)]);
  expect(answers.map((body) => JSON.parse(body) as unknown)).toMatchObject([{ Status: 'SUCCESS' }]);
  expect(stdout).not.toContain(SIGNATURE);
});

test('answers with failure when the table is missing', async () => {
  captureLog();
  process.env.CACHE_TABLE = 'no-such-table';
  await load()(event(), CONTEXT);
  expect(answers.map((body) => JSON.parse(body) as unknown)).toMatchObject([
    { Status: 'FAILED', Reason: expect.stringContaining('ResourceNotFoundException') as string },
  ]);
});

test.each(['CACHE_TABLE', 'CACHE_TABLE_REGION'])('fails at its start without %s, and names it', (name) => {
  delete process.env[name];
  expect(load).toThrow(`the environment variable ${name} is not set: the construct sets it, so deploy its stack again`);
});
