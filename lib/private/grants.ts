import { IResource, Resource, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { show, validationError } from './errors';

export type Conditions = Record<string, Record<string, unknown>>;

export interface TableGrant {
  readonly table: dynamodb.ITable;
  readonly grantee: iam.IGrantable;
  readonly actions: string[];
  /** What of the table; absent: the table itself. Its indexes have ARNs of their own. */
  readonly resourceArns?: string[];
  readonly conditions?: Conditions;
}

/** Permits actions on a table, by the grantee's policy or, where that does not reach, by the table's own. */
export function grantOnTable({ table, grantee, actions, resourceArns = [table.tableArn], conditions }: TableGrant): iam.Grant {
  const principal = grantee.grantPrincipal;
  if ('Service' in principal.policyFragment.principalJson) {
    throw validationError(table, `grantee is ${show(principal)}, and DynamoDB does not accept services: grant to the role that it assumes`);
  }
  const options = { grantee, actions, resourceArns, conditions };
  if (!iam.GrantableResources.isResourceWithPolicy(table)) return iam.Grant.addToPrincipal(options);
  // In its own policy a table is "*": its ARN would make it depend on itself.
  return iam.Grant.addToPrincipalOrResource({ ...options, resource: withConditions(table, conditions), resourceSelfArns: ['*'] });
}

/**
 * Permits actions on a key. The key's own `grant` takes an imported key for one of the stack's Region, whatever its ARN says, and
 * permits a grantee of another Region all keys of all accounts.
 */
export function grantOnKey(key: kms.IKey, grantee: iam.IGrantable, actions: string[], conditions?: Conditions): iam.Grant {
  if (!Resource.isOwnedResource(key)) return iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [key.keyArn], conditions });
  // In its own policy a key is "*".
  return iam.Grant.addToPrincipalOrResource({
    grantee, actions, resource: withConditions(key, conditions), resourceArns: [arnOfOwnKey(key, grantee)], resourceSelfArns: ['*'], conditions,
  });
}

/** A key has no name by which another environment could know its ARN before it is deployed: there it is one of its account and Region. */
function arnOfOwnKey(key: kms.IKey, { grantPrincipal }: iam.IGrantable): string {
  const there = Construct.isConstruct(grantPrincipal) ? Stack.of(grantPrincipal) : undefined;
  const { account, region } = key.env;
  if (there === undefined || (there.account === account && there.region === region)) return key.keyArn;
  return Stack.of(key).formatArn({ service: 'kms', resource: 'key', resourceName: '*', account, region });
}

/** The CDK leaves a grant's conditions out of what it adds to a resource's policy, which would permit more than was meant. */
export function withConditions(resource: iam.IResourceWithPolicyV2, conditions: Conditions = {}): iam.IResourceWithPolicyV2 {
  return {
    env: resource.env,
    addToResourcePolicy: (statement) => {
      statement.addConditions(conditions);
      return resource.addToResourcePolicy(statement);
    },
  };
}

/** Condition by which a key is used through one service of a resource's Region only. In China services have another domain. */
export function viaService(resource: IResource, service: string): Conditions {
  return { StringEquals: { 'kms:ViaService': `${service}.${resource.env.region}.${Stack.of(resource).urlSuffix}` } };
}
