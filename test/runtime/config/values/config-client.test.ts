import { ConfigClient, type ConfigClientOptions } from '../../../../runtime/config';
import { startParameterStore, type ParameterStoreServer } from '../../../support/parameter-store';
import { startFaultProxy, type FaultProxy } from '../../../support/fault-proxy';

let now = 1_700_000_000_000;
let server: ParameterStoreServer;
let proxy: FaultProxy;
const clients: ConfigClient[] = [];

beforeEach(async () => {
  now = 1_700_000_000_000;
  server = await startParameterStore({ now: () => now });
  proxy = await startFaultProxy({ upstream: { endpoint: server.endpoint, tableName: 'none' } });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await proxy.close();
  await server.close();
});

const put = (Name: string, Value: string, more: object = {}) =>
  server.model.do('PutParameter', { Name, Value, Type: 'String', Overwrite: true, ...more });
const open = (options: ConfigClientOptions = {}) => {
  const { region, credentials } = server.clientConfig;
  const client = new ConfigClient({ region, credentials, env: {}, now: () => now, endpoints: { ssm: proxy.endpoint }, ...options });
  clients.push(client);
  return client;
};

test('by name, names and path', async () => {
  put('/app/a', 'one');
  put('/app/b', 'two', { Type: 'SecureString' });
  put('/app/deep/c', 'three,four', { Type: 'StringList' });
  const client = open();
  expect(await client.get('/app/a')).toBe('one');
  expect(await client.get(['/app/a', '/app/b'])).toEqual({ '/app/a': 'one', '/app/b': 'two' });
  expect(await client.get({ path: '/app' })).toEqual({ '/app/a': 'one', '/app/b': 'two' });
  expect(await client.get({ path: '/app/', recursive: true })).toEqual({ '/app/a': 'one', '/app/b': 'two', '/app/deep/c': 'three,four' });
  expect(await client.getList('/app/deep/c')).toEqual(['three', 'four']);
  expect(proxy.counts()).toEqual({ GetParameter: 2, GetParametersByPath: 2 });
});
