import { Annotations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { ITaskScope } from './itask-scope';
import { show } from '../private/errors';

/** On the cache itself, so that nothing outlives the app. */
const PUSHERS = Symbol.for('cdk-cache-tiers.TaskCache.pushers');

interface Recorded {
  [PUSHERS]?: Map<string, ITaskScope[]>;
}

/** Warns if the same principal may write to two scopes of which one reads the other: what keeps them apart is then not there. */
export function recordPush(scope: ITaskScope, { grantPrincipal }: iam.IGrantable): void {
  const pushers = pushersOf(scope);
  const who = JSON.stringify(grantPrincipal.policyFragment.principalJson);
  const others = pushers.get(who) ?? [];
  pushers.set(who, [...others, scope]);
  const related = others.find((other) => reads(other, scope) || reads(scope, other));
  if (related === undefined) return;
  Annotations.of(scope).addWarningV2('@cdk-cache-tiers/tasks:pushesToSeveralScopes',
    `${nameOf(grantPrincipal)} may push to the scopes ${show(related.scopeName)} and ${show(scope.scopeName)}, of which one reads the other: `
    + 'whoever is trusted less can change what the other reads. Use a role for each scope');
}

function pushersOf({ cache }: ITaskScope): Map<string, ITaskScope[]> {
  const recorded = cache as Recorded;
  if (recorded[PUSHERS] === undefined) Object.defineProperty(recorded, PUSHERS, { value: new Map() });
  return recorded[PUSHERS]!;
}

const reads = (one: ITaskScope, other: ITaskScope) => one.reads.some(({ scopeName }) => scopeName === other.scopeName);

function nameOf(principal: iam.IPrincipal): string {
  return 'node' in principal ? show((principal as iam.IRole).node.path) : 'one principal';
}
