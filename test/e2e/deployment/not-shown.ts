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
    'Replicas.ContributorInsightsSpecification', 'Replicas.ResourcePolicy', 'Replicas.SSESpecification',
  ],
  'AWS::S3::Bucket': ['LifecycleConfiguration', 'BucketEncryption'],
  'AWS::IAM::Role': ['PermissionsBoundary'],
  'AWS::Lambda::Function': ['ReservedConcurrentExecutions', 'VpcConfig', 'TracingConfig', 'KmsKeyArn'],
  'AWS::Lambda::EventSourceMapping': ['MaximumRetryAttempts', 'BisectBatchOnFunctionError', 'DestinationConfig'],
  'AWS::SecretsManager::RotationSchedule': ['RotationRules'],
  'AWS::Events::Rule': ['Targets.DeadLetterConfig', 'Targets.RetryPolicy'],
};

/** Types of which nothing happens at all: some the emulator itself accepts, the others our layer does. */
const NOTHING_BEHIND = new Set([
  'AWS::AutoScaling::AutoScalingGroup', 'AWS::CloudWatch::Alarm', 'AWS::CloudWatch::Dashboard', 'AWS::CodeBuild::Project', 'AWS::EC2::VPCEndpoint',
  'AWS::ECS::Service', 'AWS::ECS::TaskDefinition', 'AWS::ElastiCache::ReplicationGroup', 'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::Pipes::Pipe', 'AWS::ServiceDiscovery::Service', ...Object.keys(stubs),
]);

/** Something of a template that does nothing here. */
interface Dropped {
  /** `<construct path>.<property>`, or `<construct path>` where it is the whole resource. */
  readonly name: string;
  readonly whole: boolean;
  readonly value: unknown;
}

/** What is in the templates and does nothing here. The CDK's own helpers do not count. */
export function dropped(templates: ReadonlyMap<string, Template>): Dropped[] {
  const found = [...templates].flatMap(([stackName, template]) => Object.entries(template.Resources).flatMap(([logicalId, resource]) => {
    const path = pathOf(logicalId, template, stackName);
    return path.includes('/Custom::') ? [] : droppedOf(resource, path);
  }));
  const twice = found.find(({ name }, i) => found.findIndex((other) => other.name === name) !== i);
  if (twice) throw new Error(`two resources have the construct path ${twice.name}: they cannot be told apart in notShown`);
  return found;
}

function droppedOf({ Type, Properties = {} }: TemplateResource, path: string): Dropped[] {
  if (NOTHING_BEHIND.has(Type)) return [{ name: path, whole: true, value: Properties }];
  return (DROPPED[Type] ?? []).map((name) => ({ name: `${path}.${name}`, whole: false, value: at(Properties, name.split('.')) }))
    .filter(({ value }) => value !== undefined);
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
export function assertNotShown(templates: ReadonlyMap<string, Template>, stated: Readonly<Record<string, unknown>>): void {
  const found = dropped(templates);
  const names = new Set(found.map(({ name }) => name));
  const says = (name: string, value: unknown) => `${name}: the template has ${JSON.stringify(value)}, notShown says ${JSON.stringify(stated[name])}`;
  const isStated = ({ name, whole, value }: Dropped) => (whole ? hasProperties : isDeepStrictEqual)(value, stated[name]);
  const wrong = [
    ...found.filter((each) => !isStated(each)).map(({ name, value }) => says(name, value)),
    ...Object.keys(stated).filter((name) => !names.has(name)).map((name) => says(name, undefined)),
  ];
  if (wrong.length > 0) throw new Error(`e2e.ts must say in notShown what the emulator does nothing about:\n${wrong.join('\n')}`);
}

/** None stated is enough only where there are none. */
function hasProperties(properties: unknown, stated: unknown): boolean {
  if (stated === undefined || isDeepStrictEqual(properties, stated)) return stated !== undefined;
  const entries = Object.entries(stated as object);
  return entries.length > 0 && entries.every(([name, value]) => isDeepStrictEqual((properties as Record<string, unknown>)[name], value));
}
