import type { Template } from '../cdk';
import { pathOf } from '../stack';

const WRITES_LOGS = 'the emulator writes the logs and traces of functions itself';
const POLLS = 'the emulator polls for functions itself';

const OF_FUNCTIONS = new Set([
  'logs:CreateLogStream', 'logs:PutLogEvents', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments',
  'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
]);
const OF_POLLED_FUNCTIONS = new Set([
  'sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:ReceiveMessage',
  'dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams',
]);

/** Says why an action of a role leaves no decision of IAM: AWS does it under the role, and the emulator does it by itself. */
export type ByTheService = (rolePath: string, action: string) => string | undefined;

export function byTheService(templates: ReadonlyMap<string, Template>): ByTheService {
  const roles = [...templates].map(([stackName, template]) => rolesIn(template, stackName));
  const functions = new Set(roles.flatMap(({ ofFunctions }) => ofFunctions));
  const polled = new Set(roles.flatMap(({ ofPolledFunctions }) => ofPolledFunctions));
  return (rolePath, action) => {
    if (OF_FUNCTIONS.has(action) && functions.has(rolePath)) return WRITES_LOGS;
    if (OF_POLLED_FUNCTIONS.has(action) && polled.has(rolePath)) return POLLS;
    return undefined;
  };
}

function rolesIn(template: Template, stackName: string): { ofFunctions: string[]; ofPolledFunctions: string[] } {
  const resources = Object.entries(template.Resources);
  const roleOf = new Map(resources.filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
    .map(([logicalId, { Properties }]) => [logicalId, referenced(Properties?.Role)]));
  const polled = resources.filter(([, { Type }]) => Type === 'AWS::Lambda::EventSourceMapping')
    .map(([, { Properties }]) => roleOf.get(referenced(Properties?.FunctionName) ?? ''));
  const paths = (ids: Iterable<string | undefined>) => [...ids].filter((id) => id !== undefined).map((id) => pathOf(id, template, stackName));
  return { ofFunctions: paths(roleOf.values()), ofPolledFunctions: paths(polled) };
}

/** The logical id in a Ref or Fn::GetAtt. */
function referenced(value: unknown): string | undefined {
  const { Ref, 'Fn::GetAtt': attribute } = (value ?? {}) as { readonly Ref?: string; readonly 'Fn::GetAtt'?: readonly string[] };
  return Ref ?? attribute?.[0];
}
