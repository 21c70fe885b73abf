import { CacheManager } from './cache-manager';
import { CONFIG_ENVIRONMENT } from '../../lib/contract/config';
import { dynamoDbClient } from '../../runtime/aws/dynamodb';
import { regionOfArn } from '../../runtime/aws/endpoint';
import { CoalescingDescribe } from '../shared/config/coalescing-describe';
import { createConsumer } from '../shared/config/consumer';
import { DynamoDbCacheTable } from '../shared/config/dynamodb-cache-table';
import { queuedHandlerOptions } from '../shared/config/queued-handler';
import { integerSetting } from '../shared/config/settings';
import { createSsmClient, SsmParameterStore } from '../shared/config/ssm-parameter-store';
import { requireEnvironment } from '../shared/environment';

const HANDLER_NAME = 'config-cache-manager';
const MAX_TOMBSTONE_DAYS = 36_500;

const tableName = requireEnvironment(CONFIG_ENVIRONMENT.cacheTable);
const manager = new CacheManager({
  store: new CoalescingDescribe(new SsmParameterStore(createSsmClient())),
  // DynamoDB raises what a table takes step by step, so a burst of changes may be throttled for a moment.
  table: new DynamoDbCacheTable({ client: dynamoDbClient({ maxAttempts: 8, region: regionOfArn(tableName) }), tableName }),
  tombstoneDays: integerSetting(CONFIG_ENVIRONMENT.tombstoneDays, { min: 1, max: MAX_TOMBSTONE_DAYS }),
  now: Date.now,
});

/** Events of parameters → rows of the table of names. */
export const handler = createConsumer({
  ...queuedHandlerOptions(HANDLER_NAME),
  consumer: { handlerName: HANDLER_NAME, apply: (event, attempt) => manager.apply(event, attempt) },
});
