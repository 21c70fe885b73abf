import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { CONFIG_RULE_INDEX, CONFIG_RULE_KEY } from '../../../lib/contract/config';

/** A table as `ConfigReplication` defines it. */
export function rulesTable(name: string): CreateTableCommandInput {
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: CONFIG_RULE_KEY.partition, AttributeType: 'S' },
      { AttributeName: CONFIG_RULE_KEY.sort, AttributeType: 'S' },
    ],
    KeySchema: [{ AttributeName: CONFIG_RULE_KEY.partition, KeyType: 'HASH' }, { AttributeName: CONFIG_RULE_KEY.sort, KeyType: 'RANGE' }],
    GlobalSecondaryIndexes: [{
      IndexName: CONFIG_RULE_INDEX.name,
      KeySchema: [{ AttributeName: CONFIG_RULE_INDEX.partition, KeyType: 'HASH' }, { AttributeName: CONFIG_RULE_INDEX.sort, KeyType: 'RANGE' }],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    }],
  };
}
