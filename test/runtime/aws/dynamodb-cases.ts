import type { DynamoDbClient } from '../../../runtime/aws/dynamodb';
import { describeContract } from '../../support/contracts/contract';
import { DYNAMODB_ROWS } from '../../support/contracts/dynamodb';

/** The list of DynamoDB by a client of an embedded server with its one table. */
export function dynamoDbCases(client: () => DynamoDbClient): void {
  describeContract('keeps the list of DynamoDB', 'dynalite', DYNAMODB_ROWS, () => ({ client: client(), tableName: 'memo-test', created: [] }));
}
