import { isBelow } from '../paths.js';
import type { RuleScope } from '../tables/rules-table.js';
import type { ReplicationRule } from './written-rule.js';

/** Whether one scope allows the rule as a whole, as the replicator sees it. */
export function isCovered({ destination, sources }: ReplicationRule, scopes: readonly RuleScope[]): boolean {
  // The path / is all names of this account and Region, and no ARN of another.
  const elsewhere = destination.startsWith('arn:');
  return scopes.some((scope) => scope.destinations.some((path) => !(elsewhere && path === '/') && isBelow(destination, path))
    && sources.every((source) => scope.sources.some((path) => isBelow(source, path))));
}
