import { Lazy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { newFunctionIn, newVpc } from './live-index-stacks';
import { LiveIndex, ValkeyIndex, ValkeyIndexProps } from '../../../lib';
import { messageOf, newStack } from '../stacks';

const GROUP = 'AWS::ElastiCache::ReplicationGroup';

function valkey(props: Partial<ValkeyIndexProps> = {}, stack: Stack = newStack()): { index: ValkeyIndex; stack: Stack; vpc: ec2.IVpc } {
  const vpc = newVpc(stack);
  return { stack, vpc, index: LiveIndex.valkey(stack, 'Index', { vpc, ...props }) };
}

function withProps(props: Partial<ValkeyIndexProps>, stack?: Stack): Template {
  return Template.fromStack(valkey(props, stack).stack);
}

describe('by default', () => {
  const { index, stack } = valkey();
  const template = Template.fromStack(stack);

  test('is one node with TLS and a password that the template does not have', () => {
    template.hasResourceProperties(GROUP, {
      Engine: 'valkey', EngineVersion: '8.1', CacheNodeType: 'cache.t4g.micro', Port: 6379, AutomaticFailoverEnabled: false, MultiAZEnabled: false,
      SnapshotRetentionLimit: 0, AtRestEncryptionEnabled: true, TransitEncryptionEnabled: true,
      AuthToken: { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'IndexSecretAF2595AA' }, ':SecretString:password::}}']] },
      NumCacheClusters: Match.absent(),
    });
    template.hasResourceProperties('AWS::SecretsManager::Secret', { GenerateSecretString: { GenerateStringKey: 'password', PasswordLength: 48 } });
  });

  test('never evicts, so that leases stay', () => {
    template.hasResourceProperties('AWS::ElastiCache::ParameterGroup', {
      CacheParameterGroupFamily: 'valkey8', Properties: { 'maxmemory-policy': 'noeviction' },
    });
  });

  test('is in the private subnets, and lets nobody in or out', () => {
    template.hasResourceProperties('AWS::ElastiCache::SubnetGroup', { SubnetIds: ['private-1', 'private-2'] });
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: Match.absent(), SecurityGroupEgress: [Match.objectLike({ Description: 'Disallow all traffic' })],
    });
  });

  test('tells clients where it is', () => {
    expect(stack.resolve(index.environment)).toEqual({
      LIVE_INDEX_URL: { 'Fn::Join': ['', ['rediss://', { 'Fn::GetAtt': ['Index4A79713B', 'PrimaryEndPoint.Address'] }, ':6379']] },
      LIVE_INDEX_SECRET: { Ref: 'IndexSecretAF2595AA' },
    });
  });
});

test('there can be two in a stack', () => {
  const { stack, vpc } = valkey();
  LiveIndex.valkey(stack, 'Other', { vpc });
  Template.fromStack(stack).resourceCountIs(GROUP, 2);
});

test('grantConnect lets a function in', () => {
  const { index, stack, vpc } = valkey();
  index.grantConnect(newFunctionIn(stack, vpc));
  Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 6379, ToPort: 6379 });
});

test('vpcSubnets places the node', () => {
  withProps({ vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } })
    .hasResourceProperties('AWS::ElastiCache::SubnetGroup', { SubnetIds: ['public-1', 'public-2'] });
});

test('securityGroups are used as they are', () => {
  const stack = newStack();
  const template = withProps({ securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Own', 'sg-1')] }, stack);
  template.hasResourceProperties(GROUP, { SecurityGroupIds: ['sg-1'] });
  template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
});

test('nodeType sets the type', () => {
  withProps({ nodeType: 'cache.m7g.large' }).hasResourceProperties(GROUP, { CacheNodeType: 'cache.m7g.large' });
});

test('engineVersion sets the version, and the parameters that belong to it', () => {
  const template = withProps({ engineVersion: '9.0' });
  template.hasResourceProperties(GROUP, { EngineVersion: '9.0' });
  template.hasResourceProperties('AWS::ElastiCache::ParameterGroup', { CacheParameterGroupFamily: 'valkey9' });
});

test('secret is used in place of a new one', () => {
  const stack = newStack();
  const template = withProps({ secret: secretsmanager.Secret.fromSecretNameV2(stack, 'Own', 'index') }, stack);
  template.resourceCountIs('AWS::SecretsManager::Secret', 0);
  template.hasResourceProperties(GROUP, {
    AuthToken: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp(':secret:index:SecretString:password')])] },
  });
});

test('metrics are ElastiCache\'s own', () => {
  const { index, stack } = valkey();
  const CacheClusterId = { 'Fn::Join': ['', [{ Ref: 'Index4A79713B' }, '-001']] };
  expect([index.metricMemoryUsed(), index.metricMemoryUtilization(), index.metricClients(), index.metric('Evictions', { statistic: 'Sum' })]
    .map(({ namespace, metricName, statistic, dimensions }) => [namespace, metricName, statistic, stack.resolve(dimensions)])).toEqual([
    ['AWS/ElastiCache', 'BytesUsedForCache', 'Maximum', { CacheClusterId }],
    ['AWS/ElastiCache', 'DatabaseMemoryUsagePercentage', 'Maximum', { CacheClusterId }],
    ['AWS/ElastiCache', 'CurrConnections', 'Maximum', { CacheClusterId }],
    ['AWS/ElastiCache', 'Evictions', 'Sum', { CacheClusterId }],
  ]);
});

test('what is known only at deployment is not checked', () => {
  const late = () => Lazy.string({ produce: () => 'late' });
  expect(() => withProps({ nodeType: late(), engineVersion: late() })).not.toThrow();
});

test.each<[string, Partial<ValkeyIndexProps>, string]>([
  ['a type of EC2\'s', { nodeType: 't4g.micro' }, 'nodeType is "t4g.micro": use a node type such as "cache.t4g.micro"'],
  ['a version that is too old', { engineVersion: '7.2' }, 'engineVersion is "7.2": use a version such as "8.1", 8 or later'],
  ['a version that is none', { engineVersion: 'latest' }, 'engineVersion is "latest": use a version such as "8.1", 8 or later'],
])('fails on %s', (_, props, message) => {
  expect(messageOf(() => valkey(props))).toBe(`${message} [Stack/Index]`);
});
