import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { CONFIG_AUDIT_ACTOR_INDEX, CONFIG_AUDIT_KEY, CONFIG_AUDIT_TIME_INDEX } from '../../../lib/contract/config';

const keySchema = (partition: string, sort: string): CreateTableCommandInput['KeySchema'] =>
  [{ AttributeName: partition, KeyType: 'HASH' }, { AttributeName: sort, KeyType: 'RANGE' }];

/** A table as `ConfigAuditor` defines it. */
export function auditTable(name: string): CreateTableCommandInput {
  const indexes = [CONFIG_AUDIT_TIME_INDEX, CONFIG_AUDIT_ACTOR_INDEX];
  const attributes = [CONFIG_AUDIT_KEY.partition, CONFIG_AUDIT_KEY.sort, ...indexes.map(({ partition }) => partition)];
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: attributes.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: keySchema(CONFIG_AUDIT_KEY.partition, CONFIG_AUDIT_KEY.sort),
    GlobalSecondaryIndexes: indexes.map((index) => ({
      IndexName: index.name, KeySchema: keySchema(index.partition, index.sort), Projection: { ProjectionType: 'ALL' },
    })),
  };
}
