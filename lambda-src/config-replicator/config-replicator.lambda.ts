import { createHandler } from './handler';
import { SqsOwnQueue } from './own-queue';
import { createStsClient, ssmClients } from './ssm-clients';
import { SsmReplicationStore } from './ssm-replication-store';
import { CONFIG_ENVIRONMENT } from '../../lib/contract/config';
import { dynamoDbClient } from '../../runtime/aws/dynamodb';
import { regionOfArn } from '../../runtime/aws/endpoint';
import { DynamoDbRulesTable } from '../../runtime/config/tables/dynamodb-rules-table';
import { queuedHandlerOptions } from '../shared/config/queued-handler';
import { requireEnvironment } from '../shared/environment';

const options = queuedHandlerOptions('config-replicator');
const region = requireEnvironment('AWS_REGION');
const tableName = requireEnvironment(CONFIG_ENVIRONMENT.replicationTable);

/** Messages of its own queue, records of the rules' stream, and the custom resource by which a deployment declares rules. */
export const handler = createHandler({
  ...options,
  table: new DynamoDbRulesTable({ client: dynamoDbClient({ maxAttempts: 8, region: regionOfArn(tableName) }), tableName }),
  store: new SsmReplicationStore(ssmClients({ region, sts: createStsClient(region), now: Date.now })),
  queue: new SqsOwnQueue(options.sqs, options.queueUrl),
  region,
});
