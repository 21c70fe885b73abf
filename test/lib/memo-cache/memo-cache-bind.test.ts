import { App, Aws, PhysicalName, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { IMemoCache, MemoCache, MemoFlush } from '../../../lib';
import { HERE, messageOf, newFunction, newStack, statements } from '../stacks';
import { MEMO_ENVIRONMENT } from '../../../lib/contract/memo';

test('sets the client\'s environment variables and grants what it needs', () => {
  const stack = newStack();
  const grant = new MemoCache(stack, 'Cache', { overflow: true }).bind(newFunction(stack));
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: {
        CACHE_TABLE: { Ref: 'CacheTable0A35CF55' }, CACHE_TABLE_REGION: { Ref: 'AWS::Region' }, CACHE_BUCKET: { Ref: 'CacheOverflowD16C036A' },
        CACHE_METRICS: 'emf',
      },
    },
  });
  expect(statements(stack).map(({ Action }) => [Action].flat()[0])).toEqual(['dynamodb:BatchGetItem', 's3:ListBucket', 's3:GetObject']);
  expect(grant.success).toBe(true);
});

test('sets what environment has, for those whom bind cannot reach', () => {
  const stack = newStack();
  const { environment } = new MemoCache(stack, 'Cache', { overflow: true });
  expect(Object.keys(environment).sort()).toEqual(Object.values(MEMO_ENVIRONMENT).sort());
});

test('a second time it changes nothing', () => {
  const template = (times: number) => {
    const stack = newStack();
    const cache = new MemoCache(stack, 'Cache', { overflow: true });
    const fn = newFunction(stack);
    for (let i = 0; i < times; i += 1) cache.bind(fn);
    return Template.fromStack(stack).toJSON();
  };
  expect(template(2)).toEqual(template(1));
});

test('one cache serves many functions', () => {
  const stack = newStack();
  const cache = new MemoCache(stack, 'Cache');
  cache.bind(newFunction(stack, 'One'));
  cache.bind(newFunction(stack, 'Two'));
  Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 2);
});

test('the same table, imported twice, is one cache', () => {
  const stack = newStack({ env: HERE });
  const fn = newFunction(stack);
  MemoCache.fromTableName(stack, 'One', 'cache-prod').bind(fn);
  expect(() => MemoCache.fromTableName(stack, 'Two', 'cache-prod').bind(fn)).not.toThrow();
});

test('fails on a second cache for one function', () => {
  const stack = newStack();
  const fn = newFunction(stack);
  new MemoCache(stack, 'One').bind(fn);
  const two = new MemoCache(stack, 'Two');
  expect(messageOf(() => two.bind(fn))).toBe('fn "Stack/Fn" is bound to another cache, "Stack/One": a function has one CACHE_TABLE, '
    + 'so bind it to one cache, or pass the other table to the client in code [Stack/Two]');
});

describe('the table is named as the function\'s account reaches it', () => {
  const ARN = 'arn:aws:dynamodb:eu-west-1:111111111111:table/shared';
  const THERE = { ...HERE, account: '222222222222' };

  function boundTo(newCache: (stack: Stack) => IMemoCache, from: Stack, to: Stack): Template {
    const role = new iam.Role(to, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'), roleName: PhysicalName.GENERATE_IF_NEEDED });
    newCache(from).bind(new lambda.Function(to, 'Fn', {
      code: lambda.Code.fromInline('0'), handler: 'index.handler', runtime: lambda.Runtime.NODEJS_24_X, role,
    }));
    return Template.fromStack(to);
  }

  const variables = (table: unknown) => ({ Environment: { Variables: Match.objectLike({ CACHE_TABLE: table }) } });
  const joined = (region: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:dynamodb:${region}:111111111111:table/shared`]] });

  test.each<[string, (stack: Stack) => IMemoCache, unknown]>([
    ['that is defined', (stack) => new MemoCache(stack, 'Cache', { tableName: 'shared' }), joined('eu-west-1')],
    ['that is imported by name', (stack) => MemoCache.fromTableName(stack, 'Cache', 'shared'), joined('eu-west-1')],
    ['that is imported by ARN', (stack) => MemoCache.fromMemoCacheAttributes(stack, 'Cache', { memoCacheTableArn: ARN }), ARN],
  ])('by its ARN from another account: a cache %s', (_, newCache, table) => {
    const app = new App();
    boundTo(newCache, new Stack(app, 'Here', { env: HERE }), new Stack(app, 'There', { env: THERE }))
      .hasResourceProperties('AWS::Lambda::Function', variables(table));
  });

  test('by its ARN from another account: a replica', () => {
    const app = new App();
    const [here, there] = [new Stack(app, 'Here', { env: HERE }), new Stack(app, 'There', { env: { ...THERE, region: 'us-east-1' } })];
    boundTo((stack) => new MemoCache(stack, 'Cache', { tableName: 'shared', replicaRegions: ['us-east-1'] }), here, there)
      .hasResourceProperties('AWS::Lambda::Function', variables(joined('us-east-1')));
  });

  test('by its ARN where one of the accounts is not known', () => {
    const app = new App();
    boundTo((stack) => MemoCache.fromTableName(stack, 'Cache', 'shared'), new Stack(app, 'Here', { env: HERE }), new Stack(app, 'There'))
      .hasResourceProperties('AWS::Lambda::Function', variables(joined('eu-west-1')));
  });

  test('by its name in its own account, wherever the cache is imported', () => {
    const app = new App();
    boundTo((stack) => MemoCache.fromMemoCacheAttributes(stack, 'Cache', { memoCacheTableArn: ARN }),
      new Stack(app, 'There', { env: THERE }), new Stack(app, 'Here', { env: HERE }))
      .hasResourceProperties('AWS::Lambda::Function', variables('shared'));
  });

  test('by its name where both accounts are the one of the deployment', () => {
    const app = new App();
    const from = new Stack(app, 'Here');
    expect(from.account).toBe(Aws.ACCOUNT_ID);
    boundTo((stack) => MemoCache.fromTableName(stack, 'Cache', 'shared'), from, new Stack(app, 'There'))
      .hasResourceProperties('AWS::Lambda::Function', variables('shared'));
  });

  test('and as the handler of a flush reaches it', () => {
    const app = new App();
    const cache = MemoCache.fromTableName(new Stack(app, 'Here', { env: HERE }), 'Cache', 'shared');
    const there = new Stack(app, 'There', { env: THERE });
    new MemoFlush(there, 'Flush', { cache, trigger: 'v1' });
    Template.fromStack(there).hasResourceProperties('AWS::Lambda::Function', variables(joined('eu-west-1')));
  });
});
