import { SSMClient } from '@aws-sdk/client-ssm';
import { Queue } from '../../../demo/scenes/config-queue';
import { Auditor } from '../../../lambda-src/config-auditor/auditor';
import { CacheManager } from '../../../lambda-src/config-cache-manager/cache-manager';
import { createHandler as createReconciler } from '../../../lambda-src/config-reconciler/handler';
import { NamespacedStore } from '../../../lambda-src/config-reconciler/namespaced-store';
import { messageOf } from '../../../lambda-src/config-reconciler/place';
import { CoalescingDescribe } from '../../../lambda-src/shared/config/coalescing-describe';
import { createConsumer, type ConsumerOptions } from '../../../lambda-src/shared/config/consumer';
import { DynamoDbAuditLog } from '../../../lambda-src/shared/config/dynamodb-audit-log';
import { SsmParameterStore } from '../../../lambda-src/shared/config/ssm-parameter-store';
import { dynamoDbClient } from '../../../runtime/aws/dynamodb';
import { DynamoDbCacheTable } from '../../../runtime/config/tables/dynamodb-cache-table';
import { batchOf, contextWith, MemoryDeadLetters, RecordingRedelivery } from '../../support/parameter-events/messages';
import { given, obey, Workload } from '../kit/child';
import type { FootprintSetting } from './footprint-setting';

/** The process in which the functions run that follow Parameter Store's events, as Lambda runs them. */
const { random, dynamoDb, ssm, tables, namespaces } = given<FootprintSetting>();
let ahead = 0;
const now = () => Date.now() + ahead;

/** Milliseconds that an invocation has, and one of the reconciler. */
const TIMEOUT = 10_000;

const ignore = () => undefined;
const client = dynamoDbClient(dynamoDb);
const table = new DynamoDbCacheTable({ client, tableName: tables.cache });
const log = new DynamoDbAuditLog({ client, tableName: tables.audit });
const store = new SsmParameterStore(new SSMClient({
  ...ssm, maxAttempts: 3, requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
}));
const cache = new CacheManager({ store: new CoalescingDescribe(store), table, tombstoneDays: 30, now, pause: () => Promise.resolve() });
const auditor = new Auditor({ store, log, namespaces, now });
const common: Omit<ConsumerOptions, 'consumer'> = {
  namespaces, maxReceiveCount: 5, deadLetters: new MemoryDeadLetters(), redelivery: new RecordingRedelivery(), now,
  metrics: { count: ignore, milliseconds: ignore, flush: ignore }, logger: { begin: ignore, info: ignore, warn: ignore, error: ignore },
};

const consumers = {
  cache: createConsumer({ ...common, consumer: { handlerName: 'config-cache-manager', apply: (event, attempt) => cache.apply(event, attempt) } }),
  audit: createConsumer({ ...common, consumer: { handlerName: 'config-auditor', apply: (event, attempt) => auditor.apply(event, attempt) } }),
};
const reconciler: Queue = new Queue(createReconciler({
  ...common, store: new NamespacedStore(store, namespaces), table, cache, log, auditor, epoch: () => 'chaos',
  continuation: { start: async () => reconciler.send({}), send: async (leg) => reconciler.send(messageOf(leg)) },
}));

interface Delivered {
  readonly to: keyof typeof consumers;
  readonly messages: readonly unknown[];
  readonly receives: number;
}

obey({
  clock: ({ skew }: { skew: number }) => { ahead = skew; },
  /** @returns which of the messages have failed, by their place */
  handle: async ({ to, messages, receives }: Delivered) => {
    const { batchItemFailures } = await consumers[to](batchOf(messages, receives), contextWith(TIMEOUT));
    return batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier.slice(1)));
  },
  reconcile: async () => {
    reconciler.send({});
    await reconciler.drain();
  },
}, new Workload(random, 1));
