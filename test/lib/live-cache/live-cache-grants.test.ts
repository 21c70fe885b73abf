import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { ILiveCache, LiveCache, LiveCacheGrants, LiveIndex, LiveKeyRotation } from '../../../lib';
import { HERE, newStack, Statement, statements, statementsFor, via } from '../stacks';
import { CREDENTIALS_ARN, dataEndpoint, INDEX_ARN, newCache, newIndex, newRole, secret, SECRET_ARN } from './caches';

const CONNECT = { Effect: 'Allow', Action: 'elasticache:Connect', Resource: INDEX_ARN };
const readSecret = (Resource: unknown) => ({ Effect: 'Allow', Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], Resource });
const rotateSecret = (Resource: unknown) => ({ Effect: 'Allow', Action: 'secretsmanager:RotateSecret', Resource });

type Method = 'grantRead' | 'grantReadWrite' | 'grantInvalidate' | 'grantOperate';

/** What each method permits on a bucket and its objects. */
const ON_BUCKET: [Method, (bucket: unknown, objects: unknown) => Statement[]][] = [
  ['grantRead', (bucket, objects) => [
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: bucket },
    { Effect: 'Allow', Action: 's3:GetObject', Resource: objects },
  ]],
  ['grantReadWrite', (bucket, objects) => [
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: bucket },
    { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: objects },
  ]],
  ['grantInvalidate', () => []],
  ['grantOperate', (bucket, objects) => [
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: bucket, Condition: { StringLike: { 's3:prefix': 'v1/ns/*' } } },
    { Effect: 'Allow', Action: 's3:DeleteObject', Resource: objects },
  ]],
];

/** Only what a role of the user's may, and not the cache's own functions. */
function granted(stack: Stack): Statement[] {
  const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy', { Properties: { Roles: Match.anyValue() } })) as
    { Properties: { Roles: unknown[]; PolicyDocument: { Statement: Statement[] } } }[];
  return policies.filter(({ Properties }) => !JSON.stringify(Properties.Roles).includes('ServiceRole'))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
}

