import { byTheService } from './by-the-service';
import { decisions, isOurs, ofRole, uses, type Decision } from './decisions';
import { grantsOf } from './granted';
import { describe, UnusedList, type UnusedGrant } from './unused';
import type { Unused } from '../kit';
import type { Identity } from '../kit/identity';
import type { DeployedResource, DeployedStack } from '../stack';

export interface PermissionReport {
  readonly role: string;
  readonly used: number;
  /** What is not used here, and why it is there. */
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
  const list = new UnusedList(listed);
  const service = byTheService(stack.templates);
  const wrong = new Set<string>();
  const reports: PermissionReport[] = [];
  for (const role of stack.ofType('AWS::IAM::Role').filter(({ path }) => !path.includes('/Custom::'))) { // the CDK's own helpers
    const own = ofRole(all, role.physicalId);
    for (const text of missing(role, own)) wrong.add(text);
    const { granted, managedByAws } = await grantsOf(root, role.physicalId);
    const unused: UnusedGrant[] = [
      // Of a wildcard it cannot be said that all of it is used.
      ...granted.filter((each) => each.action.includes('*') || !own.some((decision) => uses(decision, each))),
      ...managedByAws.map((action) => ({ action, resources: [] })),
    ].map((each) => ({ ...each, role: role.path }));
    const reasons = unused.map((each) => [each, service(role.path, each.action) ?? list.reasonFor(each, unused)] as const);
    for (const [each, why] of reasons) {
      if (why === undefined) wrong.add(`${role.path} may ${describe(each)} and does not in this run: take it out, or say in e2e.ts why it is there`);
    }
    reports.push({
      role: role.path, used: granted.length + managedByAws.length - unused.length, unused: reasons.map(([{ action }, why]) => `${action}: ${why}`),
    });
  }
  for (const text of list.stale()) wrong.add(text);
  if (wrong.size > 0) throw new Error([...wrong].join('\n'));
  return reports;
}

function missing(role: DeployedResource, own: readonly Decision[]): string[] {
  return own.filter((decision) => decision.decision !== 'Allow' && !isOurs(decision))
    .map(({ action, resource }) => `${role.path} needs ${action} on ${resource} and was refused`);
}
