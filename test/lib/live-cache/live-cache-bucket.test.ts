import { RemovalPolicy } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { HERE, messageOf, newStack } from '../stacks';
import { newCache, templateOf } from './caches';

const BUCKET = 'AWS::S3::Bucket';
const POLICY = 'AWS::S3::BucketPolicy';
const UNBLOCKED = { blockedEncryptionTypes: [s3.BlockedEncryptionType.NONE], encryption: s3.BucketEncryption.S3_MANAGED };

interface PolicyResource { readonly Properties: { readonly PolicyDocument: { readonly Statement: { readonly Sid?: string }[] } } }

function policyStatement(template: Template, sid: string): unknown {
  return Object.values(template.findResources(POLICY) as Record<string, PolicyResource>)
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement).find(({ Sid }) => Sid === sid);
}

test('the bucket is private, permits SSE-C, keeps no versions and nothing for longer than a day', () => {
  templateOf().hasResource(BUCKET, {
    DeletionPolicy: 'Delete',
    UpdateReplacePolicy: 'Delete',
    Properties: {
      VersioningConfiguration: Match.absent(),
      CorsConfiguration: Match.absent(),
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{
          BlockedEncryptionTypes: { EncryptionType: ['NONE'] }, ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
        }],
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      LifecycleConfiguration: {
        Rules: [
          { Id: 'expire', Prefix: 'v1/', ExpirationInDays: 1, Status: 'Enabled' },
          { Id: 'abort-uploads', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' },
        ],
      },
    },
  });
});

test('the bucket refuses what does not come by TLS 1.2', () => {
  const deny = { Effect: 'Deny', Action: 's3:*', Principal: { AWS: '*' } };
  templateOf().hasResourceProperties(POLICY, {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ ...deny, Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        Match.objectLike({ ...deny, Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } }),
      ]),
    },
  });
});

test('the bucket refuses what comes without a key of the client\'s', () => {
  expect(policyStatement(templateOf(), 'RequireKeysOfClients')).toEqual({
    Sid: 'RequireKeysOfClients',
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: 's3:PutObject',
    Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['CacheBucket664BE8D7', 'Arn'] }, '/*']] },
    Condition: { Null: { 's3:x-amz-server-side-encryption-customer-algorithm': 'true' } },
  });
});

test('directDownload lets pages of these origins send an object\'s key', () => {
  templateOf({ directDownload: { allowedOrigins: ['https://app.example.com'] } }).hasResourceProperties(BUCKET, {
    CorsConfiguration: {
      CorsRules: [{
        AllowedOrigins: ['https://app.example.com'], AllowedMethods: ['GET'], AllowedHeaders: ['x-amz-server-side-encryption-customer-*'], MaxAge: 3600,
      }],
    },
  });
});

test('sourceVpcEndpoints alone let in and out what is inside', () => {
  const stack = newStack();
  const endpoint = new ec2.Vpc(stack, 'Vpc').addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
  expect(policyStatement(templateOf({ sourceVpcEndpoints: [endpoint] }, stack), 'DenyOtherNetworks')).toEqual({
    Sid: 'DenyOtherNetworks',
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: ['s3:GetObject', 's3:PutObject'],
    Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['CacheBucket664BE8D7', 'Arn'] }, '/*']] },
    Condition: { StringNotEquals: { 'aws:SourceVpce': [{ Ref: 'VpcS3A5408339' }] } },
  });
});

test('gatewayEndpointVpc gets a gateway endpoint', () => {
  const stack = newStack();
  const template = templateOf({ gatewayEndpointVpc: new ec2.Vpc(stack, 'Vpc') }, stack);
  template.hasResourceProperties('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway', VpcId: { Ref: 'Vpc8378EB38' } });
  templateOf().resourceCountIs('AWS::EC2::VPCEndpoint', 0);
});

