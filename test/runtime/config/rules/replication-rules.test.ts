import { ConfigConnection } from '../../../../runtime/config/connection';
import { ReplicationRules } from '../../../../runtime/config/rules/replication-rules';
import { DynamoDbRulesTable } from '../../../../runtime/config/tables/dynamodb-rules-table';
import { rulesTable } from '../../../support/config-tables/rules-table';
import { startDynamoDb, type DynamoDbServer } from '../../../support/dynamodb-server';
import { startParameterStore, type ParameterStoreServer } from '../../../support/parameter-store';

let server: DynamoDbServer;
let store: ParameterStoreServer;
let connection: ConfigConnection;
let table: DynamoDbRulesTable;
let rules: ReplicationRules;
let counter = 0;

beforeAll(async () => {
  [server, store] = await Promise.all([startDynamoDb({ createTable: false }), startParameterStore()]);
});
afterAll(() => Promise.all([server.close(), store.close()]));

beforeEach(async () => {
  const tableName = `rules-${counter += 1}`;
  await server.createTable(rulesTable(tableName));
  await footprint('main', { replicationTable: tableName });
  connection = connect('main');
  table = new DynamoDbRulesTable({ client: connection.dynamoDb, tableName });
  rules = new ReplicationRules({ connection });
});
afterEach(() => connection.close());

const connect = (name: string) => new ConfigConnection({
  footprint: name, home: false, region: server.clientConfig.region, credentials: server.clientConfig.credentials,
  endpoints: { ssm: store.endpoint, dynamodb: server.endpoint },
});

async function footprint(name: string, members: object) {
  const Value = JSON.stringify({ version: 1, namespaces: ['/app'], cacheTable: 'names', ...members });
  await store.model.call('PutParameter', { Name: `/cache-tiers/footprints/${name}`, Type: 'String', Value, Overwrite: true });
}

async function all() {
  const found = [];
  for await (const rule of rules.list()) found.push(rule);
  return found.sort((a, b) => a.destination < b.destination ? -1 : 1);
}

const COPY = { source: '/shared/host', destination: '/app/host' };
const MERGE = { template: 'pg://${/app/user:uri}@${/shared/host}/app', destination: '/app/url' };

test('a rule to copy is one row, written, found and removed', async () => {
  const plan = await rules.plan({ ...COPY, onSourceDelete: 'delete' });
  expect(plan).toMatchObject({ change: 'add', allowed: false, rule: { type: 'copy', sources: ['/shared/host'] } });
  expect(await all()).toEqual([]);
  await rules.write(plan, 'arn:me');
  expect(await table.rule('/app/host')).toEqual([
    { destination: '/app/host', source: '/shared/host', type: 'copy', onSourceDelete: 'delete', writtenBy: 'arn:me' },
  ]);
  const [rule] = await all();
  expect(rule).toMatchObject({ sources: ['/shared/host'], declared: false });
  expect((await rules.plan({ ...COPY, onSourceDelete: 'delete' })).change).toBe('same');
  await rules.remove(rule!);
  expect(await all()).toEqual([]);
});

test('a rule to merge is one row for each source; another in its place leaves no row of the one before', async () => {
  await rules.write(await rules.plan(COPY), 'me');
  await rules.write(await rules.plan(MERGE), 'me');
  expect((await table.rule('/app/url')).map(({ source, template }) => [source, template])).toEqual([
    ['/app/user', MERGE.template], ['/shared/host', MERGE.template],
  ]);
  expect(await all()).toMatchObject([{ destination: '/app/host', type: 'copy' }, { destination: '/app/url', type: 'merge' }]);
  const plan = await rules.plan({ source: '/shared/url', destination: '/app/url' });
  expect(plan).toMatchObject({ change: 'replace', before: { type: 'merge' } });
  await rules.write(plan, 'me');
  expect(await rules.get('/app/url')).toMatchObject({ type: 'copy', sources: ['/shared/url'] });
  expect(await rules.get('/app/url')).not.toHaveProperty('incomplete');
});

test('nobody writes in the name of the app', async () => {
  for (const writtenBy of ['app', '']) {
    await expect(rules.write(await rules.plan(COPY), writtenBy)).rejects.toMatchObject({ code: 'E_CONFIG_RULE' });
  }
  expect(await all()).toEqual([]);
});

