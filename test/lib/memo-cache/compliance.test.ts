import { App, CloudFormationValidatePlugin, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { AwsSolutionsChecks } from 'cdk-nag';
import { MemoCache, MemoCacheProps, MemoFlush } from '../../../lib';
import { HERE, newFunction } from '../stacks';

/** What AwsSolutions finds in a stack, sorted. */
function findings(stack: Stack): string[] {
  return new AwsSolutionsChecks().validateScope(stack).violations.map(({ ruleName }) => ruleName).sort();
}

const OBJECTS = 'IAM5[Resource::<CacheOverflowD16C036A.Arn>/memo/*]';

/** A user's function comes with a role of the CDK's, which is not ours to judge; a role of one's own is. */
function newRole(stack: Stack): iam.Role {
  return new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
}

describe('AwsSolutions', () => {
  // Access logs of cached copies say little and cost much. Whoever must have them gives a bucket of his own.
  const noAccessLogs = { id: 'AwsSolutions-S1', reason: 'a cache of values that can be computed again' };

  test('finds nothing in a table, a flush and permissions on both', () => {
    const stack = new Stack(new App(), 'Stack');
    const cache = new MemoCache(stack, 'Cache');
    cache.grantReadWrite(newRole(stack));
    new MemoFlush(stack, 'Flush', { cache, trigger: '1' });
    expect(findings(stack)).toEqual([]);
  });

  test('finds nothing in an overflow bucket', () => {
    const stack = new Stack(new App(), 'Stack');
    const encryptionKey = new kms.Key(stack, 'Key', { enableKeyRotation: true });
    const cache = new MemoCache(stack, 'Cache', { overflow: true, encryptionKey });
    Validations.of(cache).acknowledge(noAccessLogs);
    const role = newRole(stack);
    cache.grantReadWrite(role);
    // The objects of a cache are not known one by one: the prefix is the smallest resource there is.
    Validations.of(role).acknowledge({ id: `AwsSolutions-${OBJECTS}`, reason: 'objects below the cache\'s prefix' });
    expect(findings(stack)).toEqual([]);
  });

  test('finds exactly these without the exceptions', () => {
    const stack = new Stack(new App(), 'Stack');
    new MemoCache(stack, 'Cache', { overflow: true }).grantReadWrite(newRole(stack));
    expect(findings(stack)).toEqual([OBJECTS, 'S1'].map((rule) => `AwsSolutions-${rule}`));
  });

  test('finds in a function in a VPC only AWS\'s policy for its network interfaces', () => {
    const stack = new Stack(new App(), 'Stack', { env: HERE });
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'], privateSubnetIds: ['subnet-1'] });
    const cache = MemoCache.fromTableName(stack, 'Cache', 'cache-prod');
    new MemoFlush(stack, 'Flush', { cache, trigger: '1', vpc });
    // EC2's actions on network interfaces cannot be narrowed to a resource, and AWS keeps the list of them.
    const policy = 'arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole';
    expect(findings(stack)).toEqual([`AwsSolutions-IAM4[Policy::${policy}]`]);
  });
});

describe('CloudFormation validation', () => {
  const plugin = new CloudFormationValidatePlugin(); // one for all: each loads an engine of its own, which takes seconds

  /** Fails with the report if there is an error or a warning. */
  function synth(fill: (stack: Stack) => void, env?: typeof HERE): void {
    const app = new App({ context: { '@aws-cdk/core:strictCfnValidateErrors': true } });
    Validations.of(app).addPlugins(plugin);
    fill(new Stack(app, 'Stack', { env }));
    app.synth();
  }

  test('looks: it finds a billing mode that is none', () => {
    expect(() => synth((stack) => {
      const { table } = new MemoCache(stack, 'Cache');
      (table.node.defaultChild as dynamodb.CfnGlobalTable).billingMode = 'NONE';
    })).toThrow('BillingMode');
  });

  test('finds nothing in all of it', () => {
    expect(() => synth((stack) => {
      const cache = new MemoCache(stack, 'Cache', { overflow: true });
      cache.bind(newFunction(stack));
      new MemoFlush(stack, 'Flush', { cache, trigger: '1', functionNames: ['user'] });
    })).not.toThrow();
  });

  test.each<[string, (stack: Stack) => MemoCacheProps]>([
    ['a key', (stack) => ({ encryptionKey: new kms.Key(stack, 'Key'), overflow: true })],
    ['every setting of the table', () => ({
      tableName: 'results', warmThroughput: { readUnitsPerSecond: 20000, writeUnitsPerSecond: 8000 }, maxReadRequestUnits: 40000,
      maxWriteRequestUnits: 10000, tableClass: dynamodb.TableClass.STANDARD_INFREQUENT_ACCESS, pointInTimeRecovery: true, deletionProtection: true,
      contributorInsights: dynamodb.ContributorInsightsMode.ACCESSED_AND_THROTTLED_KEYS, removalPolicy: RemovalPolicy.RETAIN,
    })],
    ['replicas', () => ({ replicaRegions: ['us-east-1', 'eu-north-1'] })],
  ])('finds nothing in a cache with %s', (_, props) => {
    expect(() => synth((stack) => new MemoCache(stack, 'Cache', props(stack)), HERE)).not.toThrow();
  });
});
