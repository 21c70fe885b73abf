// What each grant permits works, through the library's own client and terminal; the nearest thing that it must not permit is refused.
import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { randomBytes } from 'node:crypto';
import {
  DeleteItemCommand, DeleteTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand, ScanCommand,
  TransactWriteItemsCommand, UpdateItemCommand, UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { DecryptCommand, EncryptCommand, KMSClient, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { dynamoDbClient } from '../../../../../runtime/aws/dynamodb';
import { createMemoizer } from '../../../../../runtime/memoize';
import { DynamoDbEntryStore } from '../../../../../runtime/stores/dynamodb-entry-store';
import { refused, type E2e, type Identity } from '../../kit';

const ENCRYPTION = [
  'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:ReEncryptFrom', 'kms:ReEncryptTo',
];
const BY_SERVICES = 'DynamoDB and S3 use the key in the caller\'s name; the emulator encrypts nothing';
const FOR_MISSING_OBJECTS = 'S3 says of a missing object that it is missing only to who may list; the emulator says it to everybody';

export const unused = [
  {
    role: 'MemoGrants/ImportedWriter', why: 'the same grant as Writer\'s, which shows them',
    actions: ['BatchGetItem', 'BatchWriteItem', 'DeleteItem', 'GetItem', 'UpdateItem'].map((action) => `dynamodb:${action}`),
  },
  { role: 'MemoGrants/Writer', actions: ['dynamodb:BatchWriteItem'], why: 'for parts of large values: see PartsWriter, whose cache has no bucket' },
  { role: 'MemoGrants/Reader', actions: ['kms:DescribeKey'], why: BY_SERVICES },
  { role: 'MemoGrants/Writer', actions: ENCRYPTION, why: BY_SERVICES },
  { role: 'MemoGrants/Flusher', actions: ['kms:Decrypt', ...ENCRYPTION], why: BY_SERVICES },
  ...['Reader', 'Writer'].map((role) => ({ role: `MemoGrants/${role}`, actions: ['s3:ListBucket'], why: FOR_MISSING_OBJECTS })),
];

const Rules = [
  { Id: 'expire', Prefix: 'memo/', ExpirationInDays: 30, Status: 'Enabled' },
  { Id: 'abort-uploads', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' },
];
const encrypted = (cache: string, keyLogicalId: string) => {
  const arn = { 'Fn::GetAtt': [keyLogicalId, 'Arn'] };
  const ServerSideEncryptionByDefault = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: arn };
  return {
    [`${cache}/Table.SSESpecification`]: { SSEEnabled: true, SSEType: 'KMS' },
    [`${cache}/Table.Replicas.SSESpecification`]: [{ KMSMasterKeyId: arn }],
    [`${cache}/Overflow.BucketEncryption`]: { ServerSideEncryptionConfiguration: [{ BucketKeyEnabled: true, ServerSideEncryptionByDefault }] },
    [`${cache}/Overflow.LifecycleConfiguration`]: { Rules },
  };
};

export const retained = ['MemoGrants/Cache/Table', 'MemoGrants/Cache/Overflow'];

export const notShown = {
  ...encrypted('MemoGrants/Cache', 'EncryptionKey1B843E66'), ...encrypted('MemoGrants/Foreign', 'ForeignEncryptionKey5F2708B8'),
};

export async function drive(e2e: E2e): Promise<void> {
  await writer(e2e);
  await reader(e2e);
  await partsWriter(e2e);
  await importedReader(e2e);
  await flusher(e2e);
  await imports(e2e);
}

const key = (pk: string, sk = 'V') => ({ pk: { S: pk }, sk: { S: sk } });

async function reader({ assume, check, outputs, root, terminal }: E2e): Promise<void> {
  const { Table: TableName, Bucket, KeyArn } = outputs;
  const identity = await assume(outputs.ReaderRoleArn);
  const [dynamo, s3, kms] = [identity.as(DynamoDBClient), identity.as(S3Client), identity.as(KMSClient)];

  await check('grantRead: peek and stats, objects below memo/, decryption', async () => {
    for (const args of [['peek', `${TableName}-kept`, '--args', '[1]'], ['stats']]) {
      const { code, stderr } = await terminal(identity, 'memo', ...args, '--table', TableName);
      strictEqual(code, 0, stderr);
    }
    await root.as(S3Client).send(new PutObjectCommand({ Bucket, Key: 'memo/some', Body: 'x' }));
    await s3.send(new GetObjectCommand({ Bucket, Key: 'memo/some' }));
    await decrypts(identity, root, KeyArn);
  });

  await check('grantRead: no write, no scan, no other prefix, table, bucket or key', async () => {
    await refused(() => dynamo.send(new PutItemCommand({ TableName, Item: key('a') })), 'dynamodb:PutItem');
    await refused(() => dynamo.send(new UpdateItemCommand({ TableName, Key: key('a') })), 'dynamodb:UpdateItem');
    await refused(() => dynamo.send(new DeleteItemCommand({ TableName, Key: key('a') })), 'dynamodb:DeleteItem');
    await refused(() => dynamo.send(new ScanCommand({ TableName })), 'dynamodb:Scan');
    await refused(() => dynamo.send(new GetItemCommand({ TableName: outputs.ForeignTable, Key: key('a') })), 'dynamodb:GetItem');
    await refused(() => s3.send(new PutObjectCommand({ Bucket, Key: 'memo/a', Body: 'x' })), 's3:PutObject');
    await refused(() => s3.send(new DeleteObjectCommand({ Bucket, Key: 'memo/some' })), 's3:DeleteObject');
    await refused(() => s3.send(new GetObjectCommand({ Bucket, Key: 'other/a' })), 's3:GetObject');
    await refused(() => s3.send(new ListObjectsV2Command({ Bucket: outputs.ForeignBucket })), 's3:ListBucket');
    await refused(() => kms.send(new EncryptCommand({ KeyId: KeyArn, Plaintext: Buffer.from('x') })), 'kms:Encrypt');
    await refused(() => decrypts(identity, root, outputs.ForeignKeyArn), 'kms:Decrypt');
  });
}

async function writer({ assume, check, outputs, root }: E2e): Promise<void> {
  const { Table: TableName, Bucket, KeyArn } = outputs;
  const identity = await assume(outputs.WriterRoleArn);
  const [dynamo, s3, kms] = [identity.as(DynamoDBClient), identity.as(S3Client), identity.as(KMSClient)];

  await check('grantReadWrite: all that the client does, large values in the bucket', async () => {
    await useClient(identity, TableName, Bucket);
    const { Contents = [] } = await root.as(S3Client).send(new ListObjectsV2Command({ Bucket, Prefix: 'memo/' }));
    ok(Contents.some(({ Size }) => Size! > 600_000), 'the large value is not in the bucket');
    await decrypts(identity, root, KeyArn);
  });

  await check('grantReadWrite: no scan or query, no change of the table, no other prefix, table, bucket or key', async () => {
    await refused(() => dynamo.send(new ScanCommand({ TableName })), 'dynamodb:Scan');
    await refused(() => dynamo.send(new QueryCommand({
      TableName, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: 'a' } },
    })), 'dynamodb:Query');
    await refused(() => dynamo.send(new DeleteTableCommand({ TableName })), 'dynamodb:DeleteTable');
    await refused(() => dynamo.send(new UpdateTimeToLiveCommand({
      TableName, TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: false },
    })), 'dynamodb:UpdateTimeToLive');
    await refused(() => dynamo.send(new PutItemCommand({ TableName: outputs.ForeignTable, Item: key('a') })), 'dynamodb:PutItem');
    await refused(() => s3.send(new PutObjectCommand({ Bucket, Key: 'other/a', Body: 'x' })), 's3:PutObject');
    await refused(() => s3.send(new DeleteObjectCommand({ Bucket, Key: 'memo/some' })), 's3:DeleteObject');
    await refused(() => s3.send(new PutObjectCommand({ Bucket: outputs.ForeignBucket, Key: 'memo/a', Body: 'x' })), 's3:PutObject');
    await refused(() => kms.send(new ScheduleKeyDeletionCommand({ KeyId: KeyArn })), 'kms:ScheduleKeyDeletion');
    await refused(() => decrypts(identity, root, outputs.ForeignKeyArn), 'kms:Decrypt');
  });
}

