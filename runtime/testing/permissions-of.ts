import { InvalidArgumentError, show } from '../errors.js';
import { findRole, listOf, policiesOf, resourcesOf } from './policies.js';
import { isAbsent, isObject, readable, readableWithin, type Json } from './readable.js';

/**
 * One action on one resource. Statements that say what they exclude cannot be spread: their lists are in `notAction` and `notResource`,
 * in place of the other two.
 */
export interface StatementPermission {
  /** `Allow` or `Deny`. */
  readonly effect: string;
  /** `dynamodb:GetItem`, as the policy writes it. */
  readonly action?: string;
  /** Every action but these, sorted. */
  readonly notAction?: readonly string[];
  /** `*`, an ARN, or a readable form of what a deployment makes an ARN: `${Table.Arn}`, `${Bucket.Arn}/memo/*`. */
  readonly resource?: string;
  /** Every resource but these, sorted. */
  readonly notResource?: readonly string[];
  /** As in the policy, with values readable like resources. Absent where the statement has none. */
  readonly condition?: unknown;
}

/** A policy of which the template has no more than the ARN: one of AWS's, or of another stack. */
export interface ManagedPolicyPermission {
  readonly managedPolicyArn: string;
}

/** What a role is permitted or denied. */
export type Permission = StatementPermission | ManagedPolicyPermission;

/**
 * All that a synthesized template permits and denies a role: its inline policies, and every `AWS::IAM::Policy`, `AWS::IAM::ManagedPolicy`
 * and `AWS::IAM::RolePolicy` that is attached to it. One entry for each action on each resource, without repetitions, sorted by action,
 * resource and effect; ARNs of managed policies that the template does not define come last. How the CDK has merged or split the
 * statements makes no difference.
 *
 * Resources are readable: `${Table0A35CF55.Arn}` for Fn::GetAtt, `${AWS::Partition}` for Ref, `${Bucket.Arn}/memo/*` for Fn::Join and
 * Fn::Sub, `${Fn::ImportValue(Name)}`. Any other intrinsic function is JSON.
 *
 * Not seen is what a role is permitted or refused elsewhere: policies of resources, permission boundaries, service control policies.
 *
 * @param template the template as an object: `Template.fromStack(stack).toJSON()`
 * @param principal the logical id of a role or of a Lambda function, whose role it then is; with or without the digest that the CDK
 * appends, or the beginning of it, or a regular expression. A role that the stack imports goes by its name. All that match must have the
 * same role.
 * @throws InvalidArgumentError `E_TESTING_PRINCIPAL` if there is no such role, or more than one: the message lists them;
 * `E_TESTING_TEMPLATE` if it is no template, or has a statement that is not written out
 *
 * @example
 * expect(permissionsOf(Template.fromStack(stack).toJSON(), 'Reader')).toEqual([
 *   { effect: 'Allow', action: 's3:GetObject', resource: '${Bucket83908E77.Arn}/*' },
 * ]);
 */
export function permissionsOf(template: Json, principal: string | RegExp): Permission[] {
  const resources = resourcesOf(template);
  const { documents, managedPolicyArns } = policiesOf(resources, findRole(resources, principal));
  const statements = documents.flatMap((document) => listOf(isObject(document) ? document.Statement ?? document : document)).flatMap(spread);
  return [
    ...unique(statements, ({ action, notAction, resource, notResource, effect, condition }) =>
      [action ?? `~${String(notAction)}`, resource ?? `~${String(notResource)}`, effect, condition === undefined ? '' : readable(condition)]),
    ...unique(managedPolicyArns.map((managedPolicyArn) => ({ managedPolicyArn })), ({ managedPolicyArn }) => [managedPolicyArn]),
  ];
}

function spread(statement: unknown): StatementPermission[] {
  if (!isObject(statement) || statement.Effect === undefined) {
    throw new InvalidArgumentError('E_TESTING_TEMPLATE',
      `a policy has a statement that is not written out, so nobody can tell what it permits: ${show(statement)}`);
  }
  const { Effect, Action, NotAction, Resource, NotResource, Condition } = statement;
  const texts = (value: unknown) => listOf(value).map(readable).sort();
  const actions = isAbsent(NotAction) ? texts(Action).map((action) => ({ action })) : [{ notAction: texts(NotAction) }];
  const resources = isAbsent(NotResource) ? texts(Resource).map((resource) => ({ resource })) : [{ notResource: texts(NotResource) }];
  const condition = isAbsent(Condition) ? {} : { condition: readableWithin(Condition) };
  return actions.flatMap((action) => resources.map((resource) => ({ effect: readable(Effect), ...action, ...resource, ...condition })));
}

/** Sorted by code units, the same on every machine, and without repetitions. */
function unique<T>(items: readonly T[], keyOf: (item: T) => readonly string[]): T[] {
  const keyed = new Map(items.map((item) => [keyOf(item).join('\n'), item]));
  return [...keyed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}
