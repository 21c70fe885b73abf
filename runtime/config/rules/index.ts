export { ReplicationRules, type RulePlan } from './replication-rules.js';
export type { FoundRule, ReplicationRule, RuleInput } from './written-rule.js';
