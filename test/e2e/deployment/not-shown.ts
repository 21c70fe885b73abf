import { isDeepStrictEqual } from 'node:util';
import type { Template, TemplateResource } from './cdk';
import { pathOf } from './stack';

/**
 * Properties that the emulator accepts and does nothing about. Types of which it does nothing at all have an empty list: their
 * whole `Properties` count.
 */
const DROPPED: Readonly<Record<string, readonly string[]>> = {
  'AWS::DynamoDB::Table': [
    'PointInTimeRecoverySpecification', 'SSESpecification', 'ContributorInsightsSpecification', 'WarmThroughput', 'OnDemandThroughput',
  ],
  'AWS::DynamoDB::GlobalTable': [
    'SSESpecification', 'WarmThroughput', 'WriteOnDemandThroughputSettings', 'Replicas.PointInTimeRecoverySpecification',
    'Replicas.ContributorInsightsSpecification', 'Replicas.SSESpecification',
  ],
  'AWS::S3::Bucket': ['LifecycleConfiguration', 'BucketEncryption'],
  'AWS::Lambda::Function': ['ReservedConcurrentExecutions', 'VpcConfig', 'TracingConfig', 'KmsKeyArn'],
  'AWS::Lambda::EventSourceMapping': ['MaximumRetryAttempts', 'BisectBatchOnFunctionError', 'DestinationConfig'],
  'AWS::Events::Rule': ['Targets.DeadLetterConfig', 'Targets.RetryPolicy'],
  'AWS::CloudWatch::Alarm': [],
  'AWS::CodeBuild::Project': [],
  'AWS::ECS::Service': [],
  'AWS::ECS::TaskDefinition': [],
  'AWS::AutoScaling::AutoScalingGroup': [],
};

/** What is in the templates and does nothing here: `<construct path>.<property>` to its value. The CDK's own helpers do not count. */
export function dropped(templates: ReadonlyMap<string, Template>): Record<string, unknown> {
  const entries = [...templates].flatMap(([stackName, template]) => Object.entries(template.Resources).flatMap(([logicalId, resource]) => {
    const path = pathOf(logicalId, template, stackName);
    return path.includes('/Custom::') ? [] : values(resource).map(([name, value]) => [name === '' ? path : `${path}.${name}`, value] as const);
  }));
  return Object.fromEntries(entries);
}

function values({ Type, Properties = {} }: TemplateResource): [string, unknown][] {
  const names = DROPPED[Type];
  if (names === undefined) return [];
  if (names.length === 0) return [['', Properties]];
  return names.map((name): [string, unknown] => [name, at(Properties, name.split('.'))]).filter(([, value]) => value !== undefined);
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

/** Fails unless the app's `notShown` says of all that does nothing here, and only of that, what the template has. */
export function assertNotShown(templates: ReadonlyMap<string, Template>, expected: Readonly<Record<string, unknown>>): void {
  const found = dropped(templates);
  const wrong = [...new Set([...Object.keys(found), ...Object.keys(expected)])]
    .filter((name) => !isDeepStrictEqual(found[name], expected[name]))
    .map((name) => `${name}: the template has ${JSON.stringify(found[name])}, notShown says ${JSON.stringify(expected[name])}`);
  if (wrong.length > 0) throw new Error(`e2e.ts must say in notShown what the emulator does nothing about:\n${wrong.join('\n')}`);
}
