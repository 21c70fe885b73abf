import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { IMemoCache, MemoCache, MemoCacheGrants } from '../../../lib';
import { HERE, KEYS, messageOf, newStack, statements, statementsFor } from '../stacks';

const TABLE_ARN = { 'Fn::GetAtt': ['CacheTable0A35CF55', 'Arn'] };
const READ = ['dynamodb:BatchGetItem', 'dynamodb:DescribeTable', 'dynamodb:DescribeTimeToLive', 'dynamodb:GetItem'];
const READ_WRITE = [
  'dynamodb:BatchGetItem', 'dynamodb:BatchWriteItem', 'dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem',
];
const FLUSH = 'dynamodb:UpdateItem'; // a single action is no list in a policy
const FLUSH_ONLY = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['#*'] } };
const KEY_READ = ['kms:Decrypt', 'kms:DescribeKey'];
const KEY_READ_WRITE = [
  'kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom', 'kms:ReEncryptTo',
];

type Method = 'grantRead' | 'grantReadWrite' | 'grantFlush';
const METHODS: [Method, string | string[], object][] = [
  ['grantRead', READ, {}],
  ['grantReadWrite', READ_WRITE, {}],
  ['grantFlush', FLUSH, { Condition: FLUSH_ONLY }],
];

const newRole = (stack: Stack) => new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });

describe.each(METHODS)('%s', (method, Action, more) => {
  test('allows a role exactly its actions on exactly the table', () => {
    const stack = newStack();
    const grant = new MemoCache(stack, 'Cache')[method](newRole(stack));
    expect(statements(stack)).toEqual([{ Effect: 'Allow', Action, Resource: TABLE_ARN, ...more }]);
    expect(grant.success).toBe(true);
  });

  test('allows an imported role the same', () => {
    const stack = newStack({ env: HERE });
    new MemoCache(stack, 'Cache')[method](iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111111111111:role/app'));
    expect(statements(stack)).toEqual([{ Effect: 'Allow', Action, Resource: TABLE_ARN, ...more }]);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', { Roles: ['app'] });
  });

  test('allows a role of another account by the table\'s own policy', () => {
    const stack = newStack({ env: HERE });
    const role = iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::222222222222:role/app');
    new MemoCache(stack, 'Cache')[method](role);
    Template.fromStack(stack).hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      Replicas: [{
        ResourcePolicy: {
          PolicyDocument: {
            Statement: [{ Effect: 'Allow', Action, Resource: '*', Principal: { AWS: 'arn:aws:iam::222222222222:role/app' }, ...more }],
          },
        },
      }],
    });
  });

  test('fails for a service principal', () => {
    const stack = newStack();
    const cache = new MemoCache(stack, 'Cache');
    expect(messageOf(() => cache[method](new iam.ServicePrincipal('lambda.amazonaws.com')))).toBe('grantee is '
      + '"ServicePrincipal(lambda.amazonaws.com)", and DynamoDB does not accept services: grant to the role that it assumes [Stack/Cache/Table]');
  });

  const there = 'arn:aws:dynamodb:eu-north-1:111111111111:table/there';
  const own = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':dynamodb:eu-west-1:111111111111:table/own']] };
  test.each<[string, (stack: Stack) => IMemoCache, unknown]>([
    ['by name', (stack) => MemoCache.fromTableName(stack, 'Cache', 'own'), own],
    ['by ARN', (stack) => MemoCache.fromMemoCacheAttributes(stack, 'Cache', { memoCacheTableArn: there }), there],
    ['and given as TableV2', (stack) => new MemoCache(stack, 'Cache', { table: dynamodb.TableV2.fromTableName(stack, 'T', 'own') }), own],
    ['and given as Table', (stack) => new MemoCache(stack, 'Cache', { table: dynamodb.Table.fromTableName(stack, 'T', 'own') }), own],
  ])('on a table that is imported %s', (_, newCache, Resource) => {
    const stack = newStack({ env: HERE });
    newCache(stack)[method](newRole(stack));
    expect(statements(stack)).toEqual([{ Effect: 'Allow', Action, Resource, ...more }]);
  });

  test('includes replicas', () => {
    const stack = newStack({ env: HERE });
    new MemoCache(stack, 'Cache', { replicaRegions: ['us-east-1'], tableName: 'results' })[method](newRole(stack));
    expect(statements(stack)[0].Resource).toEqual([
      TABLE_ARN,
      { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':dynamodb:us-east-1:111111111111:table/', { Ref: 'CacheTable0A35CF55' }]] },
    ]);
  });

  const KeyAction = method === 'grantRead' ? KEY_READ : KEY_READ_WRITE;

  test.each<[string, object]>([['unknown', {}], ['known', { env: HERE }]])('includes the key where the region is %s', (_, props) => {
    const stack = newStack(props);
    const encryptionKey = new kms.Key(stack, 'Key');
    new MemoCache(stack, 'Cache', { encryptionKey })[method](newRole(stack));
    expect(statementsFor('kms', stack)).toEqual([{ Effect: 'Allow', Action: KeyAction, Resource: stack.resolve(encryptionKey.keyArn) as object }]);
  });

  test('includes the key of an imported table, and those of its replicas', () => {
    const stack = newStack({ env: HERE });
    const key = (id: string, region: string) => kms.Key.fromKeyArn(stack, id, `arn:aws:kms:${region}:111111111111:key/abc`);
    MemoCache.fromMemoCacheAttributes(stack, 'Cache', {
      memoCacheTableName: 'cache-prod', encryptionKey: key('Here', 'eu-west-1'),
      replicaRegions: ['us-east-1'], replicaEncryptionKeys: { 'us-east-1': key('There', 'us-east-1') },
    })[method](newRole(stack));
    expect(statementsFor('kms', stack)).toEqual(['eu-west-1', 'us-east-1'].map((region) => (
      { Effect: 'Allow', Action: KeyAction, Resource: `arn:aws:kms:${region}:111111111111:key/abc` })));
  });

  test('includes the key of a given table', () => {
    const stack = newStack();
    const encryptionKey = new kms.Key(stack, 'Key');
    const table = new dynamodb.Table(stack, 'Own', { ...KEYS, encryptionKey });
    new MemoCache(stack, 'Cache', { table })[method](newRole(stack));
    expect(statementsFor('kms', stack)).toEqual([{ Effect: 'Allow', Action: KeyAction, Resource: stack.resolve(encryptionKey.keyArn) as object }]);
  });
});

