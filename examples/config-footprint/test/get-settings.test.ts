import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { startParameterStore } from '../../../test/support/parameter-store';

let server: Awaited<ReturnType<typeof startParameterStore>>;
let ssm: SSMClient;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  server = await startParameterStore();
  ssm = new SSMClient(server.clientConfig);
  environment = process.env;
  process.env = { ...environment, ...server.environment, SETTINGS_PATH: '/app/shop' };
});

afterAll(async () => {
  process.env = environment;
  ssm.destroy();
  await server.close();
});

const put = (Name: string, Value: string, Type: 'String' | 'SecureString' = 'String') =>
  ssm.send(new PutParameterCommand({ Name, Value, Type, Overwrite: true }));

/** The function as Lambda starts it. */
function start(): typeof import('../get-settings') {
  let started!: typeof import('../get-settings');
  jest.isolateModules(() => { started = jest.requireActual<typeof import('../get-settings')>('../get-settings'); });
  return started;
}

test('without parameters there are defaults', async () => {
  expect(await start().handler()).toEqual({ names: [], pageSize: 20 });
});

test('parameters below the path are read, secrets among them, and none is in the answer', async () => {
  await put('/app/shop/page-size', '50');
  await put('/app/shop/db/url', 'postgres://shop:secret@db.example.internal/shop', 'SecureString');
  await put('/app/shopping/page-size', '1');
  const { handler } = start();
  const settings = await handler();
  expect(settings).toEqual({ names: ['db/url', 'page-size'], pageSize: 50, database: 'db.example.internal' });
  expect(JSON.stringify(settings)).not.toContain('secret');
});

test('an instance keeps what it has read for a minute, unless it is told to look again', async () => {
  const { handler } = start();
  await put('/app/shop/page-size', '60');
  expect((await handler()).pageSize).toBe(60);
  await put('/app/shop/page-size', '70');
  expect((await handler()).pageSize).toBe(60);
  expect((await handler({ refresh: true })).pageSize).toBe(70);
});
