import { InvalidArgumentError, show } from '../errors.js';
import { isAbsent, isObject, readable, type Json } from './readable.js';

/** What a template says of one role: policy documents in it, and the ARNs of policies that are elsewhere. */
export interface RolePolicies {
  readonly documents: readonly unknown[];
  readonly managedPolicyArns: readonly string[];
}

interface Resource {
  readonly id: string;
  readonly type: string;
  readonly properties: Json;
}

/** The resources of a template. @throws InvalidArgumentError `E_TESTING_TEMPLATE` */
export function resourcesOf(template: unknown): Resource[] {
  const isTemplate = isObject(template) && typeof template.toJSON !== 'function';
  const resources = isTemplate ? template.Resources ?? {} : undefined;
  if (!isObject(resources)) {
    throw new InvalidArgumentError('E_TESTING_TEMPLATE',
      `template must be a synthesized template as an object, such as Template.fromStack(stack).toJSON(), got ${show(template)}`);
  }
  return Object.entries(resources).filter((entry): entry is [string, Json] => isObject(entry[1]))
    .map(([id, { Type, Properties }]) => ({ id, type: String(Type), properties: isObject(Properties) ? Properties : {} }));
}

/**
 * The name by which the policies of a template know a role: its logical id, or its own name if it is defined elsewhere.
 *
 * @throws InvalidArgumentError `E_TESTING_PRINCIPAL` if there is no such role, or more than one
 */
export function findRole(resources: readonly Resource[], principal: string | RegExp): string {
  const roles = resources.filter(({ type }) => type === 'AWS::IAM::Role');
  const elsewhere = resources.flatMap(rolesNamedBy);
  const known = new Map(elsewhere.map((name) => [name, name]));
  for (const { id, properties } of roles) if (typeof properties.RoleName === 'string') known.set(properties.RoleName, id);
  for (const { id } of roles) known.set(id, id);
  for (const { id, type, properties } of resources) {
    if (type !== 'AWS::Lambda::Function') continue;
    const role = roleIn(properties.Role);
    known.set(id, known.get(role) ?? role);
  }

  const found = new Set(matching([...known.keys()], principal).map((name) => known.get(name)!));
  const all = listed([...roles.map(({ id }) => id), ...elsewhere.filter((name) => known.get(name) === name)]);
  const wrong = (why: string) => new InvalidArgumentError('E_TESTING_PRINCIPAL', `principal is ${show(principal)}, ${why}`);
  if (found.size === 0) throw wrong(`and the template has no such role or Lambda function: its roles are ${all}`);
  if (found.size > 1) throw wrong(`which could be any of these roles: ${listed(found)}`);
  const [role] = found;
  // What a deployment will make of such a name may well be named by policies here, in some other way.
  if (/[${}]/.test(role) && !elsewhere.includes(role)) {
    throw wrong(`whose role is defined elsewhere, and known here as ${role} only: give one of the template's own: ${all}`);
  }
  return role;
}

const listed = (names: Iterable<string>): string => [...new Set(names)].sort().join(', ') || 'none';

/** The first that fits at all: the whole name, the name before the digest that the CDK appends, the beginning of the name. */
function matching(names: readonly string[], principal: string | RegExp): string[] {
  // search() has no memory of its last match, as test() has with the flag g
  if (typeof principal !== 'string') return names.filter((name) => name.search(principal) >= 0);
  if (principal === '') return [];
  const beginning = names.filter((name) => name.startsWith(principal));
  const ways = [
    beginning.filter((name) => name === principal),
    beginning.filter((name) => /^[0-9A-F]{8}$/.test(name.slice(principal.length))),
  ];
  return ways.find((way) => way.length > 0) ?? beginning;
}

/** The policies of a role, wherever in the template they are attached to it. */
export function policiesOf(resources: readonly Resource[], role: string): RolePolicies {
  const properties = resources.find(({ id, type }) => id === role && type === 'AWS::IAM::Role')?.properties ?? {};
  const names = new Set([role, ...typeof properties.RoleName === 'string' ? [properties.RoleName] : []]);
  const attached = listOf(properties.ManagedPolicyArns);
  const isHere = (arn: unknown) => resources.some(({ id, type }) => type === 'AWS::IAM::ManagedPolicy' && id === refOf(arn));

  const documents = resources.filter((resource) => rolesNamedBy(resource).some((name) => names.has(name))
    || (resource.type === 'AWS::IAM::ManagedPolicy' && attached.some((arn) => refOf(arn) === resource.id)));
  return {
    // one that is an intrinsic function stays what it is: no document that can be read
    documents: [...listOf(properties.Policies), ...documents.map((resource) => resource.properties)]
      .map((policy) => isObject(policy) && 'PolicyDocument' in policy ? policy.PolicyDocument : policy),
    managedPolicyArns: attached.filter((arn) => !isHere(arn)).map(readable),
  };
}

/** A single element need not be in a list, in policies as in templates. */
export function listOf(value: unknown): unknown[] {
  return [value].flat().filter((item) => !isAbsent(item));
}

function rolesNamedBy({ type, properties }: Resource): string[] {
  const names = /^AWS::IAM::(Managed)?Policy$/.test(type) ? listOf(properties.Roles)
    : type === 'AWS::IAM::RolePolicy' ? listOf(properties.RoleName) : [];
  return names.map((name) => refOf(name) ?? readable(name));
}

function refOf(value: unknown): string | undefined {
  return isObject(value) && typeof value.Ref === 'string' ? value.Ref : undefined;
}

/** The role that a function's `Role` names: `Fn::GetAtt: [id, Arn]`, `id.Arn`, or the ARN of one that is defined elsewhere. */
function roleIn(value: unknown): string {
  const attribute = isObject(value) ? value['Fn::GetAtt'] : undefined;
  if (Array.isArray(attribute)) return String(attribute[0]);
  if (typeof attribute === 'string') return attribute.split('.')[0];
  return readable(value ?? '').split('/').at(-1)!;
}
