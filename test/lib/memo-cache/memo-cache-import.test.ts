import { Aws, CfnParameter, Lazy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { MemoCache, MemoCacheAttributes } from '../../../lib';
import { HERE, messageOf, newFunction, newStack } from '../stacks';

const ARN = 'arn:aws:dynamodb:eu-west-1:111111111111:table/cache-prod';

function imported(attrs: MemoCacheAttributes, stack: Stack = newStack({ env: HERE })) {
  return MemoCache.fromMemoCacheAttributes(stack, 'Cache', attrs);
}

test('an imported cache defines nothing', () => {
  const stack = newStack({ env: HERE });
  MemoCache.fromTableName(stack, 'Cache', 'cache-prod');
  expect(Template.fromStack(stack).toJSON()).not.toHaveProperty('Resources');
});

test('by name it is in the stack\'s account and region', () => {
  const cache = MemoCache.fromTableName(newStack({ env: HERE }), 'Cache', 'cache-prod');
  expect(cache.memoCacheTableName).toBe('cache-prod');
  expect(cache.environment).toEqual({ CACHE_TABLE: 'cache-prod', CACHE_TABLE_REGION: 'eu-west-1', CACHE_METRICS: 'emf' });
});

test('by ARN it is where the ARN says', () => {
  const cache = imported({ memoCacheTableArn: ARN.replace('eu-west-1', 'eu-north-1') });
  expect(cache.memoCacheTableArn).toBe(ARN.replace('eu-west-1', 'eu-north-1'));
  expect(cache.env.region).toBe('eu-north-1');
  expect(cache.environment).toMatchObject({ CACHE_TABLE: 'cache-prod', CACHE_TABLE_REGION: 'eu-north-1' });
});

test.each([['another account', newStack({ env: { ...HERE, account: '222222222222' } })], ['an unknown account', newStack()]])(
  'from %s the table is reached by its ARN', (_, stack) => {
    expect(imported({ memoCacheTableArn: ARN }, stack).environment.CACHE_TABLE).toBe(ARN);
  });

test('all attributes are kept', () => {
  const stack = newStack({ env: HERE });
  const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111111111111:key/abc');
  const overflowBucket = s3.Bucket.fromBucketName(stack, 'Bucket', 'shared');
  const cache = imported({
    memoCacheTableName: 'cache-prod', encryptionKey, overflowBucket, replicaRegions: ['us-east-1'], clientMetrics: false,
  }, stack);
  expect(cache).toMatchObject({ encryptionKey, overflowBucket, replicaRegions: ['us-east-1'] });
  expect(cache.table.encryptionKey).toBe(encryptionKey);
  expect(cache.environment).toEqual({ CACHE_TABLE: 'cache-prod', CACHE_TABLE_REGION: 'eu-west-1', CACHE_BUCKET: 'shared' });
});

test('a name or an ARN that is known only at deployment is taken as it is', () => {
  const stack = newStack();
  const parameter = new CfnParameter(stack, 'Name');
  expect(stack.resolve(imported({ memoCacheTableName: parameter.valueAsString }, stack).environment.CACHE_TABLE)).toEqual({ Ref: 'Name' });
  const late = MemoCache.fromMemoCacheAttributes(stack, 'Late', { memoCacheTableArn: Lazy.string({ produce: () => ARN }) });
  expect(stack.resolve(late.memoCacheTableArn)).toBe(ARN);
});

test('the ARN of another partition is one', () => {
  expect(imported({ memoCacheTableArn: 'arn:aws-us-gov:dynamodb:us-gov-west-1:111111111111:table/t-1' }).memoCacheTableName).toBe('t-1');
});

test.each<[string, MemoCacheAttributes, string]>([
  ['neither name nor ARN', {}, 'memoCacheTableName and memoCacheTableArn are missing: give one of them'],
  ['both name and ARN', { memoCacheTableName: 'cache-prod', memoCacheTableArn: ARN },
    'memoCacheTableName cannot be given together with memoCacheTableArn: give one of them'],
  ['a name that is none', { memoCacheTableName: 'a/b' },
    'memoCacheTableName is "a/b": use 3 to 255 letters, digits, underscores, hyphens and full stops'],
  ['an ARN of something else', { memoCacheTableArn: 'arn:aws:s3:::bucket' }, 'memoCacheTableArn is "arn:aws:s3:::bucket": use the ARN of a table'],
  ['a replica that is no region', { memoCacheTableName: 'cache-prod', replicaRegions: ['x'] },
    'replicaRegions[0] is "x": use the name of a region, such as "eu-west-1"'],
])('fails on %s', (_, attrs, message) => {
  expect(messageOf(() => imported(attrs))).toBe(`${message} [Stack]`);
});

describe('replica', () => {
  const defined = () => new MemoCache(newStack({ env: HERE }), 'Cache', {
    environmentName: 'prod', replicaRegions: ['us-east-1', 'eu-north-1'], overflow: true,
  });

  test('is the cache as it is there: by the same name, without the bucket', () => {
    const cache = defined();
    const replica = cache.replica('us-east-1');
    expect(replica.environment).toEqual({ CACHE_TABLE: cache.memoCacheTableName, CACHE_TABLE_REGION: 'us-east-1', CACHE_METRICS: 'emf' });
    expect(replica.overflowBucket).toBeUndefined();
    expect(replica.env.region).toBe('us-east-1');
  });

  test('is the same every time', () => {
    const cache = defined();
    expect(cache.replica('us-east-1')).toBe(cache.replica('us-east-1'));
    expect(cache.replica('us-east-1')).not.toBe(cache.replica('eu-north-1'));
  });

  test('has the key of its region', () => {
    const stack = newStack({ env: HERE });
    const there = kms.Key.fromKeyArn(stack, 'There', 'arn:aws:kms:us-east-1:111111111111:key/abc');
    const cache = new MemoCache(stack, 'Cache', {
      encryptionKey: new kms.Key(stack, 'Key'), replicaRegions: ['us-east-1'], replicaEncryptionKeys: { 'us-east-1': there },
    });
    expect(cache.replica('us-east-1').encryptionKey).toBe(there);
  });

  test('of an imported cache', () => {
    const replica = imported({ memoCacheTableName: 'cache-prod', replicaRegions: ['us-east-1'] }).replica('us-east-1');
    expect(replica.memoCacheTableArn).toContain(':dynamodb:us-east-1:111111111111:table/cache-prod');
  });

  test('is what a function in its region is given', () => {
    const cache = defined();
    const stack = new Stack(cache.node.root as never, 'There', { env: { ...HERE, region: 'us-east-1' } });
    cache.bind(newFunction(stack));
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { CACHE_TABLE: 'cache-prod', CACHE_TABLE_REGION: 'us-east-1' } },
    });
  });

  test('fails on a region without one', () => {
    expect(messageOf(() => defined().replica('sa-east-1')))
      .toBe('region is "sa-east-1", replicaRegions are ["us-east-1","eu-north-1"]: name one of them [Stack/Cache]');
  });
});

test('an imported table in the stack of an unknown region is in that stack\'s region', () => {
  expect(MemoCache.fromTableName(newStack(), 'Cache', 'cache-prod').environment.CACHE_TABLE_REGION).toBe(Aws.REGION);
});
