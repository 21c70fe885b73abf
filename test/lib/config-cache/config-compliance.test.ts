import { App, CloudFormationValidatePlugin, Duration, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { AwsSolutionsChecks } from 'cdk-nag';
import {
  ConfigFootprint, ConfigFootprintProps, NamespaceAccess, OnSourceDelete, ParameterChangeSource, ParameterTrail, ReplicationRule,
} from '../../../lib';
import { HERE, newFunction } from '../stacks';

function findings(stack: Stack): string[] {
  return new AwsSolutionsChecks().validateScope(stack).violations.map(({ ruleName }) => ruleName).sort();
}

const RULES = [
  ReplicationRule.copyFrom({ source: '/shared/a', destination: '/app/a', onSourceDelete: OnSourceDelete.DELETE }),
  ReplicationRule.merge({ destination: '/app/url', template: 'https://${/shared/host}/${/app/a:uri}' }),
];

function everything(stack: Stack, props: Partial<ConfigFootprintProps> = {}): ConfigFootprint {
  return new ConfigFootprint(stack, 'Config', { namespaces: ['/app', '/shared'], replicationRules: RULES, ...props });
}

describe('AwsSolutions', () => {
  const path = (name: string) => `IAM5[Resource::arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter${name}/*]`;
  // The parameters of a namespace are not known one by one: its path is the smallest resource there is.
  const PATHS = ['/app', '/shared'].map((name) => ({ id: `AwsSolutions-${path(name)}`, reason: 'the parameters of a namespace' }));
  // ssm:DescribeParameters: names and metadata of all parameters, never a value.
  const DESCRIBE = { id: 'AwsSolutions-IAM5[Resource::*]', reason: 'IAM knows no resource for the action' };

  test('finds in a whole footprint nothing but what IAM has no smaller resource for', () => {
    const stack = new Stack(new App(), 'Stack');
    everything(stack);
    expect([...new Set(findings(stack))]).toEqual([DESCRIBE, ...PATHS].map(({ id }) => id).sort());
  });

  test('finds nothing with these exceptions, permissions and an archive included', () => {
    const stack = new Stack(new App(), 'Stack');
    const footprint = everything(stack, { auditArchive: true });
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    footprint.grantReadNames(role);
    footprint.grantRebuildNames(role);
    footprint.grantReadAudit(role, '/app');
    footprint.grantNamespace(role, '/app', NamespaceAccess.WRITE);
    Validations.of(footprint).acknowledge(DESCRIBE);
    for (const scope of [footprint, role]) for (const each of PATHS) Validations.of(scope).acknowledge(each);
    // Whoever must have access logs gives a bucket of his own.
    Validations.of(footprint).acknowledge({ id: 'AwsSolutions-S1', reason: 'the archive is itself a log' });
    const audit = /^AwsSolutions-IAM5\[Resource::<ConfigAuditorArchive\w+\.Arn>\/audit\/(app\/)?\*\]$/;
    expect(findings(stack).filter((rule) => !audit.test(rule))).toEqual([]);
  });
});

describe('CloudFormation validation', () => {
  const plugin = new CloudFormationValidatePlugin(); // one for all: each loads an engine of its own, which takes seconds

  test.each<[string, (stack: Stack) => Partial<ConfigFootprintProps>]>([
    ['the defaults', () => ({})],
    ['keys', (stack) => ({ encryptionKey: new kms.Key(stack, 'Key'), queueEncryptionKey: new kms.Key(stack, 'QueueKey'), auditArchive: true })],
    ['every setting', () => ({
      footprintName: 'prod', seedNames: true, source: ParameterChangeSource.CLOUDTRAIL, trail: ParameterTrail.create(), auditValues: false,
      auditRetention: Duration.days(90), auditArchive: true, tombstoneRetention: Duration.days(7), initialImport: false, maxReceiveCount: 3,
      replicationScopes: [{ sources: ['/shared'], destinations: ['/app'], allowDelete: true }],
    })],
  ])('finds nothing in a footprint with %s', (_, props) => {
    const app = new App({ context: { '@aws-cdk/core:strictCfnValidateErrors': true } });
    Validations.of(app).addPlugins(plugin);
    const stack = new Stack(app, 'Stack', { env: HERE });
    everything(stack, props(stack)).bind(newFunction(stack));
    expect(() => app.synth()).not.toThrow();
  });
});
