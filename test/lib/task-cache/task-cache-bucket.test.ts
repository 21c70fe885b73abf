import { RemovalPolicy } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { TaskCache } from '../../../lib';
import { HERE, newStack } from '../stacks';
import { bucketOf, bucketStatements, newCache, templateOf } from './caches';

const BUCKET = 'AWS::S3::Bucket';

test('the bucket is private, keeps former versions for a week, and stays', () => {
  templateOf().hasResource(BUCKET, {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      LifecycleConfiguration: {
        Rules: [
          { Id: 'noncurrent', ExpiredObjectDeleteMarker: true, NoncurrentVersionExpiration: { NoncurrentDays: 7 }, Status: 'Enabled' },
          { Id: 'abort-uploads', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' },
        ],
      },
    },
  });
});

const deny = { Effect: 'Deny', Principal: { AWS: '*' } };
const own = (end: string) => ({ 'Fn::Join': ['', [{ 'Fn::GetAtt': ['CacheBucket664BE8D7', 'Arn'] }, end]] });

test('the bucket refuses what does not come by TLS 1.2', () => {
  expect(bucketStatements(templateOf())).toEqual(expect.arrayContaining([
    expect.objectContaining({ ...deny, Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    expect.objectContaining({ ...deny, Action: 's3:*', Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } }),
  ]));
});

test('the bucket refuses whom does not say what is replaced: objects are never, documents by comparison', () => {
  expect(bucketStatements(templateOf()).filter(({ Sid }) => Sid)).toEqual([{
    ...deny, Sid: 'WriteObjectsOnce', Action: 's3:PutObject', Resource: own('/v1/*/*/objects/*'), Condition: { Null: { 's3:if-none-match': 'true' } },
  }, {
    ...deny, Sid: 'ReplaceByComparison', Action: 's3:PutObject', Resource: own('/v1/*'),
    Condition: { Null: { 's3:if-none-match': 'true', 's3:if-match': 'true' } },
  }]);
});

test('bucketName is given only when asked for, and the name that the seed had is at hand', () => {
  const stack = newStack({ env: HERE });
  const bucketName = TaskCache.puppetBucketName(stack);
  expect(bucketName).toBe('sc-puppet-caching-bucket-111111111111-eu-west-1');
  templateOf({ bucketName }, stack).hasResourceProperties(BUCKET, { BucketName: bucketName });
});

test('encryptionKey encrypts the bucket, with a key of the bucket\'s own in between', () => {
  const stack = newStack();
  templateOf({ encryptionKey: new kms.Key(stack, 'Key') }, stack).hasResourceProperties(BUCKET, {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{
        BucketKeyEnabled: true,
        ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: { 'Fn::GetAtt': ['Key961B73FD', 'Arn'] } },
      }],
    },
  });
});

test('removalPolicy applies to the bucket', () => {
  templateOf({ removalPolicy: RemovalPolicy.DESTROY }).hasResource(BUCKET, { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
});

test.each<[boolean | undefined, RemovalPolicy | undefined, number]>([
  [undefined, undefined, 0], [undefined, RemovalPolicy.DESTROY, 1], [false, RemovalPolicy.DESTROY, 0], [true, RemovalPolicy.DESTROY, 1],
])('autoDeleteObjects: %s with removalPolicy: %s defines %d helpers', (autoDeleteObjects, removalPolicy, count) => {
  templateOf({ autoDeleteObjects, removalPolicy }).resourceCountIs('Custom::S3AutoDeleteObjects', count);
});

describe('a given bucket', () => {
  test('is used in place of a new one, and refuses the same, once for two caches', () => {
    const stack = newStack();
    const bucket = new s3.Bucket(stack, 'Own');
    newCache({ bucket }, stack, 'One');
    newCache({ bucket }, stack, 'Two');
    const template = Template.fromStack(stack);
    template.resourceCountIs(BUCKET, 1);
    expect(bucketStatements(template).map(({ Sid }) => Sid)).toEqual(['WriteObjectsOnce', 'ReplaceByComparison']);
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  test('that is imported keeps its policy where it is defined, and whoever uses it is reminded of that', () => {
    const stack = newStack({ env: HERE });
    const cache = newCache({ bucket: bucketOf(stack) }, stack);
    Template.fromStack(stack).resourceCountIs('AWS::S3::BucketPolicy', 0);
    Annotations.fromStack(stack).hasWarning('/Stack/Cache', 'bucket "Stack/Own" is imported, so its policy stays as it is: add there what denies '
    + 'writes without a condition, as the README has it, so that nothing is replaced by who has not read it '
    + '[ack: @cdk-cache-tiers/tasks:bucketPolicyIsElsewhere]');
    expect(cache.scope('main').environment).toMatchObject({ TASK_CACHE_BUCKET: 'shared', TASK_CACHE_BUCKET_REGION: 'eu-west-1' });
  });

  test('of another region is found there', () => {
    const stack = newStack({ env: HERE });
    const bucket = s3.Bucket.fromBucketAttributes(stack, 'Own', { bucketName: 'shared', region: 'eu-west-3' });
    const cache = newCache({ bucket }, stack);
    expect(cache.scope('main').environment.TASK_CACHE_BUCKET_REGION).toBe('eu-west-3');
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ TASK_CACHE_BUCKET: 'shared', TASK_CACHE_BUCKET_REGION: 'eu-west-3' }) },
    });
  });
});
