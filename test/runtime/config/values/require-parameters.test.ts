import { inspect } from 'node:util';
import { ConfigClient, ConfigConnection, requireParameters } from '../../../../runtime/config';
import { ParameterStoreError } from '../../../support/parameter-store';
import { rejection, startValues, type ValuesKit } from './values-kit';

let kit: ValuesKit;
beforeEach(async () => { kit = await startValues(); });
afterEach(() => kit.close());

test('gives the values by their full names', async () => {
  for (const name of ['/app/a', '/app/db/url']) kit.put(name, `value of ${name}`, { Type: 'SecureString' });
  const values = { '/app/a': 'value of /app/a', '/app/db/url': 'value of /app/db/url' };
  expect(await requireParameters(['/app/a', '/app/db/url'], kit.connection)).toEqual(values);
  expect(await requireParameters({ path: '/app', names: ['a', '/db/url', 'a'] }, kit.connection)).toEqual(values);
  expect(await requireParameters({ path: '/', names: ['app/a'] }, kit.connection)).toEqual({ '/app/a': 'value of /app/a' });
  expect(await requireParameters(['/app/a:1'], kit.connection)).toEqual({ '/app/a:1': 'value of /app/a' });
});

test('one error names all that are missing, and apart from these all that may not be read', async () => {
  for (const i of [...Array(30).keys()]) kit.put(`/app/${i}`, 'hunter2');
  kit.put('/app/secret', 'hunter2', { Type: 'SecureString' });
  kit.server.model.intercept({
    before: ({ input }) => {
      const text = JSON.stringify(input);
      if (text.includes('"/app/7"')) throw new ParameterStoreError('AccessDeniedException', 'not authorized: ssm:GetParameter');
      if (text.includes('"/app/secret"')) throw new ParameterStoreError('AccessDeniedException', 'The ciphertext refers to a missing key');
    },
  });
  const print = jest.spyOn(process.stdout, 'write');
  const names = [...[...Array(32).keys()].map(String), 'secret', '3:9'];
  const error = await rejection(requireParameters({ path: '/app', names }, kit.connection));
  expect(print).not.toHaveBeenCalled();
  print.mockRestore();
  expect(error).toMatchObject({
    code: 'E_CONFIG_PARAMETERS_MISSING', missing: ['/app/30', '/app/31', '/app/3:9'], denied: ['/app/7', '/app/secret'],
    message: '3 required parameters do not exist: "/app/30", "/app/31", "/app/3:9"; '
      + '2 may not be read, or not be decrypted: "/app/7", "/app/secret". '
      + 'Create what is missing, check account and Region, and allow the caller to read them',
  });
  expect(inspect(error, { depth: 9 })).not.toContain('hunter2');
});

test('no network is no missing parameter', async () => {
  await kit.proxy.set('refused');
  expect(await rejection(requireParameters(['/app/a', '/app/b'], kit.connection))).toMatchObject({ failure: 'connection' });
});

test.each([[[]], [{ path: '/app', names: [] }], [{ path: '/app' }], [undefined], [null], ['/app/a']])('%j requires nothing', async (required) => {
  expect(await rejection(requireParameters(required as string[], kit.connection))).toMatchObject({ code: 'E_CONFIG_NAME' });
});

test('a connection that is given stays open, and can be shared', async () => {
  kit.put('/app/a', 'one');
  const connection = new ConfigConnection(kit.connection);
  expect(await requireParameters(['/app/a'], { connection })).toEqual({ '/app/a': 'one' });
  const client = new ConfigClient({ connection });
  expect(await client.get('/app/a')).toBe('one');
  expect(kit.proxy.connections).toBe(1);
  connection.close();
});

test('in Lambda it needs nothing but what bind has set, and no folder', async () => {
  kit.put('/app/a', 'one');
  const env = {
    ...kit.server.environment, AWS_ENDPOINT_URL_SSM: kit.proxy.endpoint, AWS_LAMBDA_FUNCTION_NAME: 'fn', HOME: '/nowhere',
    CONFIG_FOOTPRINT: '/cache-tiers/footprints/main',
  };
  kit.put('/cache-tiers/footprints/main', JSON.stringify({ version: 1, namespaces: ['/app'], cacheTable: 'names' }));
  expect(await requireParameters(['/app/a'], { env })).toEqual({ '/app/a': 'one' });
  const connection = new ConfigConnection({ env });
  expect(connection.home).toBeUndefined();
  expect(await connection.footprint()).toMatchObject({ name: 'main' });
  connection.close();
});
