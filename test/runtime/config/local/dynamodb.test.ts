import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { build } from 'esbuild';
import { ConfigConnection, type ConfigConnectionOptions } from '../../../../runtime/config';
import { LocalConfigCache } from '../../../../runtime/config/local/local-config-cache';
import { dynamoDbRemoteNames } from '../../../../runtime/config/local/remote-names';
import { DynamoDbCacheTable } from '../../../../runtime/config/tables/dynamodb-cache-table';
import { cacheTable } from '../../../support/config-tables/cache-table';
import { startDynamoDb, TEST_CREDENTIALS, type DynamoDbServer } from '../../../support/dynamodb-server';
import { startParameterStore, type ParameterStoreServer } from '../../../support/parameter-store';

jest.setTimeout(60_000);

const FOOTPRINT = { version: 1, namespaces: ['/app'], cacheTable: 'names', tombstoneDays: 30 };

let home: string;
let dynamoDb: DynamoDbServer;
let ssm: ParameterStoreServer;
let connection: ConfigConnection;
let table: DynamoDbCacheTable;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'copy-'));
  [dynamoDb, ssm] = await Promise.all([startDynamoDb({ createTable: false }), startParameterStore({ region: 'us-east-1' })]);
  await dynamoDb.createTable(cacheTable('names'));
  ssm.model.do('PutParameter', { Name: '/cache-tiers/footprints/main', Value: JSON.stringify(FOOTPRINT), Type: 'String' });
  connection = new ConfigConnection(options());
  table = new DynamoDbCacheTable({ client: connection.dynamoDb, tableName: 'names' });
  await table.openEpoch('one');
});
afterEach(async () => {
  connection.close();
  await Promise.all([dynamoDb.close(), ssm.close()]);
  rmSync(home, { recursive: true });
});

const options = (): ConfigConnectionOptions => ({
  footprint: 'main', region: 'us-east-1', credentials: TEST_CREDENTIALS, env: {}, home,
  endpoints: { ssm: ssm.endpoint, dynamodb: dynamoDb.endpoint },
});

async function put(name: string, revision = 1, state: 'ACTIVE' | 'DELETED' = 'ACTIVE'): Promise<void> {
  const metadata = {
    name, version: revision, lastModified: 1_700_000_000_000, type: 'SecureString', tier: 'Standard', allowedPattern: '.*', policies: '[]',
  };
  const row = { name, state, revision, changed: Date.now() - 1_000 + revision, ...(state === 'ACTIVE' && { metadata }) };
  expect(await table.put(row, revision === 1 ? undefined : revision - 1)).toBe(true);
}

test('names of a table are read page by page, then what has changed', async () => {
  await Promise.all(Array.from({ length: 40 }, (_, i) => put(`/app/${i}`)));
  const remote = dynamoDbRemoteNames(connection.dynamoDb, 'names', 2);
  const cache = new LocalConfigCache({ connection, remote });
  const progress: number[] = [];
  expect(await cache.sync({ onProgress: ({ itemsRead }) => progress.push(itemsRead) })).toMatchObject({ kind: 'full', reason: 'new', itemsRead: 40 });
  expect(progress).toEqual([...progress].sort((a, b) => a - b));
  expect(cache.count()).toBe(40);
  expect(cache.get('/app/7')).toEqual({ name: '/app/7', version: 1, lastModified: 1_700_000_000_000, type: 'SecureString', tier: 'Standard' });

  await put('/app/7', 2, 'DELETED');
  await put('/app/8', 2);
  expect(await cache.sync()).toMatchObject({ kind: 'incremental', changed: 2 });
  expect(cache.get('/app/7')).toBeUndefined();
  expect(cache.get('/app/8')).toMatchObject({ version: 2 });
  expect(cache.count()).toBe(39);
});

test('a row that somebody has damaged is a name of which nothing is known; the row about the table is none', async () => {
  await put('/app/a');
  await dynamoDb.client.send(new PutItemCommand({
    TableName: 'names',
    Item: {
      parameter_name: { S: '/app/b' }, state: { S: 'ODD' }, revision: { N: '1' }, change_shard: { S: '3' }, changed: { N: '1' }, version: { S: 'x' },
    },
  }));
  const cache = new LocalConfigCache({ connection });
  await cache.sync();
  expect([...cache.names()].map(({ name, version }) => [name, version])).toEqual([['/app/a', 1], ['/app/b', undefined]]);
});

test('a table that cannot be read is an error, and the copy is as it was', async () => {
  await put('/app/a');
  await new LocalConfigCache({ connection }).sync();
  const cut = new ConfigConnection({ ...options(), endpoints: { ssm: ssm.endpoint, dynamodb: 'http://127.0.0.1:1' } });
  const cache = new LocalConfigCache({ connection: cut });
  await expect(cache.sync()).rejects.toMatchObject({ name: expect.stringMatching(/./) as string });
  expect((await cache.refresh()).error).toBeDefined();
  cut.close();
  expect(cache.get('/app/a')).toMatchObject({ version: 1 });
});

test('another process finds the copy by its options alone, asking nobody and loading nothing that could', async () => {
  await put('/app/a');
  await new LocalConfigCache({ connection }).sync();
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
  const open = JSON.stringify({ ...options(), endpoints: { ssm: 'http://127.0.0.1:1', dynamodb: 'http://127.0.0.1:1' } });
  const { metafile } = await build({
    stdin: {
      contents: `import { LocalConfigCache } from './local-config-cache';
        const cache = new LocalConfigCache(${open});
        void cache.open().then(({ known }) => process.stdout.write(JSON.stringify([known, cache.prefix('/app').map(({ name }) => name)])));`,
      resolveDir: join(__dirname, '../../../../runtime/config/local'), loader: 'ts',
    },
    outdir: folder, entryNames: 'main', outExtension: { '.js': '.mjs' }, bundle: true, splitting: true, platform: 'node', format: 'esm',
    metafile: true,
  });
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'main.mjs')], { env: { ...process.env, NODE_OPTIONS: '' } });
  expect(JSON.parse(stdout)).toEqual([true, ['/app/a']]);
  rmSync(folder, { recursive: true });

  const outputs = Object.entries(metafile.outputs);
  const [main] = outputs.find(([name]) => name.endsWith('main.mjs'))!;
  const atOnce = new Set([main]);
  for (const name of atOnce) {
    for (const { path, kind } of metafile.outputs[name]?.imports ?? []) if (kind === 'import-statement') atOnce.add(path);
  }
  const inputs = [...atOnce].flatMap((name) => Object.keys(metafile.outputs[name]?.inputs ?? {}));
  expect(inputs.filter((name) => /runtime\/aws\/(http|sign|service-client|json-client|credential|ssm|kms)/.test(name))).toEqual([]);
});
