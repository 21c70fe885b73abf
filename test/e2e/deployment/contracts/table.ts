import { dynamoDbClient } from '../../../../runtime/aws/dynamodb';
import { freshKey, type DynamoDbSubject } from '../../../support/contracts/dynamodb-subject';
import { ask } from '../../../support/contracts/signed-http';
import { memoTable } from '../../../support/dynamodb-server';
import { REGION, targets } from './targets';

/** A table of its own in the emulator, and a client of ours. */
export async function openTable(): Promise<DynamoDbSubject & { close(): Promise<void> }> {
  const access = { ...targets().ministack, region: REGION };
  const client = dynamoDbClient(access);
  const tableName = freshKey('contract');
  await client.call('CreateTable', memoTable(tableName));
  const created = [tableName];
  const close = async () => {
    client.destroy();
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.DeleteTable' };
    for (const TableName of created) {
      const { status } = await ask(access, 'dynamodb', { method: 'POST', body: JSON.stringify({ TableName }), headers });
      expect([TableName, status]).toEqual([TableName, 200]);
    }
  };
  return { client, tableName, created, close };
}
