import { App, Stack, Tags } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as flags from 'aws-cdk-lib/recommended-feature-flags.json';
import { LIVE_NAMESPACE } from '../../../lib/contract/live';
import { newFunction, newStack } from '../stacks';
import { newCache, templateOf } from './caches';

type Resources = Record<string, { readonly Type: string }>;

/** A cache and a function that uses it, in one stack. */
function everything(app: App, id = 'Stack'): Stack {
  const stack = new Stack(app, id);
  newCache({}, stack).bind(newFunction(stack));
  return stack;
}

const resourcesOf = (template: Template) => (template.toJSON() as { Resources: Resources }).Resources;

test('defines a bucket, a secret, and two functions with what starts them', () => {
  const types = Object.entries(resourcesOf(templateOf({ autoDeleteObjects: false }))).map(([id, { Type }]) => `${id} ${Type}`);
  expect(types.sort()).toEqual([
    'CacheBucket664BE8D7 AWS::S3::Bucket',
    'CacheBucketPolicy962AB41A AWS::S3::BucketPolicy',
    'CacheKeyRotationHandlerFunctionDEA20394 AWS::Lambda::Function',
    'CacheKeyRotationHandlerFunctionSecretsManager81FE6864 AWS::Lambda::Permission',
    'CacheKeyRotationHandlerLogGroupC508807A AWS::Logs::LogGroup',
    'CacheKeyRotationHandlerServiceRole1C305D48 AWS::IAM::Role',
    'CacheKeyRotationHandlerServiceRoleDefaultPolicy71E576F9 AWS::IAM::Policy',
    'CacheKeyRotationPruningAllowEventRuleStackCacheKeyRotationHandlerFunctionEF8AFD72485DCD7D AWS::Lambda::Permission',
    'CacheKeyRotationPruningEF23DF30 AWS::Events::Rule',
    'CacheKeyRotationSchedule3D0A0BCD AWS::SecretsManager::RotationSchedule',
    'CacheMasterKey188A3C86 AWS::SecretsManager::Secret',
    'CacheSweeperHandlerFunction44FF7AFA AWS::Lambda::Function',
    'CacheSweeperHandlerLogGroupADAB7AD9 AWS::Logs::LogGroup',
    'CacheSweeperHandlerServiceRoleDefaultPolicy1660365B AWS::IAM::Policy',
    'CacheSweeperHandlerServiceRoleEDF4481A AWS::IAM::Role',
    'CacheSweeperSchedule72DD5DDB AWS::Events::Rule',
    'CacheSweeperScheduleAllowEventRuleStackCacheSweeperHandlerFunctionF7A51BF60555790B AWS::Lambda::Permission',
  ]);
});

test('gives no physical name to anything', () => {
  const template = Template.fromStack(everything(new App()));
  template.allResourcesProperties('AWS::S3::Bucket', { BucketName: Match.absent() });
  template.allResourcesProperties('AWS::SecretsManager::Secret', { Name: Match.absent() });
  template.allResourcesProperties('AWS::Lambda::Function', { FunctionName: Match.absent() });
  template.allResourcesProperties('AWS::Events::Rule', { Name: Match.absent() });
});

test('two caches fit one stack, and are apart on one index and one bucket', () => {
  const stack = newStack();
  const one = newCache({}, stack, 'One');
  const two = newCache({ bucket: one.bucket }, stack, 'Two');
  expect(one.namespace).not.toBe(two.namespace);
  Template.fromStack(stack).resourceCountIs('AWS::SecretsManager::Secret', 2);
});

test('two stacks fit one account: they differ in their namespace and in names that CloudFormation generates', () => {
  const app = new App();
  const stacks = [everything(app, 'One'), everything(app, 'Two')];
  app.synth();
  const [one, two] = stacks.map((stack) => JSON.stringify(Template.fromStack(stack).toJSON())
    .replaceAll(/(One|Two)-Cache-[0-9A-F]{8}/g, 'NAMESPACE').replaceAll(/EventRule(One|Two)Cache(\w+?)[0-9A-F]{16}/g, 'EventRule$2'));
  expect(one).toBe(two);
});

test('the namespace is made of the path, and short', () => {
  expect(newCache().namespace).toBe('Stack-Cache-DE0B8CCF');
  const long = newCache({}, new Stack(new App(), 'AStackWithANameThatSaysAllOfWhatItIsFor-prod'), 'CacheOfAllTheDashboards').namespace;
  expect(long).toMatch(LIVE_NAMESPACE);
  expect(long).toHaveLength(40);
});

test('namespace is what all keys and metrics have', () => {
  const cache = newCache({ namespace: 'dashboards' });
  expect(cache.environment.LIVE_NAMESPACE).toBe('dashboards');
  expect(cache.metricHits().dimensions).toEqual({ Namespace: 'dashboards' });
});

test('two syntheses give the same template', () => {
  expect(Template.fromStack(everything(new App())).toJSON()).toEqual(Template.fromStack(everything(new App())).toJSON());
});

test('the CDK\'s recommended feature flags change nothing of what holds data', () => {
  const own = (app: App) => {
    const template = Template.fromStack(everything(app));
    return ['AWS::S3::Bucket', 'AWS::SecretsManager::Secret', 'AWS::SecretsManager::RotationSchedule'].map((type) => template.findResources(type));
  };
  expect(own(new App({ context: { ...flags } }))).toEqual(own(new App()));
});

test('is tagged as any resource', () => {
  const stack = newStack();
  Tags.of(newCache({ autoDeleteObjects: false }, stack)).add('team', 'search');
  const template = Template.fromStack(stack);
  for (const type of ['AWS::S3::Bucket', 'AWS::SecretsManager::Secret', 'AWS::Lambda::Function']) {
    template.allResourcesProperties(type, { Tags: [{ Key: 'team', Value: 'search' }] });
  }
});

test('shows its parts', () => {
  const cache = newCache();
  expect(cache.sweeper.handler.node.path).toBe('Stack/Cache/Sweeper/Handler/Function');
  expect(cache.keyRotation?.handler.node.path).toBe('Stack/Cache/KeyRotation/Handler/Function');
  expect(cache.bucket?.node.path).toBe('Stack/Cache/Bucket');
  expect(cache.masterKey.node.path).toBe('Stack/Cache/MasterKey');
});
