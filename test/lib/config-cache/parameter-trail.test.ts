import { App, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ParameterChanges, ParameterChangeSource, ParameterTrail, ParameterTrailOptions } from '../../../lib';
import { messageOf, newStack } from '../stacks';

const BUCKET = 'AWS::S3::Bucket';
const KEY = 'AWS::KMS::Key';

function create(options?: ParameterTrailOptions, stack: Stack = newStack()): ParameterChanges {
  return new ParameterChanges(stack, 'Changes', {
    namespaces: ['/app'], source: ParameterChangeSource.CLOUDTRAIL, trail: ParameterTrail.create(options),
  });
}

const templateOf = (changes: ParameterChanges) => Template.fromStack(Stack.of(changes));

test('logs write events of one Region, with validation, encrypted', () => {
  const template = templateOf(create());
  template.hasResourceProperties('AWS::CloudTrail::Trail', {
    IsLogging: true, IsMultiRegionTrail: false, IncludeGlobalServiceEvents: false, EnableLogFileValidation: true,
    EventSelectors: [{ IncludeManagementEvents: true, ReadWriteType: 'WriteOnly' }],
    KMSKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ChangesTrailKey'), 'Arn'] },
    TrailName: Match.absent(),
  });
});

test('keeps its files in a private bucket for 90 days, by TLS alone', () => {
  const template = templateOf(create());
  template.hasResource(BUCKET, {
    DeletionPolicy: 'Retain',
    Properties: {
      BucketEncryption: {
        // With an S3 Bucket Key CloudTrail would need kms:Decrypt, or the trail cannot be created.
        ServerSideEncryptionConfiguration: [{ BucketKeyEnabled: false, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
      },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      LifecycleConfiguration: { Rules: [{ Id: 'expire', ExpirationInDays: 90, Status: 'Enabled' }] },
    },
  });
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })]) },
  });
});

test('lets CloudTrail use the key for trails of the account, and nobody else', () => {
  const [partition, region, account] = ['AWS::Partition', 'AWS::Region', 'AWS::AccountId'].map((name) => ({ Ref: name }));
  const arn = { 'Fn::Join': ['', ['arn:', partition, ':cloudtrail:', region, ':', account, ':trail/*']] };
  const Principal = { Service: 'cloudtrail.amazonaws.com' };
  templateOf(create()).hasResource(KEY, {
    DeletionPolicy: 'Retain',
    Properties: {
      EnableKeyRotation: true,
      KeyPolicy: {
        Statement: [
          Match.objectLike({ Action: 'kms:*', Principal: { AWS: Match.anyValue() } }),
          {
            Effect: 'Allow', Action: 'kms:GenerateDataKey*', Principal, Resource: '*',
            Condition: { ArnLike: { 'aws:SourceArn': arn }, StringLike: { 'kms:EncryptionContext:aws:cloudtrail:arn': arn } },
          },
          { Effect: 'Allow', Action: 'kms:DescribeKey', Principal, Resource: '*', Condition: { ArnLike: { 'aws:SourceArn': arn } } },
        ],
      },
    },
  });
});

test('bucket and encryptionKey are used in place of new ones', () => {
  const stack = newStack();
  const [bucket, encryptionKey] = [new s3.Bucket(stack, 'Own'), new kms.Key(stack, 'OwnKey')];
  const template = templateOf(create({ bucket, encryptionKey }, stack));
  template.resourceCountIs(BUCKET, 1);
  template.resourceCountIs(KEY, 1);
  template.hasResourceProperties('AWS::CloudTrail::Trail', {
    S3BucketName: stack.resolve(bucket.bucketName) as object, KMSKeyId: stack.resolve(encryptionKey.keyArn) as object,
  });
});

test('imported bucket and key are taken as they are', () => {
  const stack = newStack();
  const template = templateOf(create({
    bucket: s3.Bucket.fromBucketName(stack, 'Own', 'trails'),
    encryptionKey: kms.Key.fromKeyArn(stack, 'OwnKey', 'arn:aws:kms:eu-west-1:111111111111:key/abc'),
  }, stack));
  template.hasResourceProperties('AWS::CloudTrail::Trail', { S3BucketName: 'trails', KMSKeyId: 'arn:aws:kms:eu-west-1:111111111111:key/abc' });
  template.resourceCountIs(BUCKET, 0);
});

test('expiration and removalPolicy', () => {
  const template = templateOf(create({ expiration: Duration.days(7), removalPolicy: RemovalPolicy.DESTROY }));
  template.hasResource(BUCKET, { DeletionPolicy: 'Delete', Properties: { LifecycleConfiguration: { Rules: [{ ExpirationInDays: 7 }] } } });
  template.hasResource(KEY, { DeletionPolicy: 'Delete' });
});

test('fails on an expiration that nothing would have, or of half a day', () => {
  const stack = newStack();
  const bucket = new s3.Bucket(stack, 'Own');
  expect(messageOf(() => create({ bucket, expiration: Duration.days(1) }, stack)))
    .toBe('expiration cannot be given together with bucket: set it on the bucket itself [Stack/Changes]');
  expect(messageOf(() => create({ expiration: Duration.hours(12) })))
    .toBe('expiration is "Duration.hours(12)": use whole days, at least one [Stack/Changes]');
});

test('the rules come after the trail', () => {
  const changes = create();
  templateOf(changes).allResources('AWS::Events::Rule', { DependsOn: Match.arrayWith([Match.stringLikeRegexp('^ChangesTrail[0-9A-F]{8}$')]) });
});

test('AwsSolutions finds nothing in it but that the bucket keeps no log of its own', () => {
  const stack = new Stack(new App(), 'Stack');
  const changes = create({}, stack);
  // Access logs of a log say who has read it; whoever needs that gives a bucket of his own.
  Validations.of(changes).acknowledge({ id: 'AwsSolutions-S1', reason: 'access to a log of calls that the account keeps elsewhere, too' });
  expect(new AwsSolutionsChecks().validateScope(stack).violations.map(({ ruleName }) => ruleName)).toEqual([]);
});