describe('on the overflow bucket', () => {
  const bucket = { 'Fn::GetAtt': ['CacheOverflowD16C036A', 'Arn'] };
  const objects = { 'Fn::Join': ['', [bucket, '/memo/*']] };
  const list = { Effect: 'Allow', Action: 's3:ListBucket', Resource: bucket };

  test.each<[Method, object[]]>([
    ['grantRead', [list, { Effect: 'Allow', Action: 's3:GetObject', Resource: objects }]],
    ['grantReadWrite', [list, { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: objects }]],
    ['grantFlush', []],
  ])('%s', (method, expected) => {
    const stack = newStack();
    new MemoCache(stack, 'Cache', { overflow: true })[method](newRole(stack));
    expect(statementsFor('s3', stack)).toEqual(expected);
  });

  test('that is imported, with its own key', () => {
    const stack = newStack({ env: HERE });
    const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111111111111:key/abc');
    const overflowBucket = s3.Bucket.fromBucketAttributes(stack, 'Shared', { bucketArn: 'arn:aws:s3:::shared', encryptionKey });
    MemoCache.fromMemoCacheAttributes(stack, 'Cache', { memoCacheTableName: 'cache-prod', overflowBucket }).grantReadWrite(newRole(stack));
    expect(statementsFor('s3', stack)).toMatchObject([{ Resource: 'arn:aws:s3:::shared' }, { Resource: 'arn:aws:s3:::shared/memo/*' }]);
    expect(statementsFor('kms', stack)).toEqual([{ Effect: 'Allow', Action: KEY_READ_WRITE, Resource: encryptionKey.keyArn }]);
  });

  test('for another account, by the bucket\'s own policy', () => {
    const stack = newStack({ env: HERE });
    const role = iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::222222222222:role/app');
    new MemoCache(stack, 'Cache', { overflow: true }).grantRead(role);
    Template.fromStack(stack).hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 's3:GetObject', Principal: { AWS: role.roleArn } })]) },
    });
  });
});

test('a key that encrypts table and bucket is granted once', () => {
  const stack = newStack();
  new MemoCache(stack, 'Cache', { overflow: true, encryptionKey: new kms.Key(stack, 'Key') }).grantReadWrite(newRole(stack));
  expect(statementsFor('kms', stack)).toHaveLength(1);
});

test('what is returned has all parts', () => {
  const stack = newStack();
  const grant = new MemoCache(stack, 'Cache', { overflow: true, encryptionKey: new kms.Key(stack, 'Key') }).grantReadWrite(newRole(stack));
  expect(grant.principalStatements.map(({ actions }) => actions[0].split(':')[0])).toEqual(['dynamodb', 'kms', 's3', 's3']);
});

test('the facade works on a table that is no MemoCache', () => {
  const stack = newStack({ env: HERE });
  new MemoCacheGrants({ table: dynamodb.TableV2.fromTableName(stack, 'Own', 'own') }).flush(newRole(stack));
  expect(statements(stack)).toMatchObject([{ Action: FLUSH, Condition: FLUSH_ONLY }]);
});
