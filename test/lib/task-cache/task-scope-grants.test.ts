import { Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ITaskCache, ITaskScope, TaskCache, TaskScopeGrants } from '../../../lib';
import { taskScopePrefix } from '../../../lib/contract/tasks';
import { HERE, newFunction, newStack, Statement, via } from '../stacks';
import { bucketOf, bucketStatements, granted, newCache, newRole, switchesOf } from './caches';

type Method = 'grantPull' | 'grantPush' | 'grantOperate';

const allow = (Action: string, Resource: unknown, more: object = {}): Statement => ({ Effect: 'Allow', Action, Resource, ...more });

interface Arns { readonly bucket: unknown; readonly own: unknown; readonly main: unknown; readonly switches: unknown }

const pull = ({ bucket, own, main, switches }: Arns) =>
  [allow('s3:ListBucket', bucket), allow('s3:GetObject', [own, main]), allow('ssm:GetParameter', switches)];
const push = (arns: Arns) => [...pull(arns), allow('s3:PutObject', arns.own)];

/** What each method permits in a scope that reads `main`. */
const EXPECTED: [Method, (arns: Arns) => Statement[]][] = [
  ['grantPull', pull],
  ['grantPush', push],
  ['grantOperate', (arns) => [...push(arns), allow('s3:DeleteObject', arns.own), allow('ssm:PutParameter', arns.switches)]],
];

const scopeOf = (cache: ITaskCache) => cache.scope('pr', { reads: [cache.scope('main')] });

