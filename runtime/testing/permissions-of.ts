import { show } from '../errors.js';
import { findRole, listOf, policiesOf } from './policies.js';
import { isAbsent, isObject, isText, readable, readableWithin, type Json } from './readable.js';
import { resourcesOf, templateError } from './template.js';

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
  /** Never there, so that it may be asked for. */
  readonly managedPolicyArn?: undefined;
}

/** What one kind of permission has and the other has not can be asked of both: `permissions.some(({ action }) => …)`. */
type NothingOf<T> = { readonly [K in keyof T]?: undefined };

/** A policy of which the template has no more than the ARN: one of AWS's, or of another stack. */
export interface ManagedPolicyPermission extends NothingOf<Omit<StatementPermission, 'managedPolicyArn'>> {
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
 * `E_TESTING_TEMPLATE` if it is no template, or nobody can tell from it what the role may do: it has a statement that is not written out, or
 * a policy that is attached by Fn::If or the like. The message names it
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
  const { Effect, Action, NotAction, Resource, NotResource, Condition } = isObject(statement) ? statement : {};
  const lists = [Effect, Action, NotAction, Resource, NotResource].map(listOf);
  const [effects, actions, notAction, resources, notResource] = lists.map((list) => list.map(readable).sort());
  const eitherOr = (one: unknown[], other: unknown[]) => (one.length === 0) !== (other.length === 0);
  if (!lists.flat().every(isText) || effects.length !== 1 || !eitherOr(actions, notAction) || !eitherOr(resources, notResource)) {
    throw templateError('a policy has a statement that is not written out, so nobody can tell what it permits: it must have Effect, '
      + `either Action or NotAction, and either Resource or NotResource, got ${show(statement)}`);
  }
  const [effect] = effects;
  const condition = isAbsent(Condition) ? {} : { condition: readableWithin(Condition) };
  const ofActions = actions.length > 0 ? actions.map((action) => ({ action })) : [{ notAction }];
  const ofResources = resources.length > 0 ? resources.map((resource) => ({ resource })) : [{ notResource }];
  return ofActions.flatMap((action) => ofResources.map((resource) => ({ effect, ...action, ...resource, ...condition })));
}

/** Sorted by code units, the same on every machine, and without repetitions. */
function unique<T>(items: readonly T[], keyOf: (item: T) => readonly string[]): T[] {
  const keyed = new Map(items.map((item) => [keyOf(item).join('\n'), item]));
  return [...keyed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}
