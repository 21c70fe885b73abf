import { applyPromotion, planPromotion, type ApplyOptions, type PromotionPlan, type PromotionQuery } from '../../../../runtime/config/promote';
import { ConfigConnection } from '../../../../runtime/config/connection';
import { ParameterStoreError, startParameterStore, type Input, type ParameterStoreServer } from '../../../support/parameter-store';

let here: ParameterStoreServer;
let there: ParameterStoreServer;
beforeEach(async () => {
  [here, there] = await Promise.all([startParameterStore(), startParameterStore({ account: '210987654321', typeChange: 'refused' })]);
});
afterEach(() => Promise.all([here.close(), there.close()]));

interface Shown { readonly Name: string; readonly Value: string; readonly Version: number; readonly KeyId?: string }
const put = (server: ParameterStoreServer, name: string, value: string, more: object = {}) =>
  server.model.call('PutParameter', { Name: name, Value: value, Type: 'String', ...more } as Input<'PutParameter'>);
const connect = ({ clientConfig: { endpoint, ...place } }: ParameterStoreServer) => {
  const connection = new ConfigConnection({ ...place, endpoints: { ssm: endpoint }, home: false });
  opened.push(connection);
  return connection;
};
const opened: ConfigConnection[] = [];
afterEach(() => { for (const connection of opened.splice(0)) connection.close(); });
const clients = () => ({ source: connect(here), destination: connect(there) });
const plan = (query: Partial<PromotionQuery> = {}) => planPromotion(clients(), { from: '/app/staging', to: '/app/prod', ...query });
const summary = ({ steps }: PromotionPlan) => steps.map(({ kind, destination }) => `${kind} ${destination}`);

async function apply(of: PromotionPlan, options: ApplyOptions = {}) {
  const outcomes = [];
  for await (const { step, outcome, reason } of applyPromotion(clients(), of, { sleep: async () => {}, ...options })) {
    outcomes.push(`${outcome} ${step.destination}${reason ? `: ${reason}` : ''}`);
  }
  return outcomes;
}

async function values(server: ParameterStoreServer, path = '/app/prod') {
  const found = await server.model.call('GetParametersByPath', { Path: path, Recursive: true, WithDecryption: true }) as { Parameters: Shown[] };
  return Object.fromEntries(found.Parameters.map(({ Name, Value, Version }) => [Name, `${Value} v${Version}`]));
}

test('creates, updates and leaves alone, and what only the destination has stays', async () => {
  await put(here, '/app/staging/new', 'n');
  await put(here, '/app/staging/db/host', 'h2');
  await put(here, '/app/staging/same', 's');
  await put(here, '/app/stagings/other', 'x');
  await put(there, '/app/prod/db/host', 'h1');
  await put(there, '/app/prod/same', 's');
  await put(there, '/app/prod/own', 'o');
  const made = await plan();
  expect(summary(made)).toEqual(['update /app/prod/db/host', 'create /app/prod/new', 'unchanged /app/prod/same']);
  expect(made.others).toBe(1);
  expect(await apply(made)).toEqual(['done /app/prod/db/host', 'done /app/prod/new']);
  expect(await values(there)).toEqual({ '/app/prod/db/host': 'h2 v2', '/app/prod/new': 'n v1', '/app/prod/own': 'o v1', '/app/prod/same': 's v1' });
  expect(await apply(made)).toEqual(['same /app/prod/db/host', 'same /app/prod/new']);
  expect(summary(await plan())).toEqual(['unchanged /app/prod/db/host', 'unchanged /app/prod/new', 'unchanged /app/prod/same']);
});

test('secrets only when asked, under the destination\'s key; no plan holds a value', async () => {
  await put(here, '/app/staging/password', 'hunter2', { Type: 'SecureString', KeyId: 'alias/staging' });
  await put(here, '/app/staging/token', 'hunter3', { Type: 'SecureString', KeyId: 'alias/staging' });
  await put(there, '/app/prod/password', 'old', { Type: 'SecureString', KeyId: 'alias/prod' });
  expect(summary(await plan())).toEqual(['skip /app/prod/password', 'skip /app/prod/token']);
  expect(await apply(await plan())).toEqual([]);
  const made = await plan({ secrets: true });
  expect(JSON.stringify(made)).not.toMatch(/hunter|old/);
  expect(await apply(made, { keyId: 'alias/new' })).toEqual(['done /app/prod/password', 'done /app/prod/token']);
  expect(await values(there)).toEqual({ '/app/prod/password': 'hunter2 v2', '/app/prod/token': 'hunter3 v1' });
  const keyOf = async (Name: string) => (await there.model.call('GetParameterHistory', { Name }) as { Parameters: Shown[] }).Parameters.at(-1)!.KeyId;
  expect([await keyOf('/app/prod/password'), await keyOf('/app/prod/token')]).toEqual(['alias/prod', 'alias/new']);
});

