import { createHandler } from './memo-flush';
import { MEMO_ENVIRONMENT } from '../../lib/contract/memo';
import { dynamoDbClient } from '../../runtime/aws/dynamodb';
import { DynamoDbEntryStore } from '../../runtime/stores/dynamodb-entry-store';
import { requireEnvironment } from '../shared/environment';

const tableName = requireEnvironment(MEMO_ENVIRONMENT.table);
const client = dynamoDbClient({ region: requireEnvironment(MEMO_ENVIRONMENT.region) });

export const handler = createHandler({ store: new DynamoDbEntryStore({ client, tableName }), now: Date.now });
