import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { parameterArn, parameterArns } from './namespaces';
import { grantOnArns, grantOnParameterKey } from './parameter-grants';
import * as perms from './perms';
import { BoundRule } from './replication-rule-definition';
import { isArnPath, ReplicationScope } from './replication-scope';

/** What rules and scopes take: ARNs of parameters, and by key those that it encrypts. */
class Rights {
  readonly reads = new Set<string>();
  readonly writes = new Set<string>();
  readonly deletes = new Set<string>();
  readonly roles = new Set<string>();
  readonly readKeys = new Map<kms.IKey, Set<string>>();
  readonly writeKeys = new Map<kms.IKey, Set<string>>();
}

function addAll(to: Set<string>, arns: readonly string[]): void {
  for (const arn of arns) to.add(arn);
}

function addKeys(to: Map<kms.IKey, Set<string>>, keys: readonly kms.IKey[], arns: readonly string[]): void {
  for (const key of keys) to.set(key, new Set([...to.get(key) ?? [], ...arns]));
}

/** Permits the replicator exactly what its rules and scopes take, and nothing of what the roles do that write other destinations. */
export function grantReplicating(
  scope: Construct, grantee: iam.IGrantable, rules: readonly BoundRule[], scopes: readonly ReplicationScope[],
): iam.Grant | undefined {
  const rights = new Rights();
  for (const rule of rules) addRule(scope, rights, rule);
  for (const each of scopes) addScope(scope, rights, each);

  const grants: iam.Grant[] = [];
  const permit = (actions: string[], arns: ReadonlySet<string>): void => {
    if (arns.size > 0) grants.push(grantOnArns(grantee, actions, [...arns]));
  };
  permit(perms.REPLICATION_SOURCE_ACTIONS, rights.reads);
  permit(perms.REPLICATION_DESTINATION_ACTIONS, rights.writes);
  permit(perms.REPLICATION_DELETE_ACTIONS, rights.deletes);
  permit(perms.ASSUME_ROLE_ACTIONS, rights.roles);
  for (const [key, arns] of rights.readKeys) grants.push(grantOnParameterKey(key, grantee, perms.PARAMETER_KEY_READ_ACTIONS, [...arns]));
  for (const [key, arns] of rights.writeKeys) grants.push(grantOnParameterKey(key, grantee, perms.PARAMETER_KEY_READ_WRITE_ACTIONS, [...arns]));
  return grants.length === 0 ? undefined : grants.reduce((all, grant) => all.combine(grant));
}

function addRule(scope: Construct, rights: Rights, rule: BoundRule): void {
  const sources = rule.sources.map((name) => parameterArn(scope, name));
  addAll(rights.reads, sources);
  addKeys(rights.readKeys, rule.sourceKeys, sources);
  if (rule.destinationRole !== undefined) {
    rights.roles.add(rule.destinationRole.roleArn);
    return;
  }
  addAll(rights.writes, [rule.destinationArn]);
  if (rule.deletes) addAll(rights.deletes, [rule.destinationArn]);
  if (rule.destinationKey !== undefined) addKeys(rights.writeKeys, [rule.destinationKey], [rule.destinationArn]);
}

function addScope(scope: Construct, rights: Rights, { sources, destinations, ...each }: ReplicationScope): void {
  const sourceArns = parameterArns(scope, sources);
  addAll(rights.reads, sourceArns);
  addKeys(rights.readKeys, each.sourceKeys ?? [], sourceArns);
  const names = destinations.filter((path) => !isArnPath(path));
  const destinationArns = [
    ...(names.length === 0 ? [] : parameterArns(scope, names)), ...destinations.filter(isArnPath).flatMap((arn) => [arn, `${arn}/*`]),
  ];
  addAll(rights.writes, destinationArns);
  if (each.allowDelete) addAll(rights.deletes, destinationArns);
  addKeys(rights.writeKeys, each.destinationKeys ?? [], destinationArns);
  for (const { roleArn } of each.roles ?? []) rights.roles.add(roleArn);
}
