import { App, CloudFormationValidatePlugin, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ConfigCache, ConfigCacheProps, ParameterChanges, ParameterChangeSource, ParameterTrail } from '../../../lib';
import { HERE, newFunction } from '../stacks';

function findings(stack: Stack): string[] {
  return new AwsSolutionsChecks().validateScope(stack).violations.map(({ ruleName }) => ruleName).sort();
}

/** All of it, with a reader. */
function everything(stack: Stack, props: Partial<ConfigCacheProps> = {}): ConfigCache {
  const changes = new ParameterChanges(stack, 'Changes', {
    namespaces: ['/app'], source: ParameterChangeSource.CLOUDTRAIL, trail: ParameterTrail.create(),
  });
  // Access logs of a log of calls.
  Validations.of(changes).acknowledge({ id: 'AwsSolutions-S1', reason: 'the bucket has nothing but a log of calls' });
  const cache = new ConfigCache(stack, 'Cache', { changes, ...props });
  cache.grantReadNames(new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }));
  cache.grantRebuildNames(new iam.Role(stack, 'Operator', { assumedBy: new iam.AccountRootPrincipal() }));
  return cache;
}

describe('AwsSolutions', () => {
  const DESCRIBE = 'AwsSolutions-IAM5[Resource::*]';

  test('finds nothing but an action that IAM has no resource for', () => {
    const stack = new Stack(new App(), 'Stack');
    const cache = everything(stack);
    // ssm:DescribeParameters, of both handlers: names and metadata of all parameters, never a value.
    Validations.of(cache).acknowledge({ id: DESCRIBE, reason: 'IAM knows no resource for ssm:DescribeParameters' });
    expect(findings(stack)).toEqual([]);
  });

  test('finds exactly these without the exceptions', () => {
    const stack = new Stack(new App(), 'Stack');
    everything(stack);
    expect(findings(stack)).toEqual([DESCRIBE]);
  });
});

describe('CloudFormation validation', () => {
  const plugin = new CloudFormationValidatePlugin(); // one for all: each loads an engine of its own, which takes seconds

  test.each<[string, (stack: Stack) => Partial<ConfigCacheProps>]>([
    ['the defaults', () => ({})],
    ['keys', (stack) => ({ encryptionKey: new kms.Key(stack, 'Key'), queueEncryptionKey: new kms.Key(stack, 'QueueKey') })],
    ['every setting', () => ({
      tableName: 'names', pointInTimeRecovery: true, removalPolicy: RemovalPolicy.RETAIN, tombstoneRetention: Duration.days(7), batchSize: 100,
      maxBatchingWindow: Duration.seconds(5), maxConcurrency: 3, maxReceiveCount: 3, deadLetterRetention: Duration.days(3),
      reconcilerTimeout: Duration.minutes(5), initialImport: false,
    })],
  ])('finds nothing in a cache with %s', (_, props) => {
    const app = new App({ context: { '@aws-cdk/core:strictCfnValidateErrors': true } });
    Validations.of(app).addPlugins(plugin);
    const stack = new Stack(app, 'Stack', { env: HERE });
    everything(stack, props(stack)).bind(newFunction(stack));
    expect(() => app.synth()).not.toThrow();
  });
});
