import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import { createHandler } from './handler';
import { SqsOwnQueue } from './own-queue';
import { ssmClients } from './ssm-clients';
import { SsmReplicationStore } from './ssm-replication-store';
import { CONFIG_ENVIRONMENT } from '../../lib/contract/config';
import { dynamoDbClient } from '../../runtime/aws/dynamodb';
import { regionOfArn } from '../../runtime/aws/endpoint';
import { SqsDeadLetters } from '../shared/config/dead-letters';
import { DynamoDbRulesTable } from '../shared/config/dynamodb-rules-table';
import { maxReceiveCountSetting, namespacesSetting } from '../shared/config/settings';
import { createLogger, createMetrics } from '../shared/config/telemetry';
import { requireEnvironment } from '../shared/environment';

const region = requireEnvironment('AWS_REGION');
const tableName = requireEnvironment(CONFIG_ENVIRONMENT.replicationTable);
const sqs = new SQSClient({});

export const handler = createHandler({
  table: new DynamoDbRulesTable({ client: dynamoDbClient({ maxAttempts: 8, region: regionOfArn(tableName) }), tableName }),
  store: new SsmReplicationStore(ssmClients({ region, sts: new STSClient({ region }), now: Date.now })),
  queue: new SqsOwnQueue(sqs, requireEnvironment(CONFIG_ENVIRONMENT.replicatorQueueUrl)),
  deadLetters: new SqsDeadLetters(sqs, requireEnvironment(CONFIG_ENVIRONMENT.deadLetterQueueUrl)),
  namespaces: namespacesSetting(),
  maxReceiveCount: maxReceiveCountSetting(),
  metrics: createMetrics(),
  logger: createLogger('config-replicator'),
  region,
  now: Date.now,
});
