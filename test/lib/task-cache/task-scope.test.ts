import { App, Lazy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ITaskScope, TaskCache, TaskScope, TaskScopeOptions } from '../../../lib';
import { TASK_ENVIRONMENT } from '../../../lib/contract/tasks';
import { HERE, messageOf, newFunction, newStack, statementsFor } from '../stacks';
import { bucketOf, newCache, switchesOf } from './caches';

const late = (value: string) => Lazy.string({ produce: () => value });

test('bind sets the client\'s environment variables, and grants what it needs', () => {
  const stack = newStack();
  const cache = newCache({}, stack);
  const grant = cache.scope('pull-request', { reads: [cache.scope('main'), cache.scope('release')], namespace: 'deploy' }).bind(newFunction(stack));
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Handler: 'index.handler',
    Code: { ZipFile: Match.anyValue() },
    Environment: {
      Variables: {
        TASK_CACHE_BUCKET: { Ref: 'CacheBucket664BE8D7' }, TASK_CACHE_BUCKET_REGION: { Ref: 'AWS::Region' }, TASK_CACHE_SCOPE: 'pull-request',
        TASK_CACHE_READ_SCOPES: 'main,release', TASK_CACHE_NAMESPACE: 'deploy', TASK_CACHE_SWITCHES: { Ref: 'CacheSwitches78CA4350' },
        TASK_CACHE_METRICS: 'emf',
      },
    },
  });
  expect(grant.principalStatements.map(({ actions }) => actions[0])).toEqual(['s3:ListBucket', 's3:GetObject', 'ssm:GetParameter', 's3:PutObject']);
});

test('environment has names of the contract, and no more than there is', () => {
  const { environment } = newCache().scope('main', { clientMetrics: false });
  const { bucket, region, scope, namespace, switches } = TASK_ENVIRONMENT;
  expect(Object.keys(environment)).toEqual([bucket, region, scope, namespace, switches]);
  expect(environment).toMatchObject({ TASK_CACHE_SCOPE: 'main', TASK_CACHE_NAMESPACE: 'default' });
});

test('a second time bind changes nothing', () => {
  const template = (times: number) => {
    const stack = newStack();
    const scope = newCache({}, stack).scope('main');
    const fn = newFunction(stack);
    for (let i = 0; i < times; i += 1) scope.bind(fn);
    return Template.fromStack(stack).toJSON();
  };
  expect(template(2)).toEqual(template(1));
});

test('one scope serves many functions, of other stacks as well', () => {
  const app = new App();
  const main = newCache({}, new Stack(app, 'Data')).scope('main');
  const code = new Stack(app, 'Code');
  main.bind(newFunction(code, 'One'));
  main.bind(newFunction(code, 'Two'));
  Template.fromStack(code).allResourcesProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: Match.objectLike({
        TASK_CACHE_BUCKET: { 'Fn::ImportValue': Match.stringLikeRegexp('^Data:ExportsOutputRefCacheBucket') },
        TASK_CACHE_SWITCHES: { 'Fn::ImportValue': Match.stringLikeRegexp('^Data:ExportsOutputRefCacheSwitches') },
      }),
    },
  });
});

test('fails on a second scope for one function', () => {
  const stack = newStack();
  const cache = newCache({}, stack);
  const fn = newFunction(stack);
  cache.scope('one').bind(fn);
  expect(messageOf(() => cache.scope('two').bind(fn))).toBe('fn "Stack/Fn" is bound to another scope, "Stack/Cache/Scope-one": a function has one '
    + 'TASK_CACHE_SCOPE, so bind it to one scope, or give the other to the client in code [Stack/Cache/Scope-two]');
});

