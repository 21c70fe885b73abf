import { Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import { MemoCache, MemoCacheProps } from '../../../lib';
import { HERE, KEYS, newStack } from '../stacks';

const TABLE = 'AWS::DynamoDB::GlobalTable';

function withProps(props: MemoCacheProps, stack: Stack = newStack()): Template {
  new MemoCache(stack, 'Cache', props);
  return Template.fromStack(stack);
}

test('environmentName names the table as the seed does', () => {
  withProps({ environmentName: 'prod' }).hasResourceProperties(TABLE, { TableName: 'cache-prod' });
});

test('tableName names the table', () => {
  withProps({ tableName: 'results' }).hasResourceProperties(TABLE, { TableName: 'results' });
});

test('table is used in place of a new one', () => {
  const stack = newStack();
  const table = new dynamodb.Table(stack, 'Own', KEYS);
  const cache = new MemoCache(stack, 'Cache', { table });
  expect(cache.table).toBe(table);
  Template.fromStack(stack).resourceCountIs(TABLE, 0);
});

describe('encryptionKey', () => {
  test.each([['unknown', {}], ['known', { env: HERE }]])('encrypts the table and the bucket where the region is %s', (_, props) => {
    const stack = newStack(props);
    const encryptionKey = new kms.Key(stack, 'Key');
    const arn = stack.resolve(encryptionKey.keyArn) as object;
    const template = withProps({ encryptionKey, overflow: true }, stack);
    template.hasResourceProperties(TABLE, {
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      Replicas: [{ SSESpecification: { KMSMasterKeyId: arn } }],
    });
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{
          BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: arn },
        }],
      },
    });
  });

  test.each([['unknown', {}], ['known', { env: HERE }]])('is known to the table itself where the region is %s', (_, props) => {
    const stack = newStack(props);
    const encryptionKey = new kms.Key(stack, 'Key');
    expect(new MemoCache(stack, 'Cache', { encryptionKey }).table.encryptionKey).toBe(encryptionKey);
  });
});

test('replicaRegions replicates the table', () => {
  withProps({ replicaRegions: ['us-east-1'] }, newStack({ env: HERE })).hasResourceProperties(TABLE, {
    Replicas: [{ Region: 'us-east-1' }, { Region: 'eu-west-1' }],
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  });
});

test('replicaEncryptionKeys encrypts each replica by the key of its region', () => {
  const stack = newStack({ env: HERE });
  const keyArn = 'arn:aws:kms:us-east-1:111111111111:key/abc';
  withProps({
    encryptionKey: new kms.Key(stack, 'Key'), replicaRegions: ['us-east-1'],
    replicaEncryptionKeys: { 'us-east-1': kms.Key.fromKeyArn(stack, 'There', keyArn) },
  }, stack).hasResourceProperties(TABLE, {
    Replicas: [{ Region: 'us-east-1', SSESpecification: { KMSMasterKeyId: keyArn } }, Match.objectLike({ Region: 'eu-west-1' })],
  });
});

test('warmThroughput prepares the table', () => {
  withProps({ warmThroughput: { readUnitsPerSecond: 20000, writeUnitsPerSecond: 8000 } })
    .hasResourceProperties(TABLE, { WarmThroughput: { ReadUnitsPerSecond: 20000, WriteUnitsPerSecond: 8000 } });
});

test('maxReadRequestUnits and maxWriteRequestUnits bound the bill', () => {
  withProps({ maxReadRequestUnits: 500, maxWriteRequestUnits: 100 }).hasResourceProperties(TABLE, {
    WriteOnDemandThroughputSettings: { MaxWriteRequestUnits: 100 },
    Replicas: [{ ReadOnDemandThroughputSettings: { MaxReadRequestUnits: 500 } }],
  });
});

test('tableClass sets the table class', () => {
  withProps({ tableClass: dynamodb.TableClass.STANDARD_INFREQUENT_ACCESS })
    .hasResourceProperties(TABLE, { Replicas: [{ TableClass: 'STANDARD_INFREQUENT_ACCESS' }] });
});

test('contributorInsights switches them on', () => {
  withProps({ contributorInsights: dynamodb.ContributorInsightsMode.THROTTLED_KEYS })
    .hasResourceProperties(TABLE, { Replicas: [{ ContributorInsightsSpecification: { Enabled: true, Mode: 'THROTTLED_KEYS' } }] });
});

test('pointInTimeRecovery switches it on', () => {
  withProps({ pointInTimeRecovery: true })
    .hasResourceProperties(TABLE, { Replicas: [{ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }] });
});

test('deletionProtection switches it on', () => {
  withProps({ deletionProtection: true }).hasResourceProperties(TABLE, { Replicas: [{ DeletionProtectionEnabled: true }] });
});

test('removalPolicy applies to the table and the bucket', () => {
  const template = withProps({ removalPolicy: RemovalPolicy.RETAIN, overflow: true });
  template.hasResource(TABLE, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  template.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  template.resourceCountIs('Custom::S3AutoDeleteObjects', 0);
});

test('clientMetrics: false leaves the client\'s metrics off', () => {
  expect(new MemoCache(newStack(), 'Cache').environment.CACHE_METRICS).toBe('emf');
  expect(new MemoCache(newStack(), 'Cache', { clientMetrics: false }).environment).not.toHaveProperty('CACHE_METRICS');
});

describe('values that are known only at deployment are not checked', () => {
  test.each<[string, MemoCacheProps, object]>([
    ['environmentName', { environmentName: Lazy.string({ produce: () => 'late' }) }, { TableName: 'cache-late' }],
    ['tableName', { tableName: Lazy.string({ produce: () => 'late' }) }, { TableName: 'late' }],
    ['maxReadRequestUnits', { maxReadRequestUnits: Lazy.number({ produce: () => 7 }) },
      { Replicas: [{ ReadOnDemandThroughputSettings: { MaxReadRequestUnits: 7 } }] }],
    ['maxWriteRequestUnits', { maxWriteRequestUnits: Lazy.number({ produce: () => 7 }) },
      { WriteOnDemandThroughputSettings: { MaxWriteRequestUnits: 7 } }],
    ['warmThroughput',
      { warmThroughput: { readUnitsPerSecond: Lazy.number({ produce: () => 7 }), writeUnitsPerSecond: Lazy.number({ produce: () => 8 }) } },
      { WarmThroughput: { ReadUnitsPerSecond: 7, WriteUnitsPerSecond: 8 } }],
  ])('%s', (_, props, expected) => {
    withProps(props).hasResourceProperties(TABLE, expected);
  });
});