test('gatewayEndpointVpc may be imported', () => {
  const stack = newStack();
  const gatewayEndpointVpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1', availabilityZones: ['a'], privateSubnetIds: ['subnet-1'], privateSubnetRouteTableIds: ['rtb-1'],
  });
  const { gatewayEndpoint } = newCache({ gatewayEndpointVpc }, stack);
  expect(gatewayEndpoint?.node.path).toBe('Stack/Cache/GatewayEndpoint');
  Template.fromStack(stack).hasResourceProperties('AWS::EC2::VPCEndpoint', { VpcId: 'vpc-1', RouteTableIds: ['rtb-1'] });
});

test('removalPolicy applies to the bucket and the secret', () => {
  const template = templateOf({ removalPolicy: RemovalPolicy.RETAIN });
  for (const type of [BUCKET, 'AWS::SecretsManager::Secret']) {
    template.hasResource(type, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  }
});

test.each<[boolean | undefined, RemovalPolicy | undefined, number]>([
  [undefined, undefined, 1], [undefined, RemovalPolicy.RETAIN, 0], [false, undefined, 0], [true, RemovalPolicy.DESTROY, 1],
])('autoDeleteObjects: %s with removalPolicy: %s defines %d helpers', (autoDeleteObjects, removalPolicy, count) => {
  templateOf({ autoDeleteObjects, removalPolicy }).resourceCountIs('Custom::S3AutoDeleteObjects', count);
});

describe('a given bucket', () => {
  test('is used in place of a new one, and refuses what comes without a key below the cache\'s prefix', () => {
    const stack = newStack();
    const bucket = new s3.Bucket(stack, 'Own', UNBLOCKED);
    const template = templateOf({ bucket }, stack);
    template.resourceCountIs(BUCKET, 1);
    expect(policyStatement(template, 'RequireKeysOfClients')).toMatchObject({
      Effect: 'Deny', Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Own30425842', 'Arn'] }, '/v1/*']] },
    });
  });

  test('of two caches says so once', () => {
    const stack = newStack();
    const bucket = new s3.Bucket(stack, 'Own', UNBLOCKED);
    newCache({ bucket }, stack, 'One');
    newCache({ bucket }, stack, 'Two');
    const [{ Properties }] = Object.values(Template.fromStack(stack).findResources(POLICY) as Record<string, PolicyResource>);
    expect(Properties.PolicyDocument.Statement).toHaveLength(1);
  });

  test('that is imported keeps its policy where it is defined', () => {
    const stack = newStack({ env: HERE });
    const cache = newCache({ bucket: s3.Bucket.fromBucketName(stack, 'Own', 'shared') }, stack);
    Template.fromStack(stack).resourceCountIs(POLICY, 0);
    expect(cache.environment).toMatchObject({ LIVE_BUCKET: 'shared', LIVE_BUCKET_REGION: 'eu-west-1' });
  });

  test('of another region is found there', () => {
    const stack = newStack({ env: HERE });
    const bucket = s3.Bucket.fromBucketAttributes(stack, 'Own', { bucketName: 'shared', region: 'eu-west-3' });
    expect(newCache({ bucket }, stack).environment.LIVE_BUCKET_REGION).toBe('eu-west-3');
  });

  const blocked = 'does not permit SSE-C, which new buckets refuse: define it with blockedEncryptionTypes: [s3.BlockedEncryptionType.NONE]';

  test.each<[string, s3.BucketProps, string]>([
    ['that does not permit SSE-C', {}, blocked],
    ['that blocks SSE-C', { ...UNBLOCKED, blockedEncryptionTypes: [s3.BlockedEncryptionType.SSE_C] }, blocked],
    ['with versions', { ...UNBLOCKED, versioned: true }, 'is versioned, so what is deleted would stay: use one without versioning'],
  ])('fails on one %s', (_, props, message) => {
    const stack = newStack();
    const bucket = new s3.Bucket(stack, 'Own', props);
    expect(messageOf(() => newCache({ bucket }, stack))).toBe(`bucket "Stack/Own" ${message} [Stack/Cache]`);
  });
});
