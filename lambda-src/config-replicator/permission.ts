import { CONFIG_ON_SOURCE_DELETE } from '../../lib/contract/config';
import { namespaceOf } from '../shared/config/namespaces';
import type { DeclaredRule, RuleScope } from '../../runtime/config/tables/rules-table';
import { isArn } from './destination';
import type { Rule, RuleReading } from './rule';

/**
 * Whether a rule may be carried out. The replicator can read and write what those who write rows cannot, so it does
 * for them only what a deployment has allowed: exactly what the app declares for a destination; of what it does not declare, what lies
 * in one scope as a whole. What a row says of who has written it counts for nothing.
 */
export function permitted(rule: Rule, declared: DeclaredRule | undefined, scopes: readonly RuleScope[]): RuleReading {
  if (declared !== undefined) {
    // A deployment may be just writing it.
    return isSame(rule, declared) ? { rule } : { incomplete: 'its rows are not what the app declares for its destination' };
  }
  if (scopes.some((scope) => covers(scope, rule))) return { rule };
  return { rejected: 'no scope has its sources and its destination, and the app does not declare it' };
}

function isSame(rule: Rule, declared: DeclaredRule): boolean {
  const sources = [...new Set(declared.sources)].sort();
  return rule.type === declared.type && rule.template === declared.template && rule.keyId === declared.keyId && rule.roleArn === declared.roleArn
    && rule.deletes === (declared.onSourceDelete === CONFIG_ON_SOURCE_DELETE.delete)
    && sources.length === rule.sources.length && sources.every((source, i) => source === rule.sources[i]);
}

function covers({ sources, destinations }: RuleScope, rule: Rule): boolean {
  // The path / is all names of this account and Region, and no ARN of another.
  const paths = isArn(rule.destination) ? destinations.filter((path) => path !== '/') : destinations;
  return namespaceOf(rule.destination, paths) !== undefined && rule.sources.every((source) => namespaceOf(source, sources) !== undefined);
}
