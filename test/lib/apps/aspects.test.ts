import { App, Aspects, CfnResource, IAspect, RemovalPolicies, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { IConstruct } from 'constructs';
import { defaults, everything } from './constructs';
import { ownResources, Rendered, resourcesOf } from './templates';
import { ConfigFootprint, LiveCache, LiveIndex, MemoCache, TaskCache } from '../../../lib';
import { messageOf } from '../stacks';

const KEY_ARN = 'arn:aws:kms:eu-west-1:111111111111:key/aspect';

/** An aspect that does something to each resource. */
function toEach(action: (resource: CfnResource) => void): IAspect {
  return { visit: (node: IConstruct) => { if (CfnResource.isCfnResource(node)) action(node); } };
}

/** The package's resources as they are after an aspect. */
function under(prepare: (app: App) => void, define = [defaults, everything]): [string, Rendered][] {
  const app = new App();
  prepare(app);
  const stacks = define.map((each) => each(app));
  return stacks.flatMap((stack) => {
    const resources = resourcesOf(stack);
    return [...ownResources(stack).keys()].map((id): [string, Rendered] => [id, resources[id]]);
  });
}

const ids = (resources: readonly [string, Rendered][]) => resources.map(([id, { Type }]) => `${id} ${Type}`);

type Policy = [string, (app: App) => void];

test.each<Policy>([
  ['an aspect that deletes everything', (app) => Aspects.of(app).add(toEach((one) => one.applyRemovalPolicy(RemovalPolicy.DESTROY)))],
  ['RemovalPolicies.of(app).destroy()', (app) => RemovalPolicies.of(app).destroy()],
])('%s has its way with each resource', (_, apply) => {
  const others = under(apply).filter(([, resource]) => resource.DeletionPolicy !== 'Delete' || resource.UpdateReplacePolicy !== 'Delete');
  expect(ids(others)).toEqual([]);
});

describe.each<Policy>([
  ['an aspect that retains everything', (app) => Aspects.of(app).add(toEach((one) => one.applyRemovalPolicy(RemovalPolicy.RETAIN)))],
  ['RemovalPolicies.of(app).retain()', (app) => RemovalPolicies.of(app).retain()],
])('%s', (_, apply) => {
  test('fails for a bucket that is emptied on deletion, and names it', () => {
    const message = messageOf(() => under(apply, [defaults]));
    for (const path of ['Defaults/Memo/Overflow', 'Defaults/Live/Bucket']) expect(message).toContain(path);
    expect(message).toContain('AutoDeleteObjects');
  });

  test('has its way with each resource of caches whose buckets are not', () => {
    const app = new App();
    apply(app);
    const stack = new Stack(app, 'Stack');
    new MemoCache(stack, 'Memo', { overflow: true, overflowAutoDeleteObjects: false });
    new LiveCache(stack, 'Live', { index: LiveIndex.endpoint(stack, 'Index', { host: 'index.example.com' }), autoDeleteObjects: false });
    new TaskCache(stack, 'Tasks');
    new ConfigFootprint(stack, 'Config', { namespaces: ['/app'] });
    const others = Object.entries(resourcesOf(stack)).filter(([, { DeletionPolicy }]) => DeletionPolicy !== 'Retain');
    expect(ids(others)).toEqual([]);
  });
});

test('what an aspect sets on functions, log groups and queues reaches the template', () => {
  const resources = under((app) => {
    Aspects.of(app).add(toEach((resource) => {
      if (resource instanceof lambda.CfnFunction) resource.memorySize = 2048;
      if (resource instanceof logs.CfnLogGroup) resource.retentionInDays = 3653;
      if (resource instanceof sqs.CfnQueue) resource.messageRetentionPeriod = 600;
    }));
  });
  const values = (type: string, name: string) => new Set(resources.filter(([, { Type }]) => Type === type).map(([, each]) => each.Properties![name]));
  expect(values('AWS::Lambda::Function', 'MemorySize')).toEqual(new Set([2048]));
  expect(values('AWS::Logs::LogGroup', 'RetentionInDays')).toEqual(new Set([3653]));
  expect(values('AWS::SQS::Queue', 'MessageRetentionPeriod')).toEqual(new Set([600]));
});

test('an aspect can set a key on all that holds data', () => {
  const held = under((app) => Aspects.of(app).add(toEach(encrypt))).filter(([, { Type }]) => HOLDS_DATA.includes(Type));
  expect(new Set(held.map(([, { Type }]) => Type))).toEqual(new Set(HOLDS_DATA));
  expect(ids(held.filter(([, { Properties }]) => !JSON.stringify(Properties).includes(KEY_ARN)))).toEqual([]);
});

const HOLDS_DATA = ['AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket', 'AWS::SQS::Queue', 'AWS::SecretsManager::Secret', 'AWS::Logs::LogGroup'];

function encrypt(resource: CfnResource): void {
  if (resource instanceof dynamodb.CfnGlobalTable) {
    resource.sseSpecification = { sseEnabled: true, sseType: 'KMS' };
    resource.addPropertyOverride('Replicas.0.SSESpecification', { KMSMasterKeyId: KEY_ARN });
  }
  if (resource instanceof s3.CfnBucket) resource.addPropertyOverride('BucketEncryption.ServerSideEncryptionConfiguration', [{
    ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY_ARN },
  }]);
  if (resource instanceof sqs.CfnQueue) resource.kmsMasterKeyId = KEY_ARN;
  if (resource instanceof secretsmanager.CfnSecret) resource.kmsKeyId = KEY_ARN;
  if (resource instanceof logs.CfnLogGroup) resource.kmsKeyId = KEY_ARN;
}

