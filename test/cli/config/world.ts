import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDynamoDb, TEST_CREDENTIALS, TEST_REGION, type DynamoDbServer } from '../../support/dynamodb-server';
import { auditTable } from '../../support/config-tables/audit-table';
import { cacheTable } from '../../support/config-tables/cache-table';
import { rulesTable } from '../../support/config-tables/rules-table';
import { startParameterStore, type Input, type ParameterStoreServer } from '../../support/parameter-store';
import { cli, type RunOptions, type RunResult } from '../terminal';

/** What is deployed, and a home folder, as a config command finds them. */
export interface ConfigWorld {
  readonly store: ParameterStoreServer;
  readonly dynamoDb: DynamoDbServer;
  readonly home: string;
  readonly tables: { readonly cache: string; readonly audit: string; readonly rules: string };
  readonly env: Readonly<Record<string, string>>;
  /** Runs `cache-tiers config …`. */
  config(args: readonly string[], options?: RunOptions): Promise<RunResult>;
  put(name: string, value: string, more?: object): Promise<number>;
  /** The value there is, decrypted. */
  value(name: string): Promise<string | undefined>;
  close(): Promise<void>;
}

export async function startConfigWorld(members: object = {}): Promise<ConfigWorld> {
  const [store, dynamoDb] = await Promise.all([startParameterStore(), startDynamoDb({ createTable: false })]);
  const home = mkdtempSync(join(tmpdir(), 'cache-tiers-home-'));
  const tables = { cache: 'names', audit: 'log', rules: 'rules' };
  await dynamoDb.createTable(cacheTable(tables.cache));
  await dynamoDb.createTable(auditTable(tables.audit));
  await dynamoDb.createTable(rulesTable(tables.rules));
  const call = <O>(operation: Parameters<typeof store.model.call>[0], input: object) =>
    store.model.call(operation, input as Input<never>) as Promise<O>;
  await call('PutParameter', {
    Name: '/cache-tiers/footprints/main', Type: 'String', Value: JSON.stringify({
      version: 1, namespaces: ['/app', '/shared'], cacheTable: tables.cache, auditTable: tables.audit, replicationTable: tables.rules, ...members,
    }),
  });
  const env = {
    AWS_REGION: TEST_REGION, AWS_ACCESS_KEY_ID: TEST_CREDENTIALS.accessKeyId, AWS_SECRET_ACCESS_KEY: TEST_CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_SSM: store.endpoint, AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint, AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: join(home, 'no-config'), AWS_SHARED_CREDENTIALS_FILE: join(home, 'no-credentials'),
    CACHE_TIERS_HOME: home, HOME: home, CONFIG_FOOTPRINT: 'main',
  };
  return {
    store, dynamoDb, home, tables, env,
    config: (args, options = {}) => cli(['config', ...args], { ...options, env: { ...env, ...options.env } }),
    put: async (name, value, more = {}) =>
      (await call<{ Version: number }>('PutParameter', { Name: name, Value: value, Type: 'String', Overwrite: true, ...more })).Version,
    value: async (name) => {
      const { Parameters } = await call<{ Parameters: { Value: string }[] }>('GetParameters', { Names: [name], WithDecryption: true });
      return Parameters[0]?.Value;
    },
    close: async () => {
      await Promise.all([store.close(), dynamoDb.close()]);
      rmSync(home, { recursive: true, force: true });
    },
  };
}
