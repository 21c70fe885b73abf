import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as flags from 'aws-cdk-lib/recommended-feature-flags.json';
import { dragonfly, newFunctionIn, newVpc } from './live-index-stacks';
import { LiveIndex } from '../../../lib';
import { LIVE_ENVIRONMENT } from '../../../lib/contract/live';
import { HERE, messageOf, newFunction, newStack, statements, statementsFor } from '../stacks';

const SERVICE = 'AWS::ECS::Service';
const TASK = 'AWS::ECS::TaskDefinition';
const INGRESS = 'AWS::EC2::SecurityGroupIngress';
const EGRESS = 'AWS::EC2::SecurityGroupEgress';
/** What the CDK warns of where a rule is added to a group that lets everything out. */
const OUTBOUND = Match.stringLikeRegexp('allowAllOutbound');

describe('by default', () => {
  const { index, template } = dragonfly();

  test('has these resources', () => {
    const types = Object.values(template.toJSON().Resources as Record<string, { Type: string }>).map(({ Type }) => Type).sort();
    expect(types).toEqual([
      'AWS::EC2::SecurityGroup', 'AWS::ECS::Cluster', SERVICE, TASK, 'AWS::IAM::Policy', 'AWS::IAM::Role', 'AWS::IAM::Role', 'AWS::Logs::LogGroup',
      'AWS::SecretsManager::Secret', 'AWS::ServiceDiscovery::PrivateDnsNamespace', 'AWS::ServiceDiscovery::Service',
    ]);
  });

  test('is a task on Fargate of one vCPU and 2 GiB, and what the server has of it', () => {
    template.hasResourceProperties(TASK, {
      Cpu: '1024', Memory: '2048', RequiresCompatibilities: ['FARGATE'], NetworkMode: 'awsvpc',
      RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' },
      ContainerDefinitions: [{
        Command: [
          'dragonfly', '--logtostderr', '--proactor_threads=1', '--maxmemory=1638M', '--dbfilename=', '--force_epoll=true',
          '--version_check=false', '--primary_port_http_enabled=false', '--admin_port=9999', '--admin_nopass=true',
        ],
        Image: 'ghcr.io/dragonflydb/dragonfly:v2.0.0@sha256:7426fdb31ddcf7bd9499b4205f36ebaa83b26149ba1609a0d5f8f474b3631233',
      }],
    });
  });

  test('runs as the image\'s user, who can write nothing and has no capabilities', () => {
    template.hasResourceProperties(TASK, {
      ContainerDefinitions: [{ User: '999:999', ReadonlyRootFilesystem: true, LinuxParameters: { Capabilities: { Drop: ['ALL'] } } }],
    });
  });

  test('asks on the admin port whether the server is well', () => {
    template.hasResourceProperties(TASK, {
      ContainerDefinitions: [{ HealthCheck: { Command: ['CMD-SHELL', 'redis-cli -p 9999 ping | grep -q PONG'], Interval: 10, Retries: 3 } }],
    });
  });

  test('takes the password from a secret, and no other variable begins as Dragonfly\'s do', () => {
    template.hasResourceProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: { SecretStringTemplate: '{}', GenerateStringKey: 'password', PasswordLength: 48, ExcludePunctuation: true },
    });
    template.hasResourceProperties(TASK, {
      ContainerDefinitions: [{
        Secrets: [{ Name: 'DFLY_requirepass', ValueFrom: { 'Fn::Join': ['', [{ Ref: Match.stringLikeRegexp('Secret') }, ':password::']] } }],
        Environment: Match.absent(),
      }],
    });
    expect(JSON.stringify(template.toJSON()).match(/DFLY_\w+/g)).toEqual(['DFLY_requirepass']);
  });

  test('is never two tasks at a time', () => {
    template.hasResourceProperties(SERVICE, {
      DesiredCount: 1, AvailabilityZoneRebalancing: 'DISABLED', LaunchType: 'FARGATE',
      DeploymentConfiguration: { MinimumHealthyPercent: 0, MaximumPercent: 100, DeploymentCircuitBreaker: { Enable: true, Rollback: true } },
    });
  });

  test('starts no task before it may read the password', () => {
    template.hasResource(SERVICE, { DependsOn: Match.arrayWith([Match.stringLikeRegexp('ExecutionRoleDefaultPolicy')]) });
  });

  test('is found by Cloud Map', () => {
    template.hasResourceProperties('AWS::ServiceDiscovery::PrivateDnsNamespace', { Name: 'stack-index-759aa1d2.internal' });
    template.hasResourceProperties('AWS::ServiceDiscovery::Service', { Name: 'index', DnsConfig: { DnsRecords: [{ TTL: 5, Type: 'A' }] } });
    expect(index.indexUrl).toBe('redis://index.stack-index-759aa1d2.internal:6379');
    expect(index.environment).toEqual({ [LIVE_ENVIRONMENT.indexUrl]: index.indexUrl, [LIVE_ENVIRONMENT.indexSecret]: index.secret?.secretArn });
  });

  test('lets nobody in, and out by HTTPS only', () => {
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: Match.absent(),
      SecurityGroupEgress: [Match.objectLike({ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 })],
    });
    template.resourceCountIs(INGRESS, 0);
  });

  test('may write its log and read its password, and nothing else', () => {
    expect(statements(template)).toEqual([
      { Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Effect: 'Allow', Resource: { 'Fn::GetAtt': ['IndexLogGroup77F6B9AD', 'Arn'] } },
      { Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], Effect: 'Allow', Resource: { Ref: 'IndexSecretAF2595AA' } },
    ]);
  });
});

