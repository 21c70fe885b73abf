import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { tableFromIPC } from 'apache-arrow';
import { startParameterStore } from '../../../test/support/parameter-store';

let server: Awaited<ReturnType<typeof startParameterStore>>;
let ssm: SSMClient;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  server = await startParameterStore();
  ssm = new SSMClient(server.clientConfig);
  environment = process.env;
  process.env = { ...environment, ...server.environment };
  start(); // compiles all of it, which no test should have to wait for
}, 300_000);

afterAll(async () => {
  process.env = environment;
  ssm.destroy();
  await server.close();
});

/** The function as Lambda starts it. Of its tiers it finds Parameter Store; the others are in its memory. */
function start() {
  let started!: typeof import('../service/api');
  jest.isolateModules(() => { started = jest.requireActual<typeof import('../service/api')>('../service/api'); });
  return (rawPath: string, headers: Readonly<Record<string, string>> = {}) => started.handler({ rawPath, headers });
}

type Answer = Awaited<ReturnType<ReturnType<typeof start>>>;
const cacheOf = ({ headers }: Answer) => [headers['x-cache'], headers['x-rates-asked']];
const salesIn = ({ body }: Answer) => tableFromIPC(Buffer.from(body, 'base64'));

test('the first answer asks the bank for each currency, the second is the first', async () => {
  const ask = start();
  const [one, two] = [await ask('/sales/2026-10'), await ask('/sales/2026-10')];
  expect([cacheOf(one), cacheOf(two)]).toEqual([['miss', '4'], ['hit', '0']]);
  expect(two.body).toBe(one.body);
  expect(salesIn(one).numRows).toBe(20_000);
});

test('of another month only the sales are others', async () => {
  const ask = start();
  const [october, november] = [await ask('/sales/2026-10'), await ask('/sales/2026-11')];
  expect(cacheOf(november)).toEqual(['miss', '0']);
  expect(november.body).not.toBe(october.body);
});

test('who wants it anew gets it anew', async () => {
  const ask = start();
  await ask('/sales/2026-10');
  expect(cacheOf(await ask('/sales/2026-10', { 'cache-control': 'no-cache' }))).toEqual(['miss', '0']);
});

test('settings say which sales there are, and in which currency', async () => {
  for (const [Name, Value] of [['/reports/currency', 'JPY'], ['/reports/minimum', '100000']]) {
    await ssm.send(new PutParameterCommand({ Name, Value, Type: 'String' }));
  }
  const answer = await start()('/sales/2026-10');
  expect(answer.headers['x-currency']).toBe('JPY');
  const amounts = [...salesIn(answer).getChild('amount')!.toArray() as Float64Array];
  expect(amounts.length).toBeLessThan(20_000);
  expect(Math.min(...amounts)).toBeGreaterThanOrEqual(100_000);
});

test('a setting that nobody understands is an error that says so', async () => {
  await ssm.send(new PutParameterCommand({ Name: '/reports/currency', Value: 'gold', Type: 'String', Overwrite: true }));
  await expect(start()('/sales/2026-10')).rejects.toThrow('/reports/currency is "gold": use EUR, USD, JPY, CHF');
});

test('anything else is not here', async () => {
  expect(await start()('/sales/october')).toMatchObject({ statusCode: 404 });
});
