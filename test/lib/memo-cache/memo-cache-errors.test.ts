import { Duration, Lazy, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { MemoCache, MemoCacheProps } from '../../../lib';
import { HERE, messageOf, newStack } from '../stacks';

const THERE = 'us-east-1';

function failure(props: MemoCacheProps): string {
  return messageOf(() => new MemoCache(newStack({ env: HERE }), 'Cache', props));
}

test.each<[string, MemoCacheProps, string]>([
  ['a table name with a slash', { tableName: 'a/b' }, 'tableName is "a/b": use 3 to 255 letters, digits, underscores, hyphens and full stops'],
  ['a table name of two letters', { tableName: 'ab' }, 'tableName is "ab": use 3 to 255 letters, digits, underscores, hyphens and full stops'],
  ['an empty environment name', { environmentName: '' }, 'environmentName is "": use letters, digits, underscores, hyphens and full stops'],
  ['two names', { environmentName: 'prod', tableName: 'results' }, 'environmentName cannot be given together with tableName: give one of them'],
  ['no read units', { maxReadRequestUnits: 0 }, 'maxReadRequestUnits is 0: use a whole number of at least 1'],
  ['broken write units', { maxWriteRequestUnits: 1.5 }, 'maxWriteRequestUnits is 1.5: use a whole number of at least 1'],
  ['broken warm reads', { warmThroughput: { readUnitsPerSecond: -1 } }, 'warmThroughput.readUnitsPerSecond is -1: use a whole number of at least 1'],
  ['broken warm writes', { warmThroughput: { writeUnitsPerSecond: 0.5 } },
    'warmThroughput.writeUnitsPerSecond is 0.5: use a whole number of at least 1'],
  ['no replicas in a list', { replicaRegions: [] }, 'replicaRegions is []: name at least one, or leave it out'],
  ['a replica that is no region', { replicaRegions: ['Ireland'] },
    'replicaRegions[0] is "Ireland": use the name of a region, such as "eu-west-1"'],
  ['a replica in a zone', { replicaRegions: ['eu-west-1a'] },
    'replicaRegions[0] is "eu-west-1a": use the name of a region, such as "eu-west-1"'],
  ['a replica twice', { replicaRegions: [THERE, THERE] }, 'replicaRegions has "us-east-1" twice: name it once'],
  ['a replica at home', { replicaRegions: ['eu-west-1'] }, 'replicaRegions has "eu-west-1", the stack\'s own region: leave it out'],
  ['an expiration of half a day', { overflow: true, overflowExpiration: Duration.hours(12) },
    'overflowExpiration is "Duration.hours(12)": use whole days, at least one'],
  ['an expiration without a bucket', { overflowExpiration: Duration.days(1) },
    'overflowExpiration is "Duration.days(1)" without a bucket: set overflow to true'],
  ['emptying without a bucket', { overflowAutoDeleteObjects: true }, 'overflowAutoDeleteObjects is true without a bucket: set overflow to true'],
  ['emptying what is retained', { overflow: true, overflowAutoDeleteObjects: true, removalPolicy: RemovalPolicy.RETAIN },
    'overflowAutoDeleteObjects is true, but removalPolicy is "retain": use RemovalPolicy.DESTROY, or false'],
])('fails on %s', (_, props, message) => {
  expect(failure(props)).toBe(`${message} [Stack/Cache]`);
});

test('takes the regions of every partition', () => {
  const regions = RegionInfo.regions.map(({ name }) => name).filter((name) => name !== HERE.region);
  const partitions = ['us-east-1', 'cn-northwest-1', 'us-gov-west-1', 'us-isob-east-1', 'eu-isoe-west-1', 'eusc-de-east-1'];
  expect(regions).toEqual(expect.arrayContaining(partitions));
  const attributes = { memoCacheTableName: 'cache-prod', replicaRegions: regions };
  expect(() => MemoCache.fromMemoCacheAttributes(newStack({ env: HERE }), 'Cache', attributes)).not.toThrow();
});

describe('fails on keys of replicas', () => {
  const stack = newStack({ env: HERE });
  const key = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111111111111:key/abc');

  test.each<[string, MemoCacheProps, string]>([
    ['without the table\'s own', { replicaRegions: [THERE], replicaEncryptionKeys: { [THERE]: key } },
      'replicaEncryptionKeys are given for ["us-east-1"] without encryptionKey: give the table\'s own key as well'],
    ['that are not replicas', { encryptionKey: key, replicaRegions: [THERE], replicaEncryptionKeys: { [THERE]: key, 'eu-north-1': key } },
      'replicaEncryptionKeys has ["eu-north-1"]: name regions of replicaRegions only'],
    ['that are missing', { encryptionKey: key, replicaRegions: [THERE] },
      'replicaEncryptionKeys has no key for ["us-east-1"]: give a key of each replica\'s region'],
  ])('%s', (_, props, message) => {
    expect(failure(props)).toBe(`${message} [Stack/Cache]`);
  });
});

test('fails on replicas where the stack\'s region is not known', () => {
  expect(messageOf(() => new MemoCache(newStack(), 'Cache', { replicaRegions: [THERE] })))
    .toBe('replicaRegions are ["us-east-1"], but the stack\'s region is not known: give the stack an env with a region [Stack/Cache]');
});

test.each([['a list', Lazy.list({ produce: () => [THERE] })], ['a region', [Lazy.string({ produce: () => THERE })]]])(
  'fails on replicas that are known only at deployment: %s', (_, replicaRegions) => {
    expect(failure({ replicaRegions })).toMatch(/^replicaRegions are \[".*"\], a token: name the regions themselves \[Stack\/Cache\]$/);
  });

test('fails on a given table together with what defines one, and names all of it', () => {
  const stack = newStack();
  const table = dynamodb.TableV2.fromTableName(stack, 'Own', 'own');
  expect(messageOf(() => new MemoCache(stack, 'Cache', { table, environmentName: 'prod', deletionProtection: true })))
    .toBe('environmentName, deletionProtection cannot be given together with table: set them where the table is defined [Stack/Cache]');
});

describe('a given table', () => {
  const { BINARY, STRING } = dynamodb.AttributeType;
  const [pk, sk] = ['pk', 'sk'].map((name) => ({ name, type: STRING }));
  const use = 'use a table with the keys "pk" (S), "sk" (S)';

  test.each<[string, dynamodb.TableProps & dynamodb.TablePropsV2, string]>([
    ['no sort key', { partitionKey: pk }, '"pk" (S)'],
    ['keys of other names', { partitionKey: { name: 'id', type: STRING }, sortKey: { name: 'range', type: STRING } }, '"id" (S), "range" (S)'],
    ['a key of another type', { partitionKey: pk, sortKey: { name: 'sk', type: BINARY } }, '"pk" (S), "sk" (B)'],
    ['its keys the wrong way round', { partitionKey: sk, sortKey: pk }, '"sk" (S), "pk" (S)'],
  ])('fails with %s', (_, props, keys) => {
    const stack = newStack();
    const message = (id: string) => `table "Stack/${id}" has the keys ${keys}: ${use} [Stack/Cache]`;
    for (const table of [new dynamodb.Table(stack, 'One', props), new dynamodb.TableV2(stack, 'Two', props)]) {
      expect(messageOf(() => new MemoCache(stack, 'Cache', { table }))).toBe(message(table.node.id));
      stack.node.tryRemoveChild('Cache');
    }
  });

  test.each<[string, (stack: Stack) => dynamodb.ITable]>([
    ['Table with the keys', (stack) => new dynamodb.Table(stack, 'Own', { partitionKey: pk, sortKey: sk })],
    ['TableV2 with the keys', (stack) => new dynamodb.TableV2(stack, 'Own', { partitionKey: pk, sortKey: sk })],
    ['Table that is imported', (stack) => dynamodb.Table.fromTableName(stack, 'Own', 'own')],
    ['TableV2 that is imported', (stack) => dynamodb.TableV2.fromTableName(stack, 'Own', 'own')],
    ['replica of another account', (stack) => new dynamodb.TableV2MultiAccountReplica(stack, 'Own', {
      replicaSourceTable: dynamodb.TableV2.fromTableArn(stack, 'Source', 'arn:aws:dynamodb:us-east-1:222222222222:table/own'),
    })],
    ['Table whose keys are known only at deployment', (stack) => new dynamodb.Table(stack, 'Own', {
      partitionKey: { name: Token.asString({ Ref: 'Parameter' }), type: STRING }, sortKey: sk,
    })],
  ])('may be a %s', (_, tableOf) => {
    const stack = newStack({ env: HERE });
    expect(() => new MemoCache(stack, 'Cache', { table: tableOf(stack) })).not.toThrow();
  });

  test('fails with a removal policy that nothing would have', () => {
    const stack = newStack();
    const table = dynamodb.TableV2.fromTableName(stack, 'Own', 'own');
    const overflowBucket = s3.Bucket.fromBucketName(stack, 'Shared', 'shared');
    const message = 'removalPolicy cannot be given together with table: set them where the table is defined [Stack/Cache]';
    for (const props of [{}, { overflow: true, overflowBucket }]) {
      expect(messageOf(() => new MemoCache(stack, 'Cache', { table, removalPolicy: RemovalPolicy.RETAIN, ...props }))).toBe(message);
      stack.node.tryRemoveChild('Cache');
    }
  });

  test('leaves the removal policy to a bucket that is defined', () => {
    const stack = newStack();
    const table = dynamodb.TableV2.fromTableName(stack, 'Own', 'own');
    new MemoCache(stack, 'Cache', { table, removalPolicy: RemovalPolicy.RETAIN, overflow: true });
    Template.fromStack(stack).hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Retain' });
  });
});

test.each<[MemoCacheProps, string]>([
  [{ overflow: false }, 'overflow is false, but overflowBucket is given: leave one of them out'],
  [{ overflowExpiration: Duration.days(1) }, 'overflowExpiration cannot be given together with overflowBucket: set them where the bucket is defined'],
])('fails on a given bucket together with %j', (props, message) => {
  const stack = newStack();
  const overflowBucket = s3.Bucket.fromBucketName(stack, 'Shared', 'shared');
  expect(messageOf(() => new MemoCache(stack, 'Cache', { ...props, overflowBucket }))).toBe(`${message} [Stack/Cache]`);
});

test('fails on a bucket of another region, of a new cache and of an imported one', () => {
  const stack = newStack({ env: HERE });
  const overflowBucket = s3.Bucket.fromBucketAttributes(stack, 'Shared', { bucketName: 'shared', region: THERE });
  const message = 'overflowBucket is in "us-east-1", the table in "eu-west-1": use a bucket of the table\'s region';
  expect(messageOf(() => new MemoCache(stack, 'Cache', { overflowBucket }))).toBe(`${message} [Stack/Cache]`);
  expect(messageOf(() => MemoCache.fromMemoCacheAttributes(stack, 'Imported', { memoCacheTableName: 'cache-prod', overflowBucket })))
    .toBe(`${message} [Stack/Imported]`);
});

test('fails before anything is defined', () => {
  const stack = newStack();
  messageOf(() => new MemoCache(stack, 'Cache', { tableName: '' }));
  expect(stack.node.findChild('Cache').node.children).toEqual([]);
});

test('looks at the value and not at its name', () => {
  expect(() => new MemoCache(newStack(), 'Cache', { tableName: Token.asString({ Ref: 'Parameter' }) })).not.toThrow();
});
