import { App, Stack, Tags } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as flags from 'aws-cdk-lib/recommended-feature-flags.json';
import { TASK_DEFAULT_SCOPE } from '../../../lib/contract/tasks';
import { messageOf, newFunction, newStack } from '../stacks';
import { newCache, templateOf } from './caches';

type Resources = Record<string, { readonly Type: string }>;

/** A cache and a function that uses it, in one stack. */
function everything(app: App, id = 'Stack'): Stack {
  const stack = new Stack(app, id);
  newCache({}, stack).scope('main').bind(newFunction(stack));
  return stack;
}

const resourcesOf = (template: Template) => (template.toJSON() as { Resources: Resources }).Resources;

test('defines a bucket, a parameter, and a function with what starts it', () => {
  const types = Object.entries(resourcesOf(templateOf())).map(([id, { Type }]) => `${id} ${Type}`);
  expect(types.sort()).toEqual([
    'CacheBucket664BE8D7 AWS::S3::Bucket',
    'CacheBucketPolicy962AB41A AWS::S3::BucketPolicy',
    'CacheRetentionHandlerFunction9165B8D2 AWS::Lambda::Function',
    'CacheRetentionHandlerLogGroupFD4BFBF1 AWS::Logs::LogGroup',
    'CacheRetentionHandlerServiceRole6D367F62 AWS::IAM::Role',
    'CacheRetentionHandlerServiceRoleDefaultPolicy8F40F27D AWS::IAM::Policy',
    'CacheRetentionScheduleADD2EF63 AWS::Events::Rule',
    'CacheRetentionScheduleAllowEventRuleStackCacheRetentionHandlerFunctionDDF6B4633BE2FA0C AWS::Lambda::Permission',
    'CacheSwitches78CA4350 AWS::SSM::Parameter',
  ]);
});

test('gives no physical name to anything', () => {
  const template = Template.fromStack(everything(new App()));
  template.allResourcesProperties('AWS::S3::Bucket', { BucketName: Match.absent() });
  template.allResourcesProperties('AWS::SSM::Parameter', { Name: Match.absent() });
  template.allResourcesProperties('AWS::Lambda::Function', { FunctionName: Match.absent() });
  template.allResourcesProperties('AWS::Events::Rule', { Name: Match.absent() });
});

test('two caches fit one stack, on one bucket as well', () => {
  const stack = newStack();
  const one = newCache({}, stack, 'One');
  newCache({ bucket: one.bucket }, stack, 'Two');
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::S3::Bucket', 1);
  template.resourceCountIs('AWS::SSM::Parameter', 2);
});

test('two stacks fit one account: they differ in names that CloudFormation generates', () => {
  const app = new App();
  const stacks = [everything(app, 'One'), everything(app, 'Two')];
  app.synth();
  const [one, two] = stacks.map((stack) => JSON.stringify(Template.fromStack(stack).toJSON())
    .replaceAll(/EventRule(One|Two)Cache(\w+?)[0-9A-F]{16}/g, 'EventRule$2'));
  expect(one).toBe(two);
});

test('two syntheses give the same template', () => {
  expect(Template.fromStack(everything(new App())).toJSON()).toEqual(Template.fromStack(everything(new App())).toJSON());
});

test('the CDK\'s recommended feature flags change nothing of what holds data', () => {
  const own = (app: App) => {
    const template = Template.fromStack(everything(app));
    return ['AWS::S3::Bucket', 'AWS::SSM::Parameter'].map((type) => template.findResources(type));
  };
  expect(own(new App({ context: { ...flags } }))).toEqual(own(new App()));
});

test('is tagged as any resource', () => {
  const stack = newStack();
  Tags.of(newCache({}, stack)).add('team', 'platform');
  const template = Template.fromStack(stack);
  for (const type of ['AWS::S3::Bucket', 'AWS::Lambda::Function']) {
    template.allResourcesProperties(type, { Tags: [{ Key: 'team', Value: 'platform' }] });
  }
  template.allResourcesProperties('AWS::SSM::Parameter', { Tags: { team: 'platform' } });
});

test('shows its parts', () => {
  const cache = newCache();
  expect([cache.bucket, cache.switches, cache.retention.handler].map((part) => part?.node.path))
    .toEqual(['Stack/Cache/Bucket', 'Stack/Cache/Switches', 'Stack/Cache/Retention/Handler/Function']);
});

describe('scopes', () => {
  test('the same name gives the same one, and another another', () => {
    const cache = newCache();
    const main = cache.scope(TASK_DEFAULT_SCOPE);
    expect(cache.scope('main')).toBe(main);
    expect(cache.scope('Main')).not.toBe(main);
    expect(main).toMatchObject({ scopeName: 'main', namespace: 'default', reads: [], cache });
  });

  test('fails on other options the second time', () => {
    const cache = newCache();
    cache.scope('main');
    expect(messageOf(() => cache.scope('main', { namespace: 'x' })))
      .toBe('the scope "main" is there already: give its options where it is first asked for [Stack/Cache]');
  });
});