test('there can be two in a stack and in a VPC', () => {
  const stack = newStack();
  const vpc = newVpc(stack);
  const urls = ['One', 'Two'].map((id) => LiveIndex.dragonfly(stack, id, { vpc }).indexUrl);
  expect(new Set(urls).size).toBe(2);
  expect(() => Template.fromStack(stack)).not.toThrow();
});

test('is the same with the recommended feature flags', () => {
  const { template } = dragonfly({}, new Stack(new App({ context: flags }), 'Stack'));
  const byDefault = dragonfly().template;
  for (const type of [TASK, 'AWS::EC2::SecurityGroup', 'AWS::ServiceDiscovery::Service']) {
    expect(template.findResources(type)).toEqual(byDefault.findResources(type));
  }
  template.hasResourceProperties(SERVICE, {
    DesiredCount: 1, AvailabilityZoneRebalancing: 'DISABLED',
    DeploymentConfiguration: { MinimumHealthyPercent: 0, MaximumPercent: 100, DeploymentCircuitBreaker: { Enable: true, Rollback: true } },
  });
});

test('synthesizes the same template twice', () => {
  expect(dragonfly({ metrics: true }).template.toJSON()).toEqual(dragonfly({ metrics: true }).template.toJSON());
});

describe('grantConnect', () => {
  test('lets a function in the VPC read the password and reach the port', () => {
    const { stack, index } = dragonfly();
    index.grantConnect(newFunctionIn(stack, index.cluster.vpc));
    const template = Template.fromStack(stack);
    template.hasResourceProperties(INGRESS, { FromPort: 6379, ToPort: 6379, GroupId: { 'Fn::GetAtt': ['IndexSecurityGroup7735E17B', 'GroupId'] } });
    template.resourceCountIs(INGRESS, 1);
    expect(statementsFor('secretsmanager', template)).toHaveLength(2); // the task's own, and the function's
  });

  test.each([
    ['a role', (stack: Stack) => new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') })],
    ['an imported role', (stack: Stack) => iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111111111111:role/user')],
  ])('lets %s read the password, and leaves the network to connections', (_, role) => {
    const { stack, index } = dragonfly({}, newStack({ env: HERE }));
    const grantee = role(stack);
    expect(index.grantConnect(grantee).success).toBe(true);
    const template = Template.fromStack(stack);
    expect(statementsFor('secretsmanager', template)).toHaveLength(2);
    template.resourceCountIs(INGRESS, 0);
  });

  test('puts the rule into the stack of a function elsewhere in the app', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack', { env: HERE });
    const { index } = dragonfly({}, stack);
    const there = new Stack(app, 'There', { env: HERE });
    const fn = newFunctionIn(there, newVpc(there));
    for (const [name, value] of Object.entries(index.environment)) fn.addEnvironment(name, value);
    index.grantConnect(fn);
    expect(() => app.synth()).not.toThrow(); // no cycle
    Template.fromStack(there).resourceCountIs(INGRESS, 1);
    Template.fromStack(stack).resourceCountIs(INGRESS, 0);
  });

  test('warns of nothing, where the function may open connections to everywhere', () => {
    const { stack, index } = dragonfly();
    index.grantConnect(newFunctionIn(stack, index.cluster.vpc));
    Template.fromStack(stack).resourceCountIs(EGRESS, 0);
    Annotations.fromStack(stack).hasNoWarning('*', OUTBOUND); // `cdk synth --strict` fails on one
  });

  test('lets a function out that may not open connections to everywhere', () => {
    const { stack, index } = dragonfly();
    const { vpc } = index.cluster;
    index.grantConnect(newFunctionIn(stack, vpc, 'Fn', [new ec2.SecurityGroup(stack, 'Group', { vpc, allowAllOutbound: false })]));
    Template.fromStack(stack).hasResourceProperties(EGRESS, {
      FromPort: 6379, ToPort: 6379, GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Group'), 'GroupId'] },
    });
  });

  test('asks nothing of a function that is defined elsewhere', () => {
    const { stack, index } = dragonfly({}, newStack({ env: HERE }));
    const fn = lambda.Function.fromFunctionAttributes(stack, 'Fn', {
      functionArn: 'arn:aws:lambda:eu-west-1:111111111111:function:user',
      role: iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111111111111:role/user'),
    });
    expect(index.grantConnect(fn).success).toBe(true);
    Template.fromStack(stack).resourceCountIs(INGRESS, 0);
  });

  test('fails on a function outside of a VPC', () => {
    const { stack, index } = dragonfly();
    expect(messageOf(() => index.grantConnect(newFunction(stack))))
      .toBe('grantee "Stack/Fn" is in no VPC, and the index is reached inside of one: give the function vpc [Stack/Index]');
  });
});

test('allowMonitoringFrom opens the admin port', () => {
  const { stack, index } = dragonfly();
  index.allowMonitoringFrom(ec2.Peer.ipv4('10.0.0.5/32'));
  Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroup', {
    SecurityGroupIngress: [Match.objectLike({ CidrIp: '10.0.0.5/32', FromPort: 9999, ToPort: 9999 })],
  });
});