/** How organizations refuse what is not encrypted with a customer's key: by what the resource says. */
function isKeyed({ Type, Properties = {} }: Rendered): boolean {
  switch (Type) {
    case 'AWS::DynamoDB::GlobalTable': return JSON.stringify(Properties).includes('KMSMasterKeyId');
    case 'AWS::S3::Bucket': return JSON.stringify(Properties.BucketEncryption ?? '').includes('KMSMasterKeyID');
    case 'AWS::SQS::Queue': return Properties.KmsMasterKeyId !== undefined;
    case 'AWS::SecretsManager::Secret': return Properties.KmsKeyId !== undefined;
    case 'AWS::Lambda::Function': return Properties.KmsKeyArn !== undefined;
    case 'AWS::CloudTrail::Trail': return Properties.KMSKeyId !== undefined;
    default: return true;
  }
}

/** By whatever key: a queue is encrypted unless it says that it is not. */
function isEncrypted({ Type, Properties = {} }: Rendered): boolean {
  if (Type === 'AWS::S3::Bucket') return Properties.BucketEncryption !== undefined;
  if (Type === 'AWS::SQS::Queue') return Properties.SqsManagedSseEnabled !== false;
  if (Type === 'AWS::ElastiCache::ReplicationGroup') {
    return Properties.AtRestEncryptionEnabled === true && Properties.TransitEncryptionEnabled === true;
  }
  return true;
}

test('an aspect that demands encryption finds nothing without it', () => {
  expect(ids(under(() => undefined).filter(([, resource]) => !isEncrypted(resource)))).toEqual([]);
});

test('an aspect that demands keys of the user\'s own finds these alone where all keys are given', () => {
  const found = under(() => undefined, [everything]).filter(([, resource]) => !isKeyed(resource));
  expect(ids(found)).toEqual([
    // an index takes a secret of the user's, with its key
    'DragonflySecretCC2914D9 AWS::SecretsManager::Secret', 'DragonflyTlsSecretCCCCA608 AWS::SecretsManager::Secret',
    'LiveBucket0235ECB8 AWS::S3::Bucket', // each object has a key of its own
    'ValkeySecretA0BA2AE1 AWS::SecretsManager::Secret',
  ]);
});
