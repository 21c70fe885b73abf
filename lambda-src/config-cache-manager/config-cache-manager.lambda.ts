import { SQSClient } from '@aws-sdk/client-sqs';
import { CacheManager } from './cache-manager';
import { CONFIG_ENVIRONMENT } from '../../lib/contract/config';
import { dynamoDbClient } from '../../runtime/aws/dynamodb';
import { CoalescingDescribe } from '../shared/config/coalescing-describe';
import { createConsumer } from '../shared/config/consumer';
import { SqsDeadLetters } from '../shared/config/dead-letters';
import { DynamoDbCacheTable } from '../shared/config/dynamodb-cache-table';
import { integerSetting, maxReceiveCountSetting, namespacesSetting } from '../shared/config/settings';
import { createSsmClient, SsmParameterStore } from '../shared/config/ssm-parameter-store';
import { createLogger, createMetrics } from '../shared/config/telemetry';
import { requireEnvironment } from '../shared/environment';

const HANDLER_NAME = 'config-cache-manager';
const MAX_TOMBSTONE_DAYS = 36_500;

const manager = new CacheManager({
  store: new CoalescingDescribe(new SsmParameterStore(createSsmClient())),
  // DynamoDB raises what a table takes step by step, so a burst of changes may be throttled for a moment.
  table: new DynamoDbCacheTable({ client: dynamoDbClient({ maxAttempts: 8 }), tableName: requireEnvironment(CONFIG_ENVIRONMENT.cacheTable) }),
  tombstoneDays: integerSetting(CONFIG_ENVIRONMENT.tombstoneDays, { min: 1, max: MAX_TOMBSTONE_DAYS }),
  now: Date.now,
});

/** Events of parameters → rows of the table of names. */
export const handler = createConsumer({
  consumer: { handlerName: HANDLER_NAME, apply: (event, attempt) => manager.apply(event, attempt) },
  namespaces: namespacesSetting(),
  maxReceiveCount: maxReceiveCountSetting(),
  deadLetters: new SqsDeadLetters(new SQSClient({}), requireEnvironment(CONFIG_ENVIRONMENT.deadLetterQueueUrl)),
  metrics: createMetrics(),
  logger: createLogger(HANDLER_NAME),
  now: Date.now,
});
