import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { eventually, refused } from 'cdk-cache-tiers/testing';

/** @param support a client with the credentials of the role Support */
export async function supportCannotWrite(support: DynamoDBClient, table: string): Promise<void> {
  const Item = { pk: { S: 'priceOf' }, sk: { S: 'v' } };
  const write = () => support.send(new PutItemCommand({ TableName: table, Item }));
  await eventually(() => refused(write, 'dynamodb:PutItem'), { within: '30s', every: '1s' });
}
