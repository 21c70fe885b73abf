import { Annotations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { ITaskScope } from './itask-scope';
import { nameOf, recordOf, whoIs } from './principals';
import { show } from '../private/errors';

/** What a principal may write: as a run, whose code is that of whoever is trusted as much as the scope, or as an operator. */
interface Writer {
  readonly scope: ITaskScope;
  readonly operates: boolean;
}

const WRITERS = Symbol.for('cdk-cache-tiers.TaskCache.writers');

/**
 * Warns if the same principal runs in a scope and may write to one that this reads: what keeps the two apart is then not there. Who runs in the
 * one that is read may well operate the other.
 */
export function recordWriter(scope: ITaskScope, { grantPrincipal }: iam.IGrantable, operates: boolean): void {
  const writers = recordOf(scope.cache, WRITERS, () => new Map<string, Writer[]>());
  const who = whoIs(grantPrincipal);
  const writer = { scope, operates };
  const others = writers.get(who) ?? [];
  writers.set(who, [...others, writer]);
  const related = others.find((other) => runsAbove(other, writer) || runsAbove(writer, other));
  if (related === undefined) return;
  Annotations.of(scope).addWarningV2('@cdk-cache-tiers/tasks:pushesToSeveralScopes',
    `${nameOf(grantPrincipal)} may push to the scopes ${show(related.scope.scopeName)} and ${show(scope.scopeName)}, of which one reads the other: `
    + 'whoever is trusted less can change what the other reads. Use a role for each scope');
}

/** Whether one runs in a scope that reads the other's. */
const runsAbove = (one: Writer, other: Writer) => !one.operates && one.scope.reads.some(({ scopeName }) => scopeName === other.scope.scopeName);