describe.each(ON_BUCKET)('%s', (method, onBucket) => {
  const secretStatements = (arn: unknown, ...rotator: Statement[]) =>
    [readSecret(arn), CONNECT, ...(method === 'grantOperate' ? [rotateSecret(arn), ...rotator] : [])];
  const invokeRotator: Statement = {
    Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: { 'Fn::GetAtt': ['CacheKeyRotationHandlerFunctionDEA20394', 'Arn'] },
  };
  const masterKey = { Ref: 'CacheMasterKey188A3C86' };
  const bucket = { 'Fn::GetAtt': ['CacheBucket664BE8D7', 'Arn'] };
  const objects = { 'Fn::Join': ['', [bucket, '/v1/ns/*']] };

  test('allows a role exactly its actions on the cache\'s own objects, its keys and its index', () => {
    const stack = newStack();
    const grant = newCache({ namespace: 'ns' }, stack)[method](newRole(stack));
    expect(granted(stack)).toEqual([...onBucket(bucket, objects), ...secretStatements(masterKey, invokeRotator)]);
    expect(grant.success).toBe(true);
    expect(grant.principalStatements).toHaveLength(granted(stack).length);
  });

  test('allows an imported role the same', () => {
    const stack = newStack({ env: HERE });
    newCache({ namespace: 'ns' }, stack)[method](iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111111111111:role/app'));
    expect(granted(stack)).toEqual([...onBucket(bucket, objects), ...secretStatements(masterKey, invokeRotator)]);
  });

  const imported = (end: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::shared${end}`]] });
  test.each<[string, (stack: Stack, own: s3.IBucket) => ILiveCache]>([
    ['of a given bucket', (stack, own) => newCache({ namespace: 'ns', bucket: own, masterKey: secret(stack) }, stack)],
    ['of an imported cache', (stack, own) => LiveCache.fromLiveCacheAttributes(stack, 'Cache', {
      namespace: 'ns', bucket: own, masterKey: secret(stack), index: newIndex(stack),
    })],
  ])('on objects and keys %s', (_, cacheOf) => {
    const stack = newStack({ env: HERE });
    cacheOf(stack, s3.Bucket.fromBucketName(stack, 'Own', 'shared'))[method](newRole(stack));
    expect(granted(stack)).toEqual([...onBucket(imported(''), imported('/v1/ns/*')), ...secretStatements(SECRET_ARN)]);
  });

  test('on another service is the right to read its access key', () => {
    const stack = newStack({ env: HERE });
    newCache({ namespace: 'ns', dataEndpoint: dataEndpoint(stack), masterKey: secret(stack) }, stack)[method](newRole(stack));
    const onService = method === 'grantInvalidate' ? [] : [CREDENTIALS_ARN];
    const rights = granted(stack);
    expect(rights.filter(({ Action }) => [Action].flat().includes('secretsmanager:GetSecretValue')).flatMap(({ Resource }) => Resource))
      .toEqual([...onService, SECRET_ARN]);
    expect(rights.filter(({ Action }) => [Action].flat().some((action) => action.startsWith('s3:')))).toEqual([]);
  });

  test('includes the key that encrypts the secret', () => {
    const stack = newStack({ env: HERE });
    const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111111111111:key/abc');
    newCache({ encryptionKey }, stack)[method](newRole(stack));
    expect(granted(stack).filter(({ Action }) => Action === 'kms:Decrypt')).toEqual([{
      Effect: 'Allow', Action: 'kms:Decrypt', Resource: encryptionKey.keyArn,
      Condition: { StringEquals: { 'kms:ViaService': via('secretsmanager') } },
    }]);
  });

  test('lets the grantee in to the index', () => {
    const stack = newStack();
    const index = newIndex(stack);
    const role = newRole(stack);
    newCache({ index }, stack)[method](role);
    expect(index.connected).toEqual([role]);
  });
});

test('a role of another account is let in by the bucket\'s own policy, with the condition', () => {
  const stack = newStack({ env: HERE });
  const role = iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::222222222222:role/app');
  const cache = newCache({ namespace: 'ns', encryptionKey: new kms.Key(stack, 'Key') }, stack);
  cache.grantOperate(role);
  Template.fromStack(stack).hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: 's3:ListBucket', Principal: { AWS: role.roleArn }, Condition: { StringLike: { 's3:prefix': 'v1/ns/*' } },
        }),
        Match.objectLike({ Action: 's3:DeleteObject', Principal: { AWS: role.roleArn } }),
      ]),
    },
  });
});

test('an operator may invoke the function that rotates the keys of an imported cache', () => {
  const stack = newStack({ env: HERE });
  const { handler } = new LiveKeyRotation(stack, 'Rotation', { masterKey: secret(stack) });
  const bucket = s3.Bucket.fromBucketName(stack, 'Shared', 'shared');
  LiveCache.fromLiveCacheAttributes(stack, 'Cache', {
    namespace: 'ns', bucket, masterKey: secret(stack), index: newIndex(stack), keyRotator: handler,
  }).grantOperate(newRole(stack));
  expect(granted(stack).find(({ Action }) => Action === 'lambda:InvokeFunction')?.Resource).toEqual(stack.resolve(handler.functionArn));
});

test('a secret that is known by its name alone is rotated by an operator as well', () => {
  const stack = newStack({ env: HERE });
  const masterKey = secretsmanager.Secret.fromSecretNameV2(stack, 'Keys', 'keys');
  newCache({ masterKey }, stack).grantOperate(newRole(stack));
  expect(granted(stack).find(({ Action }) => Action === 'secretsmanager:RotateSecret')?.Resource).toEqual({
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':secretsmanager:eu-west-1:111111111111:secret:keys-??????']],
  });
});

test('the key of an index\'s secret comes with the right to read it, where it is imported as well', () => {
  const stack = newStack({ env: HERE });
  const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111111111111:key/abc');
  const password = new secretsmanager.Secret(stack, 'Password', { encryptionKey });
  const index = LiveIndex.endpoint(stack, 'Elsewhere', { host: 'index.example', secret: password });
  newCache({ index }, stack).grantInvalidate(newRole(stack));
  expect(granted(stack).filter(({ Action }) => Action === 'kms:Decrypt').map(({ Resource }) => Resource)).toEqual([encryptionKey.keyArn]);
});

test('two caches on one bucket are apart', () => {
  const stack = newStack({ env: HERE });
  const bucket = s3.Bucket.fromBucketName(stack, 'Shared', 'shared');
  newCache({ bucket, namespace: 'one' }, stack, 'One').grantRead(newRole(stack));
  newCache({ bucket, namespace: 'two' }, stack, 'Two');
  const read = statementsFor('s3', stack).filter(({ Action }) => Action === 's3:GetObject');
  expect(JSON.stringify(read)).toContain('shared/v1/one/*');
  expect(JSON.stringify(read)).not.toContain('two');
});

test('the facade works on a cache that is none of ours', () => {
  const stack = newStack({ env: HERE });
  new LiveCacheGrants({ namespace: 'ns', index: newIndex(stack), masterKey: secret(stack) }).read(newRole(stack));
  expect(statements(stack)).toEqual([readSecret(SECRET_ARN), CONNECT]);
});
