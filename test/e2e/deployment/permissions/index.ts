import { decisions, isOurs, ofRole, uses, type Decision } from './decisions';
import { grantsOf } from './granted';
import type { Unused } from '../kit';
import type { Identity } from '../kit/identity';
import type { DeployedResource, DeployedStack } from '../stack';

/** What AWS does under a function's role and the emulator does by itself, so that no decision is recorded. */
const BY_THE_SERVICE: Readonly<Record<string, string>> = {
  'logs:CreateLogStream': 'the emulator writes the logs of functions itself',
  'logs:PutLogEvents': 'the emulator writes the logs of functions itself',
  'sqs:ChangeMessageVisibility': 'the emulator polls queues for functions itself',
  'sqs:DeleteMessage': 'the emulator polls queues for functions itself',
  'sqs:GetQueueAttributes': 'the emulator polls queues for functions itself',
  'sqs:GetQueueUrl': 'the emulator polls queues for functions itself',
  'sqs:ReceiveMessage': 'the emulator polls queues for functions itself',
  'dynamodb:DescribeStream': 'the emulator reads streams for functions itself',
  'dynamodb:GetRecords': 'the emulator reads streams for functions itself',
  'dynamodb:GetShardIterator': 'the emulator reads streams for functions itself',
  'dynamodb:ListStreams': 'the emulator reads streams for functions itself',
  'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole': 'the emulator writes the logs of functions itself',
  'xray:PutTelemetryRecords': 'the emulator has no X-Ray daemon',
  'xray:PutTraceSegments': 'the emulator has no X-Ray daemon',
};

export interface PermissionReport {
  readonly role: string;
  readonly used: number;
  /** `action: why it is not used here`. */
  readonly unused: readonly string[];
}

/**
 * Least privilege, both ways: every action in the policy of each of the app's roles was used in the run, and none that was tried was
 * missing. What is unused is the service's doing or listed by the app with its reason; what is listed is unused.
 */
export async function examine(
  root: Identity, stack: DeployedStack, authorizations: string, listed: readonly Unused[],
): Promise<PermissionReport[]> {
  const all = decisions(authorizations);
  const roles = stack.ofType('AWS::IAM::Role').filter(({ path }) => !path.includes('/Custom::')); // the CDK's own helpers
  const wrong: string[] = [];
  const reports: PermissionReport[] = [];
  for (const role of roles) {
    const own = ofRole(all, role.physicalId);
    wrong.push(...missing(role, own));
    const { granted, managedByAws } = await grantsOf(root, role.physicalId);
    const unused = [
      ...granted.filter((each) => !own.some((decision) => uses(decision, each))).map(({ action }) => action), ...managedByAws,
    ];
    const reasons = unused.map((action) => [action, reasonFor(action, role, listed)] as const);
    wrong.push(...reasons.filter(([, why]) => why === undefined)
      .map(([action]) => `${role.path} may ${action} and does not in this run: take it out of the grant, or say in e2e.ts why it is there`));
    reports.push({
      role: role.path, used: granted.length - unused.length + managedByAws.length, unused: reasons.map(([action, why]) => `${action}: ${why}`),
    });
  }
  wrong.push(...stale(listed, reports));
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  return reports;
}

function missing(role: DeployedResource, own: readonly Decision[]): string[] {
  return [...new Set(own.filter((decision) => decision.decision !== 'Allow' && !isOurs(decision))
    .map(({ action, resource }) => `${role.path} needs ${action} on ${resource} and was refused`))];
}

function reasonFor(action: string, role: DeployedResource, listed: readonly Unused[]): string | undefined {
  return BY_THE_SERVICE[action] ?? listed.find((each) => role.path.startsWith(each.role) && each.actions.includes(action))?.why;
}

function stale(listed: readonly Unused[], reports: readonly PermissionReport[]): string[] {
  return listed.flatMap(({ role, actions }) => actions
    .filter((action) => !reports.some((report) => report.role.startsWith(role) && report.unused.some((line) => line.startsWith(`${action}: `))))
    .map((action) => `e2e.ts lists ${action} of ${role} as unused, but it is used or in no policy: take it off the list`));
}
