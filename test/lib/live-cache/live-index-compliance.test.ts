import { App, CloudFormationValidatePlugin, Stack, Validations } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { newFunctionIn, newVpc } from './live-index-stacks';
import { DragonflyIndexProps, LiveIndex } from '../../../lib';
import { HERE } from '../stacks';

/** What AwsSolutions finds in a stack, sorted. */
function findings(stack: Stack): string[] {
  return new AwsSolutionsChecks().validateScope(stack).violations.map(({ ruleName }) => ruleName).sort();
}

function tls(stack: Stack): Partial<DragonflyIndexProps> {
  const certificate = acm.Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:eu-west-1:111111111111:certificate/1');
  return { tls: { certificate, domainName: 'index.example.com' } };
}

describe('AwsSolutions', () => {
  const noRotation = { id: 'AwsSolutions-SMG4', reason: 'the server reads its password when it starts, so another one needs a deployment' };
  const noInsights = { id: 'AwsSolutions-ECS4', reason: 'metrics of the cluster of one task, which has its own; whoever wants them gives a cluster' };

  test('finds nothing in a Dragonfly index', () => {
    const stack = new Stack(new App(), 'Stack');
    const index = LiveIndex.dragonfly(stack, 'Index', { vpc: newVpc(stack) });
    Validations.of(index).acknowledge(noRotation, noInsights);
    expect(findings(stack)).toEqual([]);
  });

  test('finds nothing in one with TLS and metrics', () => {
    const stack = new Stack(new App(), 'Stack');
    const index = LiveIndex.dragonfly(stack, 'Index', { vpc: newVpc(stack), ...tls(stack), metrics: true });
    Validations.of(index).acknowledge(
      noRotation, noInsights,
      { id: 'AwsSolutions-ECS2', reason: 'the agent\'s variables are its configuration, without secrets' },
      { id: 'AwsSolutions-ELB2', reason: 'clients are known by security groups; whoever wants logs has DragonflyIndex.loadBalancer' },
    );
    expect(findings(stack)).toEqual([]);
  });

  test('finds nothing in a node of Valkey', () => {
    const stack = new Stack(new App(), 'Stack');
    const index = LiveIndex.valkey(stack, 'Index', { vpc: newVpc(stack) });
    Validations.of(index).acknowledge(noRotation, { id: 'AwsSolutions-AEC4', reason: 'what it holds can be lost, so it is not kept twice' });
    expect(findings(stack)).toEqual([]);
  });

  test('finds exactly these without the exceptions', () => {
    const stack = new Stack(new App(), 'Stack');
    const vpc = newVpc(stack);
    LiveIndex.dragonfly(stack, 'Index', { vpc, ...tls(stack), metrics: true });
    LiveIndex.valkey(stack, 'Valkey', { vpc });
    expect(findings(stack)).toEqual(['AEC4', 'ECS2', 'ECS4', 'ELB2', 'SMG4'].map((rule) => `AwsSolutions-${rule}`));
  });
});

describe('CloudFormation validation', () => {
  const plugin = new CloudFormationValidatePlugin(); // one for all: each loads an engine of its own, which takes seconds

  /** Fails with the report if there is an error or a warning. */
  function synth(fill: (stack: Stack, vpc: ec2.IVpc) => void): void {
    const app = new App({ context: { '@aws-cdk/core:strictCfnValidateErrors': true } });
    Validations.of(app).addPlugins(plugin);
    const stack = new Stack(app, 'Stack', { env: HERE });
    fill(stack, new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, restrictDefaultSecurityGroup: false }));
    app.synth();
  }

  test('looks: it finds a launch type that is none', () => {
    expect(() => synth((stack, vpc) => {
      (LiveIndex.dragonfly(stack, 'Index', { vpc }).service.node.findChild('Service') as ecs.CfnService).launchType = 'NONE';
    })).toThrow('LaunchType');
  });

  test.each<[string, (stack: Stack, vpc: ec2.IVpc) => void]>([
    ['a Dragonfly index and who uses it', (stack, vpc) => {
      LiveIndex.dragonfly(stack, 'Index', { vpc }).grantConnect(newFunctionIn(stack, vpc));
    }],
    ['one with TLS and metrics', (stack, vpc) => LiveIndex.dragonfly(stack, 'Index', { vpc, ...tls(stack), metrics: true })],
    ['one on Fargate Spot', (stack, vpc) => LiveIndex.dragonfly(stack, 'Index', {
      vpc, capacityProviderStrategies: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }], cpuArchitecture: ecs.CpuArchitecture.X86_64,
    })],
    ['a node of Valkey', (stack, vpc) => LiveIndex.valkey(stack, 'Index', { vpc })],
  ])('finds nothing in %s', (_, fill) => {
    expect(() => synth(fill)).not.toThrow();
  });
});
