import { isDeepStrictEqual } from 'node:util';
import type { Template, TemplateResource } from './cdk';
import stubs from './emulator/stubs.json';
import { pathOf } from './stack';

/** Properties that the emulator accepts and does nothing about, by type. */
const DROPPED: Readonly<Record<string, readonly string[]>> = {
  'AWS::DynamoDB::Table': [
    'PointInTimeRecoverySpecification', 'SSESpecification', 'ContributorInsightsSpecification', 'WarmThroughput', 'OnDemandThroughput',
  ],
  'AWS::DynamoDB::GlobalTable': [
    'SSESpecification', 'WarmThroughput', 'WriteOnDemandThroughputSettings', 'Replicas.PointInTimeRecoverySpecification',
    'Replicas.ContributorInsightsSpecification', 'Replicas.SSESpecification',
  ],
  'AWS::S3::Bucket': ['LifecycleConfiguration', 'BucketEncryption'],
  'AWS::IAM::Role': ['PermissionsBoundary'],
  'AWS::Lambda::Function': ['ReservedConcurrentExecutions', 'VpcConfig', 'TracingConfig', 'KmsKeyArn'],
  'AWS::Lambda::EventSourceMapping': ['MaximumRetryAttempts', 'BisectBatchOnFunctionError', 'DestinationConfig'],
  'AWS::Events::Rule': ['Targets.DeadLetterConfig', 'Targets.RetryPolicy'],
};

/** Types of which nothing happens at all: some the emulator itself accepts, the others our layer does. */
const NOTHING_BEHIND = new Set([
  'AWS::AutoScaling::AutoScalingGroup', 'AWS::CloudWatch::Alarm', 'AWS::CloudWatch::Dashboard', 'AWS::CodeBuild::Project', 'AWS::EC2::VPCEndpoint',
  'AWS::ECS::Service', 'AWS::ECS::TaskDefinition', 'AWS::ElastiCache::ReplicationGroup', 'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::Pipes::Pipe', 'AWS::ServiceDiscovery::Service', ...Object.keys(stubs),
]);

/**
 * What is in the templates and does nothing here: `<construct path>.<property>` to its value, and `<construct path>` to its properties
 * where it is the whole resource. The CDK's own helpers do not count.
 */
export function dropped(templates: ReadonlyMap<string, Template>): Record<string, unknown> {
  const entries = [...templates].flatMap(([stackName, template]) => Object.entries(template.Resources).flatMap(([logicalId, resource]) => {
    const path = pathOf(logicalId, template, stackName);
    return path.includes('/Custom::') ? [] : values(resource).map(([name, value]) => [name === '' ? path : `${path}.${name}`, value] as const);
  }));
  return Object.fromEntries(entries);
}

function values({ Type, Properties = {} }: TemplateResource): [string, unknown][] {
  if (NOTHING_BEHIND.has(Type)) return [['', Properties]];
  return (DROPPED[Type] ?? []).map((name): [string, unknown] => [name, at(Properties, name.split('.'))]).filter(([, value]) => value !== undefined);
}

/** Of a list, what its elements have there. */
function at(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined || value === undefined) return value;
  if (Array.isArray(value)) {
    const found = value.map((element) => at(element, [name, ...rest])).filter((element) => element !== undefined);
    return found.length === 0 ? undefined : found;
  }
  return at((value as Record<string, unknown>)[name], rest);
}

/**
 * Fails unless the app's `notShown` says of all that does nothing here, and only of that, what the template has: of a property its
 * value, of a whole resource those properties that matter.
 */
export function assertNotShown(templates: ReadonlyMap<string, Template>, expected: Readonly<Record<string, unknown>>): void {
  const found = dropped(templates);
  const wrong = [...new Set([...Object.keys(found), ...Object.keys(expected)])]
    .filter((name) => !(name.includes('.') ? isDeepStrictEqual : hasProperties)(found[name], expected[name]))
    .map((name) => `${name}: the template has ${JSON.stringify(found[name])}, notShown says ${JSON.stringify(expected[name])}`);
  if (wrong.length > 0) throw new Error(`e2e.ts must say in notShown what the emulator does nothing about:\n${wrong.join('\n')}`);
}

function hasProperties(properties: unknown, stated: unknown): boolean {
  const entries = Object.entries(stated ?? {});
  return entries.length > 0 && entries.every(([name, value]) => isDeepStrictEqual((properties as Template | undefined)?.[name as never], value));
}
