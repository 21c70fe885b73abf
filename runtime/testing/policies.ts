import { types } from 'node:util';
import { InvalidArgumentError, show } from '../errors.js';
import { isAbsent, isObject, isText, readable } from './readable.js';
import { templateError, type Resource } from './template.js';

/** What a template says of one role: policy documents in it, and the ARNs of policies that are elsewhere. */
export interface RolePolicies {
  readonly documents: readonly unknown[];
  readonly managedPolicyArns: readonly string[];
}

/**
 * The name by which the policies of a template know a role: its logical id, or its own name if it is defined elsewhere.
 *
 * @throws InvalidArgumentError `E_TESTING_PRINCIPAL` if there is no such role, or more than one; `E_TESTING_TEMPLATE` if a policy may be any
 * role's
 */
export function findRole(resources: readonly Resource[], principal: string | RegExp): string {
  const wrong = (why: string) => new InvalidArgumentError('E_TESTING_PRINCIPAL', `principal is ${show(principal)}, ${why}`);
  if (typeof principal !== 'string' && !types.isRegExp(principal)) throw wrong('and must be a name or a regular expression');

  const roles = resources.filter(({ type }) => type === 'AWS::IAM::Role');
  const elsewhere = resources.flatMap((resource) => rolesNamedBy(resource, resources));
  const known = new Map(elsewhere.map((name) => [name, name]));
  for (const role of roles) for (const name of namesOf(role)) known.set(name, role.id);
  for (const { id } of roles) known.set(id, id);
  const byArn = new Map(roles.map(({ id }) => [`\${${id}.Arn}`, id]));
  for (const { id, type, properties } of resources) {
    if (type !== 'AWS::Lambda::Function') continue;
    const arn = readable(properties.Role ?? '');
    const name = arn.split('/').at(-1)!;
    known.set(id, byArn.get(arn) ?? known.get(withoutRef(name)) ?? name);
  }

  const found = new Set(matching([...known.keys()], principal).map((name) => known.get(name)!));
  const all = listed([...roles.map(({ id }) => id), ...elsewhere.filter((name) => known.get(name) === name)]);
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
  const here = resources.find(({ id, type }) => id === role && type === 'AWS::IAM::Role');
  const names = new Set([role, ...here ? namesOf(here) : []]);
  const attached = listOf(here?.properties.ManagedPolicyArns).map((arn) => resolved(arn, role, 'ManagedPolicyArns'));
  const arnsOf = ({ id, type }: Resource) => (type === 'AWS::IAM::ManagedPolicy' ? [`\${${id}}`, `\${${id}.PolicyArn}`] : []);
  const arnsHere = new Set(resources.flatMap(arnsOf));

  const documents = resources.filter((resource) => rolesNamedBy(resource, resources).some((name) => names.has(name))
    || arnsOf(resource).some((arn) => attached.includes(arn)));
  return {
    // one that is an intrinsic function stays what it is: no document that can be read
    documents: [...listOf(here?.properties.Policies), ...documents.map(({ properties }) => properties)]
      .map((policy) => isObject(policy) && 'PolicyDocument' in policy ? policy.PolicyDocument : policy),
    managedPolicyArns: attached.filter((arn) => !arnsHere.has(arn)),
  };
}

/** A single element need not be in a list, in policies as in templates. */
export function listOf(value: unknown): unknown[] {
  return [value].flat().filter((item) => !isAbsent(item));
}

/** The names by which policies know a role that is here: its id by Ref, and its own name if it was given one. */
function namesOf({ id, properties }: Resource): string[] {
  return [id, ...listOf(properties.RoleName).map((name) => withoutRef(resolved(name, id, 'RoleName')))];
}

function rolesNamedBy({ id, type, properties }: Resource, resources: readonly Resource[]): string[] {
  const property = /^AWS::IAM::(Managed)?Policy$/.test(type) ? 'Roles' : type === 'AWS::IAM::RolePolicy' ? 'RoleName' : undefined;
  if (property === undefined) return [];
  return listOf(properties[property]).map((name) => isForeign(name, resources) ? readable(name) : withoutRef(resolved(name, id, property)));
}

/** A name that is cut out of an ARN from elsewhere, as the CDK does for imported roles: no role of this template is mentioned in it. */
function isForeign(name: unknown, resources: readonly Resource[]): boolean {
  if (!isObject(name) || !('Fn::Select' in name)) return false;
  const text = JSON.stringify(name);
  const mentions = ({ id, properties: { RoleName } }: Resource) => [`"${id}"`, `"${id}.Arn"`, `\${${id}`, JSON.stringify(RoleName ?? id)]
    .some((mention) => text.includes(mention));
  return !text.includes('"Fn::If"') && !resources.some((resource) => resource.type === 'AWS::IAM::Role' && mentions(resource));
}

/** `${Role}` is a Ref, which is known by its id; any other text is a name. */
const withoutRef = (text: string): string => text.replace(/^\$\{([\w:]+)\}$/, '$1');

/** A reference as a readable text. Where any of it is still JSON it could come to be anything. */
function resolved(reference: unknown, owner: string, property: string): string {
  const text = readable(reference);
  if (isText(reference) && !/(?<!\$)\{|["[]/.test(text)) return text;
  throw templateError(`${owner} has ${text} in ${property}, and nobody can tell what a deployment will make of it: `
    + 'give a copy of the template with a name or an ARN there, or with Ref, Fn::GetAtt, Fn::Join, Fn::Sub or Fn::ImportValue');
}
