import { Duration, Lazy, RemovalPolicy } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { MemoCache } from '../../../lib';
import { newStack } from '../stacks';

const BUCKET = 'AWS::S3::Bucket';

test('overflow defines a private bucket that expires cached values', () => {
  const stack = newStack();
  const cache = new MemoCache(stack, 'Cache', { overflow: true });
  const template = Template.fromStack(stack);
  template.hasResource(BUCKET, {
    DeletionPolicy: 'Delete',
    Properties: {
      BucketName: Match.absent(),
      VersioningConfiguration: Match.absent(),
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      LifecycleConfiguration: {
        Rules: [
          { Id: 'expire', Prefix: 'memo/', ExpirationInDays: 30, Status: 'Enabled' },
          { Id: 'abort-uploads', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' },
        ],
      },
    },
  });
  expect(cache.environment.CACHE_BUCKET).toBe(cache.overflowBucket?.bucketName);
});

test('the bucket refuses what does not come by TLS 1.2', () => {
  const stack = newStack();
  new MemoCache(stack, 'Cache', { overflow: true });
  const deny = { Effect: 'Deny', Action: 's3:*', Principal: { AWS: '*' } };
  Template.fromStack(stack).hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ ...deny, Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        Match.objectLike({ ...deny, Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } }),
      ]),
    },
  });
});

test('overflowBucket is used in place of a new one', () => {
  const stack = newStack();
  const overflowBucket = s3.Bucket.fromBucketName(stack, 'Shared', 'shared-bucket');
  const cache = new MemoCache(stack, 'Cache', { overflowBucket });
  expect(cache.environment.CACHE_BUCKET).toBe('shared-bucket');
  Template.fromStack(stack).resourceCountIs(BUCKET, 0);
});

test('overflow: true may be said of a given bucket', () => {
  const stack = newStack();
  const overflowBucket = s3.Bucket.fromBucketName(stack, 'Shared', 'shared-bucket');
  expect(new MemoCache(stack, 'Cache', { overflow: true, overflowBucket }).overflowBucket).toBe(overflowBucket);
});

test('without a bucket the client is told of none', () => {
  expect(new MemoCache(newStack(), 'Cache').environment).not.toHaveProperty('CACHE_BUCKET');
});

test.each([[Duration.days(7), 7], [Duration.hours(48), 2], [Duration.days(Lazy.number({ produce: () => 9 })), 9]])(
  'overflowExpiration %s', (overflowExpiration, days) => {
    const stack = newStack();
    new MemoCache(stack, 'Cache', { overflow: true, overflowExpiration });
    Template.fromStack(stack).hasResourceProperties(BUCKET, {
      LifecycleConfiguration: { Rules: Match.arrayWith([Match.objectLike({ ExpirationInDays: days })]) },
    });
  });

test.each<[boolean | undefined, RemovalPolicy | undefined, number]>([
  [undefined, undefined, 1], [undefined, RemovalPolicy.RETAIN, 0], [false, undefined, 0], [true, RemovalPolicy.DESTROY, 1],
])('overflowAutoDeleteObjects: %s with removalPolicy: %s defines %d helpers', (overflowAutoDeleteObjects, removalPolicy, count) => {
  const stack = newStack();
  new MemoCache(stack, 'Cache', { overflow: true, overflowAutoDeleteObjects, removalPolicy });
  Template.fromStack(stack).resourceCountIs('Custom::S3AutoDeleteObjects', count);
});
