import { Template } from 'aws-cdk-lib/assertions';
import { MemoCache } from '../../../lib';
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