test('allowConnectionsFrom opens the port to a service of another stack, which depends on this one', () => {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  const vpc = new ec2.Vpc(stack, 'Net');
  const { index } = dragonfly({ vpc }, stack);
  const there = new Stack(app, 'There');
  const taskDefinition = new ecs.FargateTaskDefinition(there, 'Task');
  taskDefinition.addContainer('App', { image: ecs.ContainerImage.fromRegistry('example/app'), environment: index.environment });
  const cluster = new ecs.Cluster(there, 'Cluster', { vpc });
  index.allowConnectionsFrom(new ecs.FargateService(there, 'Service', { cluster, taskDefinition, minHealthyPercent: 100 }));
  index.grantConnect(taskDefinition.taskRole);
  expect(() => app.synth()).not.toThrow(); // no cycle
  Template.fromStack(there).hasResourceProperties(INGRESS, { FromPort: 6379, ToPort: 6379 });
  Annotations.fromStack(there).hasNoWarning('*', OUTBOUND);
});

test('connections open the port to a service', () => {
  const { stack, index } = dragonfly();
  index.connections.allowDefaultPortFrom(new ec2.SecurityGroup(stack, 'Client', { vpc: index.cluster.vpc }));
  Template.fromStack(stack).hasResourceProperties(INGRESS, { FromPort: 6379, ToPort: 6379 });
});
