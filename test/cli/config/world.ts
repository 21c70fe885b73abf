import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Auditor } from '../../../lambda-src/config-auditor/auditor';
import { CacheManager } from '../../../lambda-src/config-cache-manager/cache-manager';
import { DynamoDbAuditLog } from '../../../lambda-src/shared/config/dynamodb-audit-log';
import { parseEvent } from '../../../lambda-src/shared/config/events/parse';
import { SsmParameterStore } from '../../../lambda-src/shared/config/ssm-parameter-store';
import { dynamoDbClient } from '../../../runtime/aws/dynamodb';
import { DynamoDbCacheTable } from '../../../runtime/config/tables/dynamodb-cache-table';
import { startDynamoDb, TEST_CREDENTIALS, TEST_REGION, type DynamoDbServer } from '../../support/dynamodb-server';
import { auditTable } from '../../support/config-tables/audit-table';
import { cacheTable } from '../../support/config-tables/cache-table';
import { rulesTable } from '../../support/config-tables/rules-table';
import { modelClient, startParameterStore, type EventEnvelope, type Input, type ParameterStoreServer } from '../../support/parameter-store';
import { startQueues, type QueueServer } from '../../support/queue-server';
import { cli, type RunOptions, type RunResult } from '../terminal';

/** What is deployed, and a home folder, as a config command finds them. */
export interface ConfigWorld {
  readonly store: ParameterStoreServer;
  readonly dynamoDb: DynamoDbServer;
  readonly queues: QueueServer;
  readonly home: string;
  readonly tables: { readonly cache: string; readonly audit: string; readonly rules: string };
  readonly env: Readonly<Record<string, string>>;
  /** Runs `cache-tiers config …`. */
  config(args: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** Something is written, a minute after what was before, and the handlers carry out what it tells. */
  put(name: string, value: string, more?: object): Promise<number>;
  remove(name: string): Promise<void>;
  /** The handlers carry out what commands have done. */
  settle(): Promise<void>;
  /** When the last thing happened, as Parameter Store has it. */
  readonly time: number;
  /** The value there is, decrypted. */
  value(name: string): Promise<string | undefined>;
  close(): Promise<void>;
}

const NAMESPACES = ['/app', '/shared'];
const MINUTE = 60_000;

export async function startConfigWorld(members: object = {}): Promise<ConfigWorld> {
  let clock = Date.now() - 240 * MINUTE;
  const now = () => clock;
  const [store, dynamoDb, queues] = await Promise.all([startParameterStore({ now }), startDynamoDb({ createTable: false }), startQueues()]);
  const home = mkdtempSync(join(tmpdir(), 'cache-tiers-home-'));
  const tables = { cache: 'names', audit: 'log', rules: 'rules' };
  await dynamoDb.createTable(cacheTable(tables.cache));
  await dynamoDb.createTable(auditTable(tables.audit));
  await dynamoDb.createTable(rulesTable(tables.rules));
  const call = <O>(operation: Parameters<typeof store.model.call>[0], input: object) =>
    store.model.call(operation, input as Input<never>) as Promise<O>;
  await call('PutParameter', {
    Name: '/cache-tiers/footprints/main', Type: 'String', Value: JSON.stringify({
      version: 1, namespaces: NAMESPACES, cacheTable: tables.cache, auditTable: tables.audit, replicationTable: tables.rules,
      reconcilerQueueUrl: queues.url('reconciler'), ...members,
    }),
  });
  const env = {
    AWS_REGION: TEST_REGION, AWS_ACCESS_KEY_ID: TEST_CREDENTIALS.accessKeyId, AWS_SECRET_ACCESS_KEY: TEST_CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_SSM: store.endpoint, AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint, AWS_ENDPOINT_URL_SQS: queues.endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: join(home, 'no-config'), AWS_SHARED_CREDENTIALS_FILE: join(home, 'no-credentials'),
    CACHE_TIERS_HOME: home, HOME: home, CONFIG_FOOTPRINT: 'main',
  };
  const client = dynamoDbClient(dynamoDb.clientConfig);
  const parameters = new SsmParameterStore(modelClient(store.model));
  const table = new DynamoDbCacheTable({ client, tableName: tables.cache });
  const auditor = new Auditor({ store: parameters, log: new DynamoDbAuditLog({ client, tableName: tables.audit }), namespaces: NAMESPACES, now });
  const manager = new CacheManager({ store: parameters, table, tombstoneDays: 30, now, pause: async () => undefined });
  await table.openEpoch('first');
  const told: EventEnvelope[] = [];
  store.model.onEvent((event) => { if (event['detail-type'] !== 'Parameter Store Change') told.push(event); });
  const settle = async () => {
    for (const envelope of told.splice(0)) {
      for (const event of parseEvent(envelope, NAMESPACES, { account: envelope.account, region: envelope.region }).events) {
        await auditor.apply(event, { last: true });
        await manager.apply(event, { last: true });
      }
    }
  };
  const act = async <O>(operation: Parameters<typeof store.model.call>[0], input: object) => {
    clock += MINUTE;
    const answer = await call<O>(operation, input);
    await settle();
    return answer;
  };
  return {
    store, dynamoDb, queues, home, tables, env, settle,
    get time() { return clock; },
    config: (args, options = {}) => cli(['config', ...args], { ...options, env: { ...env, ...options.env } }),
    put: async (name, value, more = {}) =>
      (await act<{ Version: number }>('PutParameter', { Name: name, Value: value, Type: 'String', Overwrite: true, ...more })).Version,
    remove: async (name) => { await act('DeleteParameter', { Name: name }); },
    value: async (name) => {
      const { Parameters } = await call<{ Parameters: { Value: string }[] }>('GetParameters', { Names: [name], WithDecryption: true });
      return Parameters[0]?.Value;
    },
    close: async () => {
      client.destroy();
      queues.close();
      await Promise.all([store.close(), dynamoDb.close()]);
      rmSync(home, { recursive: true, force: true });
    },
  };
}