async function partsWriter({ assume, check, outputs, root }: E2e): Promise<void> {
  await check('grantReadWrite without a bucket: large values in parts', async () => {
    const identity = await assume(outputs.PartsWriterRoleArn);
    await useClient(identity, outputs.PartsTable);
    const { Items = [] } = await root.as(DynamoDBClient).send(new ScanCommand({ TableName: outputs.PartsTable, ProjectionExpression: 'sk' }));
    ok(Items.some(({ sk }) => sk.S!.startsWith('C#')), 'there is no part in the table');
  });
}

async function flusher({ assume, check, outputs, root, terminal }: E2e): Promise<void> {
  const { Table: TableName } = outputs;
  const identity = await assume(outputs.FlusherRoleArn);
  const dynamo = identity.as(DynamoDBClient);

  await check('grantFlush: everything, functions and tags', async () => {
    for (const targets of [[], ['--function', 'f'], ['--tag', 't']]) {
      const { code, stderr } = await terminal(identity, 'memo', 'flush', ...targets, '--yes', '--table', TableName);
      strictEqual(code, 0, stderr);
    }
  });

  await check('grantFlush: values can be neither read nor written nor deleted, nor can counters be read or deleted', async () => {
    const raise = (pk: string) => ({
      TableName, Key: key(pk, 'G'), UpdateExpression: 'ADD k :one', ExpressionAttributeValues: { ':one': { N: '1' } },
    });
    await dynamo.send(new UpdateItemCommand(raise('#all')));
    await refused(() => dynamo.send(new UpdateItemCommand(raise('f##=s1:a'))), 'dynamodb:UpdateItem');
    await refused(() => dynamo.send(new TransactWriteItemsCommand({ TransactItems: [{ Update: raise('f##=s1:a') }] })), 'dynamodb:UpdateItem');
    await refused(() => dynamo.send(new UpdateItemCommand({ ...raise('#all'), TableName: outputs.ForeignTable })), 'dynamodb:UpdateItem');
    await refused(() => dynamo.send(new GetItemCommand({ TableName, Key: key('f##=s1:a') })), 'dynamodb:GetItem');
    await refused(() => dynamo.send(new GetItemCommand({ TableName, Key: key('#all', 'G') })), 'dynamodb:GetItem');
    await refused(() => dynamo.send(new PutItemCommand({ TableName, Item: key('#all', 'G') })), 'dynamodb:PutItem');
    await refused(() => dynamo.send(new DeleteItemCommand({ TableName, Key: key('#all', 'G') })), 'dynamodb:DeleteItem');
    await refused(() => identity.as(S3Client).send(new GetObjectCommand({ Bucket: outputs.Bucket, Key: 'memo/some' })), 's3:GetObject');
    await refused(() => identity.as(S3Client).send(new ListObjectsV2Command({ Bucket: outputs.Bucket })), 's3:ListBucket');
    await refused(() => decrypts(identity, root, outputs.ForeignKeyArn), 'kms:Decrypt');
  });
}

