import { DynamoDbRulesTable } from '../../../runtime/config/tables/dynamodb-rules-table';
import { dynamoDbClient } from '../../../runtime/aws/dynamodb';
import { startConfigWorld, type ConfigWorld } from './world';

let world: ConfigWorld;
let table: DynamoDbRulesTable;
beforeEach(async () => {
  world = await startConfigWorld();
  table = new DynamoDbRulesTable({ client: dynamoDbClient(world.dynamoDb.clientConfig), tableName: world.tables.rules });
});
afterEach(() => world.close());

const share = (...args: string[]) => world.config(['share', ...args]);

test('writes, lists and removes a rule, and says that a scope must allow it', async () => {
  const written = await share('/shared/host', '/app/host', '--yes');
  expect([written.code, written.stdout]).toEqual([0, 'written\n']);
  expect(written.stderr).toMatch(/^share, a rule to copy:\n {2}\+ \/app\/host {2}from \/shared\/host\n {2}warning: no scope .*\n {2}refusals are in the metric/);
  expect(await share('/shared/host', '/app/host', '--yes')).toMatchObject({ code: 0, stdout: 'the rule is there already\n', stderr: '' });
  expect((await share('--list')).stdout).toMatch(/^destination +type +sources +written by\n\/app\/host +copy +\/shared\/host +cli\n$/);
  expect((await share('--list', '--json')).json()).toMatchObject({ destination: '/app/host', declared: false });
  expect(await share('--remove', '/app/host', '--yes')).toMatchObject({ code: 0, stdout: 'removed\n' });
  expect(await share('--remove', '/app/host', '--yes')).toMatchObject({ code: 3, stdout: '' });
  expect((await share('--list')).stdout).toBe('no rules\n');
});

test('merges by a template', async () => {
  await table.putScope(0, { sources: ['/shared'], destinations: ['/app'] }, 'stack');
  const { code, stderr, json } = await share('--merge', '${/shared/user:uri}@${/shared/host}', '--destination', '/app/url', '--yes', '--json');
  expect([code, stderr]).toEqual([0, expect.stringContaining('a scope of the app allows it')]);
  expect(json()).toEqual({ change: 'add', allowed: true, rule: {
    destination: '/app/url', type: 'merge', template: '${/shared/user:uri}@${/shared/host}', sources: ['/shared/host', '/shared/user'],
  } });
});

test('asks, and does nothing if the answer is no', async () => {
  const refused = await world.config(['share', '/shared/host', '/app/host'], { keys: 'n\r' });
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/nothing was done\n$/) });
  expect(await share('/shared/host', '/app/host')).toMatchObject({ code: 2, stderr: expect.stringContaining('pass --yes') });
  expect((await share('--list')).stdout).toBe('no rules\n');
});

test('what the app declares is left to the app', async () => {
  await table.declare({ destination: '/app/host', type: 'copy', sources: ['/shared/host'], owner: 'stack' });
  await table.put({ destination: '/app/host', source: '/shared/host', type: 'copy', writtenBy: 'app' });
  const said = { code: 1, stderr: expect.stringContaining("the rule of '/app/host' is declared by the app") };
  expect(await share('/shared/other', '/app/host', '--yes')).toMatchObject(said);
  expect(await share('--remove', '/app/host', '--yes')).toMatchObject(said);
  expect((await share('--list')).stdout).toMatch(/ app\n$/);
});

test.each([
  [[], 'a source and a destination are needed'],
  [['/a'], 'a source and a destination are needed'],
  [['/a', '/b', '--list'], '--list shows all rules'],
  [['--remove'], '--remove needs one destination'],
  [['--merge', '${/a}'], '--destination is missing'],
  [['--merge', '${/a}', '/b', '--destination', '/c'], "leave out '/b'"],
  [['a', '/b', '--yes'], "source must be the name of a parameter with a first slash, got 'a'"],
  [['/a', '/b', '--on-source-delete', 'shred'], "option '--on-source-delete <what>' argument 'shred' is invalid"],
])('%j is wrong usage', async (args, message) => {
  expect(await share(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
});
