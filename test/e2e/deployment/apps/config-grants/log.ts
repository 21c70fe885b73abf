import {
  BatchGetItemCommand, BatchWriteItemCommand, DeleteItemCommand, DescribeTableCommand, DynamoDBClient, ExecuteStatementCommand, GetItemCommand,
  PutItemCommand, ScanCommand, TransactWriteItemsCommand, UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { refused } from '../../kit';
import { ROLES, type Target } from './target';
import { copyOf, query, readCopy, readLog, readLogByIndexes, type Item } from './uses';

/** grantReadAudit of a whole namespace, of a part of it by the footprint, and of all. */
export async function log(target: Target): Promise<void> {
  await namespace(target);
  await part(target);
  await whole(target);
  await nobodyWrites(target);
}

async function namespace(target: Target): Promise<void> {
  const { tables: { audit }, elsewhere, archive, names } = target;

  await target.check('grantReadAudit of a namespace: its records by name, by time and by actor, and their copies', async () => {
    const { dynamo, s3 } = await target.as('Log');
    for (const name of [names.inPart, names.nextToPart, names.outside]) {
      const record = await readLog(dynamo, audit, name);
      await readLogByIndexes(dynamo, audit, record);
      if (archive) await readCopy(s3, archive, record);
    }
  });

  await target.check('grantReadAudit of a namespace: not of one that begins alike, no scan, no statement, no other table', async () => {
    const { dynamo, s3, ssm } = await target.as('Log');
    const own = await readLog(dynamo, audit, names.inPart);
    const alike = await recordOf(target, names.alike);
    await refused(() => query(dynamo, audit, ['parameter_name', names.alike]), 'dynamodb:Query');
    await refused(() => dynamo.send(new GetItemCommand({ TableName: audit, Key: keyOf(alike) })), 'dynamodb:GetItem');
    await refused(() => dynamo.send(new BatchGetItemCommand({ RequestItems: { [audit]: { Keys: [own, alike].map(keyOf) } } })),
      'dynamodb:BatchGetItem');
    await refused(() => query(dynamo, audit, ['by_time', alike.by_time.S!], 'ByTimeIndex'), 'dynamodb:Query');
    await refused(() => query(dynamo, audit, ['by_actor', alike.by_actor.S!], 'ByActorIndex'), 'dynamodb:Query');
    await refused(() => dynamo.send(new ScanCommand({ TableName: audit })), 'dynamodb:Scan');
    await refused(() => dynamo.send(new ScanCommand({ TableName: audit, IndexName: 'ByTimeIndex' })), 'dynamodb:Scan');
    await refused(() => dynamo.send(new ExecuteStatementCommand({ Statement: `SELECT * FROM "${audit}"` }))); // AWS: PartiQLSelect
    await refused(() => query(dynamo, elsewhere.audit, ['parameter_name', names.inPart]), 'dynamodb:Query');
    await refused(() => ssm.send(new GetParameterCommand({ Name: names.inPart })), 'ssm:GetParameter');
    if (archive === undefined) return;
    await refused(() => readCopy(s3, archive, alike), 's3:GetObject');
    await refused(() => s3.send(new ListObjectsV2Command({ Bucket: archive })), 's3:ListBucket');
  });
}

async function part(target: Target): Promise<void> {
  const { tables: { audit }, elsewhere, archive, names, footprint } = target;

  await target.check('grantReadAudit of a part: its records by name, not by time or by actor, and of nothing that begins alike', async () => {
    const { dynamo, s3, ssm } = await target.as('PartLog');
    await ssm.send(new GetParameterCommand({ Name: footprint }));
    const record = await readLog(dynamo, audit, names.inPart);
    await refused(() => query(dynamo, audit, ['by_time', record.by_time.S!], 'ByTimeIndex'), 'dynamodb:Query');
    await refused(() => query(dynamo, audit, ['by_actor', record.by_actor.S!], 'ByActorIndex'), 'dynamodb:Query');
    for (const name of [names.nextToPart, names.outside, names.alike]) {
      await refused(() => query(dynamo, audit, ['parameter_name', name]), 'dynamodb:Query');
    }
    await refused(() => query(dynamo, elsewhere.audit, ['parameter_name', names.inPart]), 'dynamodb:Query');
    if (archive === undefined) return;
    await readCopy(s3, archive, record);
    const next = await recordOf(target, names.nextToPart);
    await refused(() => readCopy(s3, archive, next), 's3:GetObject');
  });
}

async function whole(target: Target): Promise<void> {
  const { tables: { audit }, elsewhere, archive, names } = target;

  await target.check('grantReadAudit of all: in any way, and no other table', async () => {
    const { dynamo, s3 } = await target.as('WholeLog');
    for (const name of Object.values(names)) {
      const record = await readLog(dynamo, audit, name);
      await readLogByIndexes(dynamo, audit, record);
      if (archive) await readCopy(s3, archive, record);
    }
    await dynamo.send(new DescribeTableCommand({ TableName: audit }));
    await dynamo.send(new ScanCommand({ TableName: audit }));
    await dynamo.send(new ScanCommand({ TableName: audit, IndexName: 'ByTimeIndex' }));
    await refused(() => dynamo.send(new ScanCommand({ TableName: elsewhere.audit })), 'dynamodb:Scan');
    await refused(() => query(dynamo, elsewhere.audit, ['by_time', '/app#2030-01-01'], 'ByTimeIndex'), 'dynamodb:Query');
  });
}

async function nobodyWrites(target: Target): Promise<void> {
  const { tables: { audit: TableName }, archive, names } = target;

  await target.check('no grant permits to write, to change or to delete a record, or its copy', async () => {
    const record = await recordOf(target, names.inPart);
    const Key = keyOf(record);
    const Item = { ...record, action: { S: 'forged' } };
    for (const role of ROLES) {
      const { dynamo, s3 } = await target.as(role);
      await refused(() => dynamo.send(new PutItemCommand({ TableName, Item })), 'dynamodb:PutItem');
      await refused(() => dynamo.send(new UpdateItemCommand({ TableName, Key })), 'dynamodb:UpdateItem');
      await refused(() => dynamo.send(new DeleteItemCommand({ TableName, Key })), 'dynamodb:DeleteItem');
      await refused(() => dynamo.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: [{ PutRequest: { Item } }] } })),
        'dynamodb:BatchWriteItem');
      await refused(() => dynamo.send(new TransactWriteItemsCommand({ TransactItems: [{ Delete: { TableName, Key } }] })), 'dynamodb:DeleteItem');
      if (archive === undefined) continue;
      const copy = { Bucket: archive, Key: copyOf(record) };
      await refused(() => s3.send(new PutObjectCommand({ ...copy, Body: '{}' })), 's3:PutObject');
      await refused(() => s3.send(new DeleteObjectCommand(copy)), 's3:DeleteObject');
    }
  });
}

const keyOf = ({ parameter_name, record_id }: Item): Item => ({ parameter_name, record_id });

/** As the account itself, which may see it. */
async function recordOf({ e2e, tables }: Target, name: string): Promise<Item> {
  const [record] = await query(e2e.root.as(DynamoDBClient), tables.audit, ['parameter_name', name]);
  return record;
}