test('a plan says whether a scope allows the rule as a whole', async () => {
  await table.putScope(0, { sources: ['/shared'], destinations: ['/app'] }, 'stack');
  expect((await rules.plan(COPY)).allowed).toBe(true);
  expect((await rules.plan({ ...COPY, source: '/sharedness/host' })).allowed).toBe(false);
  expect((await rules.plan(MERGE)).allowed).toBe(false);
  await table.putScope(1, { sources: ['/'], destinations: ['/'] }, 'stack');
  expect((await rules.plan(MERGE)).allowed).toBe(true);
  const elsewhere = { ...COPY, destination: 'arn:aws:ssm:eu-north-1:123456789012:parameter/app/host' };
  expect((await rules.plan(elsewhere)).allowed).toBe(false);
});

test('what the app declares is not touched, whatever its rows say', async () => {
  await table.declare({ destination: '/app/host', type: 'copy', sources: ['/shared/host'], owner: 'stack' });
  const refused = { code: 'E_CONFIG_RULE_DECLARED', message: expect.stringContaining('/app/host') };
  await expect(rules.plan(COPY)).rejects.toMatchObject(refused);
  await table.put({ destination: '/app/host', source: '/shared/host', type: 'copy', writtenBy: 'me' });
  const [rule] = await all();
  expect(rule).toMatchObject({ declared: true });
  await expect(rules.remove(rule!)).rejects.toMatchObject(refused);
});

test('a rule that somebody else changes meanwhile is not overwritten', async () => {
  const plan = await rules.plan(COPY);
  await table.put({ destination: '/app/host', source: '/shared/other', type: 'copy', writtenBy: 'them' });
  await expect(rules.write(plan, 'me')).rejects.toMatchObject({ code: 'E_CONFIG_RULE_CHANGED' });
  const [rule] = await all();
  await table.put({ destination: '/app/host', source: '/shared/third', type: 'copy', writtenBy: 'them' });
  await expect(rules.remove(rule!)).rejects.toMatchObject({ code: 'E_CONFIG_RULE_CHANGED' });
});

test('a rule that would read what it writes is refused', async () => {
  await rules.write(await rules.plan({ source: '/app/a', destination: '/app/b' }), 'me');
  await rules.write(await rules.plan({ source: '/app/b', destination: '/app/c' }), 'me');
  await expect(rules.plan({ source: '/app/c', destination: '/app/a' })).rejects.toMatchObject({ code: 'E_CONFIG_RULE_CYCLE' });
});

test('rows that are no rule are shown as such, and can be put right', async () => {
  await table.put({ destination: '/app/url', source: '/app/user', type: 'merge', template: MERGE.template });
  expect(await rules.get('/app/url')).toMatchObject({ incomplete: 'its rows are not the sources of its template' });
  await table.put({ destination: '/app/url', source: '/shared/host', type: 'merge', template: 'other' });
  expect(await rules.get('/app/url')).toMatchObject({ incomplete: 'its rows do not agree on template' });
  const plan = await rules.plan(MERGE);
  expect(plan.change).toBe('replace');
  await rules.write(plan, 'me');
  expect(await rules.get('/app/url')).not.toHaveProperty('incomplete');
});

test.each<[string, Parameters<ReplicationRules['plan']>[0], string]>([
  ['neither source nor template', { destination: '/a' }, 'either a source'],
  ['both', { destination: '/a', source: '/b', template: '${/c}' }, 'either a source'],
  ['a destination without a slash', { destination: 'a', source: '/b' }, "with a first slash, or the ARN of one elsewhere, got 'a'"],
  ['an ARN of something else', { destination: 'arn:aws:s3:::bucket', source: '/b' }, 'destination must be'],
  ['a source without a slash', { destination: '/a', source: 'b' }, "source must be the name of a parameter with a first slash, got 'b'"],
  ['itself', { destination: '/a', source: '/a' }, "source and destination are both '/a'"],
  ['a template with its destination', { destination: '/a', template: 'x${/a}' }, "its own destination '/a'"],
  ['a template that is none', { destination: '/a', template: 'hunter2$' }, 'a lone $ at character 8'],
  ['a merge that deletes', { destination: '/a', template: '${/b}', onSourceDelete: 'delete' }, 'must be retain where sources are merged'],
])('%s is refused', async (_, input, message) => {
  const refusal = expect(rules.plan(input)).rejects;
  await refusal.toMatchObject({ code: 'E_CONFIG_RULE', message: expect.stringContaining(message) });
  await refusal.not.toMatchObject({ message: expect.stringContaining('hunter2') });
});

test('a footprint without replication says so', async () => {
  await footprint('bare', {});
  const bare = connect('bare');
  await expect(new ReplicationRules({ connection: bare }).get('/app/x')).rejects.toMatchObject({ code: 'E_CONFIG_NO_REPLICATION' });
  bare.close();
});