describe('an imported cache', () => {
  const imported = (stack: Stack, withSwitches = true) => TaskCache.fromTaskCacheAttributes(stack, 'Cache', {
    bucket: bucketOf(stack), ...(withSwitches && { switches: switchesOf(stack) }),
  });

  test('defines nothing, and its scopes are as those of one that is defined', () => {
    const stack = newStack({ env: HERE });
    const cache = imported(stack);
    const scope = cache.scope('pull-request', { reads: [cache.scope('main')] });
    expect(Template.fromStack(stack).toJSON()).not.toHaveProperty('Resources');
    expect(scope.environment).toEqual({
      TASK_CACHE_BUCKET: 'shared', TASK_CACHE_BUCKET_REGION: 'eu-west-1', TASK_CACHE_SCOPE: 'pull-request', TASK_CACHE_READ_SCOPES: 'main',
      TASK_CACHE_NAMESPACE: 'default', TASK_CACHE_SWITCHES: '/own/switches', TASK_CACHE_METRICS: 'emf',
    });
    expect(scope.bind(newFunction(newStack({ env: HERE }))).success).toBe(true);
  });

  test('needs no switches', () => {
    const stack = newStack({ env: HERE });
    const scope = imported(stack, false).scope('main');
    expect(scope.environment).not.toHaveProperty('TASK_CACHE_SWITCHES');
    scope.grantOperate(newFunction(stack));
    expect(statementsFor('ssm', stack)).toEqual([]);
  });
});

describe('names', () => {
  const hint = 'use 1 to 63 letters, digits, hyphens and underscores, the first a letter or digit';

  test.each<[string, string, TaskScopeOptions, string]>([
    ['an empty name', '', {}, `scopeName is "": ${hint} [Stack/Cache/Scope-]`],
    ['a name with a pattern', 'm*', {}, `scopeName is "m*": ${hint} [Stack/Cache/Scope-m*]`],
    ['a name of 64 characters', 'n'.repeat(64), {}, `scopeName is "${'n'.repeat(64)}": ${hint} [Stack/Cache/Scope-${'n'.repeat(64)}]`],
    ['a namespace with dots', 'main', { namespace: '..' }, `namespace is "..": ${hint} [Stack/Cache/Scope-main]`],
  ])('fails on %s', (_, name, options, message) => {
    expect(messageOf(() => newCache().scope(name, options))).toBe(message);
  });

  test('that are known only at deployment are not checked, in a scope with an id of its own', () => {
    const stack = newStack();
    const cache = newCache({}, stack);
    const main = new TaskScope(stack, 'Main', { cache, scopeName: late('a b'), namespace: late('c d') });
    const scope = new TaskScope(stack, 'Scope', { cache, scopeName: late('e f'), reads: [main] });
    expect(stack.resolve(main.environment)).toMatchObject({ TASK_CACHE_SCOPE: 'a b', TASK_CACHE_NAMESPACE: 'c d' });
    expect(stack.resolve(scope.environment)).toMatchObject({ TASK_CACHE_SCOPE: 'e f', TASK_CACHE_READ_SCOPES: 'a b' });
  });

  test('that are known only at deployment cannot be ids', () => {
    expect(messageOf(() => newCache().scope(late('a')))).toMatch(
      /^scopeName is .*, known only at deployment: define a TaskScope with an id of its own \[Stack\/Cache\]$/);
  });
});

describe('reads fails on', () => {
  test.each<[string, (main: ITaskScope, other: ITaskScope) => ITaskScope[], string]>([
    ['a scope of another cache', (_, other) => [other],
      'reads[0] is the scope "main" of another cache, "Stack/Other": use scopes of one cache [Stack/Scope]'],
    ['a scope twice', (main) => [main, main], 'reads[1] is the scope "main" for the second time: name it once [Stack/Scope]'],
    ['itself', (main) => [new TaskScope(main, 'Same', { cache: main.cache, scopeName: 'pr' })],
      'reads[0] is the scope "pr", which is this one and read first: leave it out [Stack/Scope]'],
  ])('%s', (_, reads, message) => {
    const stack = newStack();
    const cache = newCache({}, stack);
    const other = newCache({}, stack, 'Other').scope('main');
    expect(messageOf(() => new TaskScope(stack, 'Scope', { cache, scopeName: 'pr', reads: reads(cache.scope('main'), other) }))).toBe(message);
  });
});
