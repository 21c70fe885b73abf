import { startDynamoDb, type DynamoDbServer } from '../../../test/support/dynamodb-server';

let server: DynamoDbServer;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  server = await startDynamoDb();
  environment = process.env;
  // What Lambda and `cache.bind` give the function; and time, since the machine may be busy.
  process.env = { ...environment, ...server.environment, AWS_LAMBDA_FUNCTION_NAME: 'get-product', CATALOGUE_DELAY: '20', TABLE_BUDGET: '5000' };
});

afterAll(async () => {
  process.env = environment;
  await server.close();
});

/** The function as Lambda starts it: modules are loaded anew, memory is empty. */
function start(): typeof import('../get-product') {
  let started!: typeof import('../get-product');
  jest.isolateModules(() => { started = jest.requireActual<typeof import('../get-product')>('../get-product'); });
  return started;
}

const get = (id: string) => ({ pathParameters: { id } });

test('the first request asks the catalogue, later ones and other instances do not', async () => {
  const one = start();
  const first = await one.handler(get('p1'));
  expect(first).toMatchObject({ statusCode: 200, headers: { 'x-cache': 'miss' } });
  expect(await one.handler(get('p1'))).toEqual({ ...first, headers: { ...first.headers, 'x-cache': 'hit' } });
  const other = start();
  expect(await other.handler(get('p1'))).toMatchObject({ headers: { 'x-cache': 'hit' }, body: first.body });
  expect(other.product.stats()).toMatchObject({ tableHits: 1, executions: 0 });
});

test('what does not exist is remembered too', async () => {
  const { handler } = start();
  expect(await handler(get('nothing'))).toMatchObject({ statusCode: 404, headers: { 'x-cache': 'miss' } });
  expect(await handler(get('nothing'))).toMatchObject({ statusCode: 404, headers: { 'x-cache': 'hit' } });
});