test('description, pattern, tier and data type go along; the destination\'s stay where the source has none', async () => {
  await put(here, '/app/staging/a', 'a2', { Tier: 'Advanced', Description: 'of a', AllowedPattern: '^a' });
  await put(here, '/app/staging/b', 'b2');
  await put(there, '/app/prod/b', 'b1', { Description: 'of b', AllowedPattern: '^b' });
  await apply(await plan());
  const last = async (Name: string) => (await there.model.call('GetParameterHistory', { Name }) as { Parameters: Shown[] }).Parameters.at(-1);
  expect(await last('/app/prod/a')).toMatchObject({ Tier: 'Advanced', Description: 'of a', AllowedPattern: '^a' });
  expect(await last('/app/prod/b')).toMatchObject({ Value: 'b2', Description: 'of b', AllowedPattern: '^b' });
});

test('what has changed since the plan is not touched', async () => {
  for (const name of ['a', 'b', 'c']) await put(here, `/app/staging/${name}`, '1');
  await put(there, '/app/prod/a', '0');
  await put(there, '/app/prod/b', '0');
  const made = await plan();
  await put(there, '/app/prod/a', '9', { Overwrite: true });
  await there.model.call('DeleteParameter', { Name: '/app/prod/b' });
  await put(there, '/app/prod/c', '9');
  expect(await apply(made)).toEqual([
    'conflict /app/prod/a: the destination has been changed since the plan: it has version 2',
    'conflict /app/prod/b: the destination has been deleted since the plan',
    'conflict /app/prod/c: the destination has been created since the plan: it has version 1',
  ]);
});

test('the version that was planned is written, whatever the source is by then', async () => {
  await put(here, '/app/staging/a', '1');
  const made = await plan();
  await put(here, '/app/staging/a', '2', { Overwrite: true });
  expect(await apply(made)).toEqual(['done /app/prod/a']);
  expect(await values(there)).toEqual({ '/app/prod/a': '1 v1' });
});

test('another type is skipped, a replica is skipped, and one that fails stops none of the others', async () => {
  await put(here, '/app/staging/a', '1');
  await put(here, '/app/staging/b', 'x');
  await put(here, '/app/staging/c', '1');
  await put(here, '/app/staging/d', '1');
  await put(there, '/app/prod/a', '0', { Type: 'StringList' });
  await put(there, '/app/prod/b', '0', { AllowedPattern: '^[0-9]$' });
  await put(there, '/app/prod/c', '0', { Description: 'Replicated from /shared/c' });
  const made = await plan();
  expect(made.steps[0]).toMatchObject({ kind: 'skip', reason: 'it is a String here and a StringList there: a parameter keeps its type' });
  expect(await apply(made)).toEqual([
    'failed /app/prod/b: ParameterPatternMismatchException',
    "skipped /app/prod/c: replication writes it: its description begins with 'Replicated from'",
    'done /app/prod/d',
  ]);
});

test('a write that is throttled is tried again, one whose answer is lost is not', async () => {
  await put(here, '/app/staging/a', '1');
  await put(here, '/app/staging/b', '1');
  const made = await plan();
  there.model.failNext('PutParameter', new ParameterStoreError('ThrottlingException', 'Rate exceeded'));
  there.model.failNext('PutParameter', new ParameterStoreError('TooManyUpdates', 'busy'));
  const answered: string[] = [];
  there.model.intercept({ after: ({ operation, input }) => {
    if (operation !== 'PutParameter') return;
    answered.push((input as { Name: string }).Name);
    if (answered.length === 1) throw new Error('the connection breaks');
  } });
  expect(await apply(made)).toEqual([expect.stringMatching(/^failed \/app\/prod\/a: /), 'done /app/prod/b']);
  there.model.intercept();
  expect(await apply(made)).toEqual(['same /app/prod/a', 'same /app/prod/b']);
  expect(await values(there)).toEqual({ '/app/prod/a': '1 v1', '/app/prod/b': '1 v1' });
});

test('more than one page, and a path that is itself a parameter', async () => {
  await put(here, '/app/staging', 'itself');
  for (let i = 0; i < 25; i += 1) await put(here, `/app/staging/p${i}`, String(i));
  const made = await plan();
  expect(made.steps).toHaveLength(26);
  await apply(made);
  expect((await plan()).steps.every(({ kind }) => kind === 'unchanged')).toBe(true);
});

test('paths that are none, or have parameters in common, are refused', async () => {
  await expect(plan({ from: 'app' })).rejects.toMatchObject({ code: 'E_CONFIG_PROMOTE', message: expect.stringContaining("got 'app'") });
  await expect(plan({ to: '/app/' })).rejects.toMatchObject({ code: 'E_CONFIG_PROMOTE', message: expect.stringContaining('to must be') });
  const one = connect(here);
  await expect(planPromotion({ source: one, destination: one }, { from: '/app', to: '/app/copy' })).rejects
    .toMatchObject({ code: 'E_CONFIG_PROMOTE' });
  await put(here, '/app/a', '1');
  const sides = { source: one, destination: connect(here) };
  await expect(planPromotion(sides, { from: '/app', to: '/app' })).rejects
    .toMatchObject({ message: expect.stringContaining('parameters in common') });
});
