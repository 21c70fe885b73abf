import type { RuleScope } from '../tables/rules-table.js';
import type { ReplicationRule } from './written-rule.js';

/** Whether a name lies in a path: is it, or is below it. `/app` has no `/apple`. */
function isWithin(name: string, path: string): boolean {
  return path === '/' || name === path || name.startsWith(`${path}/`);
}

/** Whether one scope allows the rule as a whole, as the replicator sees it. */
export function isCovered({ destination, sources }: ReplicationRule, scopes: readonly RuleScope[]): boolean {
  // The path / is all names of this account and Region, and no ARN of another.
  const elsewhere = destination.startsWith('arn:');
  return scopes.some((scope) => scope.destinations.some((path) => !(elsewhere && path === '/') && isWithin(destination, path))
    && sources.every((source) => scope.sources.some((path) => isWithin(source, path))));
}
