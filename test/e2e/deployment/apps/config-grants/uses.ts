// All that a permission to read is for, by the tables' own keys and indexes. The leg calls it as roles, and a function calls it as itself.
import { ok } from 'node:assert';
import {
  BatchGetItemCommand, GetItemCommand, QueryCommand, ScanCommand, type AttributeValue, type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { changeShard, configArchiveKey } from '../../../../../lib/contract/config';

export type Item = Record<string, AttributeValue>;

/** By key, one and many. */
async function get(dynamo: DynamoDBClient, TableName: string, Key: Item): Promise<void> {
  const { Item } = await dynamo.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  ok(Item, `${JSON.stringify(Key)} is not in ${TableName}`);
  const { Responses } = await dynamo.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [Key] } } }));
  ok(Responses?.[TableName].length === 1);
}

/** All items with a partition key, of a table or of its index. */
export async function query(
  dynamo: DynamoDBClient, TableName: string, [name, value]: readonly [string, string], IndexName?: string,
): Promise<Item[]> {
  const { Items = [] } = await dynamo.send(new QueryCommand({
    TableName, IndexName, KeyConditionExpression: '#key = :key', ExpressionAttributeNames: { '#key': name },
    ExpressionAttributeValues: { ':key': { S: value } },
  }));
  return Items;
}

export async function readNames(dynamo: DynamoDBClient, table: string, name: string): Promise<void> {
  await get(dynamo, table, { parameter_name: { S: name } });
  const changed = await query(dynamo, table, ['change_shard', changeShard(name)], 'ChangesIndex');
  ok(changed.some(({ parameter_name: { S } }) => S === name), `no change of ${name}`);
}

/** @returns the parameter's first record */
export async function readLog(dynamo: DynamoDBClient, table: string, name: string): Promise<Item> {
  const [record] = await query(dynamo, table, ['parameter_name', name]);
  ok(record, `no record of ${name}`);
  await get(dynamo, table, { parameter_name: record.parameter_name, record_id: record.record_id });
  return record;
}

export async function readLogByIndexes(dynamo: DynamoDBClient, table: string, { by_time, by_actor }: Item): Promise<void> {
  ok((await query(dynamo, table, ['by_time', by_time.S!], 'ByTimeIndex')).length > 0);
  ok((await query(dynamo, table, ['by_actor', by_actor.S!], 'ByActorIndex')).length > 0);
}

/** Key of a record's copy in the archive. */
export const copyOf = ({ parameter_name, record_id }: Item): string => configArchiveKey(parameter_name.S!, record_id.S!);

export async function readCopy(s3: S3Client, Bucket: string, record: Item): Promise<void> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: copyOf(record) }));
  ok((await Body!.transformToString()).includes(record.record_id.S!));
}

export async function readRules(dynamo: DynamoDBClient, table: string): Promise<void> {
  const { Items: [row] = [] } = await dynamo.send(new ScanCommand({ TableName: table }));
  const { destination, source } = row;
  await get(dynamo, table, { destination, source });
  ok((await query(dynamo, table, ['destination', destination.S!])).length > 0);
  ok((await query(dynamo, table, ['source', source.S!], 'BySourceIndex')).length > 0);
}