const BUCKET = { 'Fn::GetAtt': ['CacheBucket664BE8D7', 'Arn'] };
const below = (prefix: string) => ({ 'Fn::Join': ['', [BUCKET, `/${prefix}*`]] });
const parameter = (name: unknown, ...place: unknown[]) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ...place, name].flat()] });
const OWN: Arns = {
  bucket: BUCKET, own: below(taskScopePrefix('pr')), main: below('v1/main/'),
  switches: parameter({ Ref: 'CacheSwitches78CA4350' }, ':ssm:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':parameter/'),
};

describe.each(EXPECTED)('%s', (method, expected) => {
  test('allows a role exactly its actions on what the scope writes and reads', () => {
    const stack = newStack();
    const grant = scopeOf(newCache({}, stack))[method](newRole(stack));
    expect(granted(stack)).toEqual(expected(OWN));
    expect(grant.success).toBe(true);
    expect(grant.principalStatements).toHaveLength(granted(stack).length);
  });

  test('allows an imported role the same', () => {
    const stack = newStack({ env: HERE });
    scopeOf(newCache({}, stack))[method](iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111111111111:role/build'));
    const switches = parameter({ Ref: 'CacheSwitches78CA4350' }, ':ssm:eu-west-1:111111111111:parameter/');
    expect(granted(stack)).toEqual(expected({ ...OWN, switches }));
  });

  test.each<[string, (stack: Stack) => ITaskCache]>([
    ['of a given bucket and given switches', (stack) => newCache({ bucket: bucketOf(stack), switches: switchesOf(stack) }, stack)],
    ['of an imported cache', (stack) => TaskCache.fromTaskCacheAttributes(stack, 'Cache', { bucket: bucketOf(stack), switches: switchesOf(stack) })],
  ])('on objects and switches %s', (_, cacheOf) => {
    const stack = newStack({ env: HERE });
    scopeOf(cacheOf(stack))[method](newRole(stack));
    const shared = (end: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::shared${end}`]] });
    expect(granted(stack)).toEqual(expected({
      bucket: shared(''), own: shared('/v1/pr/*'), main: shared('/v1/main/*'),
      switches: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ssm:eu-west-1:111111111111:parameter/own/switches']] },
    }));
  });

  test('includes the key that encrypts the bucket, by way of Amazon S3 only', () => {
    const stack = newStack({ env: HERE });
    const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111111111111:key/abc');
    scopeOf(newCache({ encryptionKey }, stack))[method](newRole(stack));
    const condition = { Condition: { StringEquals: { 'kms:ViaService': via('s3') } } };
    expect(granted(stack).filter(({ Action }) => String(Action).startsWith('kms:'))).toEqual([
      allow('kms:Decrypt', encryptionKey.keyArn, condition),
      ...(method === 'grantPull' ? [] : [allow('kms:GenerateDataKey', encryptionKey.keyArn, condition)]),
    ]);
  });

  test('lets a service in by the policies of bucket and key', () => {
    const stack = newStack({ env: HERE });
    const service = new iam.ServicePrincipal('datasync.amazonaws.com');
    scopeOf(newCache({ encryptionKey: new kms.Key(stack, 'Key') }, stack))[method](service);
    const allowed = bucketStatements(stack).filter(({ Effect }) => Effect === 'Allow');
    expect(allowed).toEqual(expected(OWN).filter(({ Action }) => String(Action).startsWith('s3:'))
      .map((statement) => ({ ...statement, Principal: { Service: 'datasync.amazonaws.com' } })));
    Template.fromStack(stack).hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Action: 'kms:Decrypt', Principal: { Service: 'datasync.amazonaws.com' } })]) },
    });
  });

  test('gives no right on what it does not read', () => {
    const stack = newStack({ env: HERE });
    const cache = newCache({}, stack);
    cache.scope('pr');
    cache.scope('main')[method](newRole(stack));
    expect(JSON.stringify(granted(stack))).not.toContain('v1/pr');
  });
});

test('a role of another account is let in by the bucket\'s own policy', () => {
  const stack = newStack({ env: HERE });
  const role = iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::222222222222:role/build');
  newCache({}, stack).scope('main').grantPush(role);
  expect(bucketStatements(stack).filter(({ Effect }) => Effect === 'Allow')).toEqual([
    allow('s3:ListBucket', BUCKET), allow('s3:GetObject', below('v1/main/')), allow('s3:PutObject', below('v1/main/')),
  ].map((statement) => ({ ...statement, Principal: { AWS: role.roleArn } })));
});

test('the facade works on a scope that is none of ours', () => {
  const stack = newStack({ env: HERE });
  const cache = { bucket: s3.Bucket.fromBucketName(stack, 'Own', 'shared') };
  new TaskScopeGrants({ cache, scopeName: 'x', reads: [] } as unknown as ITaskScope).pull(newRole(stack));
  expect(granted(stack).map(({ Action }) => Action)).toEqual(['s3:ListBucket', 's3:GetObject']);
});

describe('one principal that pushes to two scopes', () => {
  const warnings = (stack: Stack) => Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('pushesToSeveralScopes'))
    .map(({ id, entry }) => `${id}: ${entry.data as string}`);
  const text = '"Stack/Role" may push to the scopes "main" and "pr", of which one reads the other: whoever is trusted less can change what the '
    + 'other reads. Use a role for each scope [ack: @cdk-cache-tiers/tasks:pushesToSeveralScopes]';

  test('is warned of, where one reads the other', () => {
    const stack = newStack();
    const cache = newCache({}, stack);
    const role = newRole(stack);
    cache.scope('main').grantPush(role);
    scopeOf(cache).grantPush(role);
    expect(warnings(stack)).toEqual([`/Stack/Cache/Scope-pr: ${text}`]);
  });

  test('is warned of in the other order, by the facade, and as two imports of one role', () => {
    const stack = newStack({ env: HERE });
    const cache = newCache({}, stack);
    const role = (id: string) => iam.Role.fromRoleArn(stack, id, 'arn:aws:iam::111111111111:role/build');
    scopeOf(cache).grants.push(role('One'));
    cache.scope('main').grants.push(role('Two'));
    expect(warnings(stack)).toEqual([expect.stringContaining('"Stack/Two" may push to the scopes "pr" and "main"')]);
  });

  test('is warned of by the role that a function has', () => {
    const stack = newStack();
    const cache = newCache({}, stack);
    const fn = newFunction(stack);
    cache.scope('main').bind(fn);
    scopeOf(cache).grantPush(fn.role!);
    expect(warnings(stack)).toHaveLength(1);
  });

  test('is warned of if it runs in the one and operates what that reads', () => {
    const stack = newStack();
    const cache = newCache({}, stack);
    const role = newRole(stack);
    scopeOf(cache).grantPush(role);
    cache.scope('main').grantOperate(role);
    expect(warnings(stack)).toHaveLength(1);
  });

  test('is fine where neither reads the other, where it only pulls or operates, and for two roles', () => {
    const stack = newStack();
    const cache = newCache({}, stack);
    const role = newRole(stack);
    cache.scope('main').grantPush(role);
    cache.scope('other').grantPush(role);
    scopeOf(cache).grantPull(role);
    cache.scope('pr').grantOperate(role);
    cache.scope('pr').grantPush(newRole(stack, 'Second'));
    cache.scope('main').grantPush(role);
    cache.scope('main').grantOperate(role);
    expect(warnings(stack)).toEqual([]);
  });
});
