import { App, Stack, Tags } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as flags from 'aws-cdk-lib/recommended-feature-flags.json';
import { MemoCache } from '../../../lib';
import { newFunction, newStack } from '../stacks';

/** Everything that a cache can define, in one stack. */
function everything(app: App, id = 'Stack'): Stack {
  const stack = new Stack(app, id);
  new MemoCache(stack, 'Cache', { overflow: true }).bind(newFunction(stack));
  return stack;
}

test('defines a table on demand with string keys and a time to live, deleted with the stack', () => {
  const stack = newStack();
  new MemoCache(stack, 'Cache');
  const template = Template.fromStack(stack);
  template.hasResource('AWS::DynamoDB::GlobalTable', {
    DeletionPolicy: 'Delete',
    UpdateReplacePolicy: 'Delete',
    Properties: {
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'sk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      Replicas: [{ Region: { Ref: 'AWS::Region' } }], // no PITR, no deletion protection, no contributor insights, no key
    },
  });
  template.resourceCountIs('AWS::S3::Bucket', 0);
});

test('gives no physical name to anything unless it is given one', () => {
  const template = Template.fromStack(everything(new App()));
  for (const type of ['AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket']) {
    template.hasResourceProperties(type, { TableName: Match.absent(), BucketName: Match.absent() });
  }
});

test('two caches fit one stack', () => {
  const stack = newStack();
  new MemoCache(stack, 'One', { overflow: true });
  new MemoCache(stack, 'Two', { overflow: true });
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::DynamoDB::GlobalTable', 2);
  template.resourceCountIs('AWS::S3::Bucket', 2);
});

test('two stacks fit one account: they differ in nothing but names that CloudFormation generates', () => {
  const app = new App();
  const [one, two] = [everything(app, 'One'), everything(app, 'Two')];
  app.synth();
  expect(Template.fromStack(one).toJSON()).toEqual(Template.fromStack(two).toJSON());
});

test('a cache of one stack serves a function of another', () => {
  const app = new App();
  const cache = new MemoCache(new Stack(app, 'Data'), 'Cache', { overflow: true });
  const stack = new Stack(app, 'Code');
  cache.bind(newFunction(stack));
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { CACHE_TABLE: { 'Fn::ImportValue': Match.stringLikeRegexp('^Data:ExportsOutputRefCacheTable') } } },
  });
});

test('two syntheses give the same template', () => {
  expect(Template.fromStack(everything(new App())).toJSON()).toEqual(Template.fromStack(everything(new App())).toJSON());
});

test('the CDK\'s recommended feature flags change nothing of ours', () => {
  const own = (app: App) => {
    const template = Template.fromStack(everything(app));
    return [template.findResources('AWS::DynamoDB::GlobalTable'), template.findResources('AWS::S3::Bucket')];
  };
  expect(own(new App({ context: { ...flags } }))).toEqual(own(new App()));
});

test('is tagged as any resource', () => {
  const stack = newStack();
  const cache = new MemoCache(stack, 'Cache', { overflow: true, overflowAutoDeleteObjects: false });
  Tags.of(cache).add('team', 'search');
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::DynamoDB::GlobalTable', { Replicas: [{ Tags: [{ Key: 'team', Value: 'search' }] }] });
  template.hasResourceProperties('AWS::S3::Bucket', { Tags: [{ Key: 'team', Value: 'search' }] });
});

test('shows its name and ARN as attributes', () => {
  const stack = newStack();
  const cache = new MemoCache(stack, 'Cache');
  expect(stack.resolve(cache.memoCacheTableName)).toEqual({ Ref: 'CacheTable0A35CF55' });
  expect(stack.resolve(cache.memoCacheTableArn)).toEqual({ 'Fn::GetAtt': ['CacheTable0A35CF55', 'Arn'] });
});