async function importedReader({ assume, check, outputs, terminal }: E2e): Promise<void> {
  await check('grantRead on a table that is known by name: reads, and does not write', async () => {
    const { Table: TableName } = outputs;
    const identity = await assume(outputs.ImportedReaderRoleArn);
    const { code, stderr } = await terminal(identity, 'memo', 'stats', '--table', TableName);
    strictEqual(code, 0, stderr);
    const peeked = await terminal(identity, 'memo', 'peek', `${TableName}-kept`, '--args', '[1]', '--table', TableName);
    strictEqual(peeked.code, 0, peeked.stderr);
    await refused(() => identity.as(DynamoDBClient).send(new PutItemCommand({ TableName, Item: key('a') })), 'dynamodb:PutItem');
  });
}

async function imports({ assume, check, outputs, terminal }: E2e): Promise<void> {
  const { Table: TableName } = outputs;
  const raise = { TableName, Key: key('#all', 'G'), UpdateExpression: 'ADD k :one', ExpressionAttributeValues: { ':one': { N: '1' } } };

  await check('the other grants on a table that is known by name are the same', async () => {
    const writer = (await assume(outputs.ImportedWriterRoleArn)).as(DynamoDBClient);
    await writer.send(new PutItemCommand({ TableName, Item: key('imported') }));
    await refused(() => writer.send(new ScanCommand({ TableName })), 'dynamodb:Scan');
    const identity = await assume(outputs.ImportedFlusherRoleArn);
    strictEqual((await terminal(identity, 'memo', 'flush', '--function', 'f', '--yes', '--table', TableName)).code, 0);
    await refused(() => identity.as(DynamoDBClient).send(new UpdateItemCommand({ ...raise, Key: key('f') })), 'dynamodb:UpdateItem');
  });
}

/** Every operation of the client. It swallows errors of the table, so they are counted. */
async function useClient({ config }: Identity, tableName: string, bucketName?: string): Promise<void> {
  const client = dynamoDbClient(config);
  const memo = createMemoizer({ budget: '20s', store: new DynamoDbEntryStore({ client, tableName, bucketName, bucketClient: config }) });
  const name = (text: string) => `${tableName}-${text}`;
  const large = new Uint8Array(randomBytes(700_000)); // gzip does not make it smaller
  const memory = false; // what is found again comes from the table
  const kept = memo(async (n: number) => ({ n }), { name: name('kept'), memory });
  const gone = memo(async (n: number) => ({ n }), { name: name('gone'), memory, tags: ['t'] });
  const big = memo(async () => large, { name: name('big'), memory });
  const failing = memo(async () => { throw new Error('on purpose'); }, { name: name('failing') });
  for (let i = 0; i < 2; i += 1) {
    deepStrictEqual(await kept(1), { n: 1 });
    deepStrictEqual(await gone.many([[1], [2], [3]]), [{ n: 1 }, { n: 2 }, { n: 3 }]);
    strictEqual(Buffer.compare(await big(), large), 0);
    await memo.settled();
  }
  deepStrictEqual([kept, gone, big].map((memoized) => memoized.stats().executions), [1, 3, 1], 'values were not found again in the table');
  await failing().catch(() => {}); // gives its lease back
  await memo.settled();
  await gone.delete(1);
  await gone.clear();
  await memo.invalidateTag('t');
  for (const memoized of [kept, gone, big, failing]) strictEqual(memoized.stats().tableErrors, 0);
  memo.close();
  client.destroy();
}

/** Decrypts what the account has encrypted. */
async function decrypts(identity: Identity, root: Identity, KeyId: string): Promise<void> {
  const { CiphertextBlob } = await root.as(KMSClient).send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('secret') }));
  const { Plaintext } = await identity.as(KMSClient).send(new DecryptCommand({ KeyId, CiphertextBlob }));
  strictEqual(Buffer.from(Plaintext!).toString(), 'secret');
}
