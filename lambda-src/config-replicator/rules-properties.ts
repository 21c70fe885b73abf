import type { DeclaredRule, RuleRow, RuleScope } from '../../runtime/config/tables/rules-table';
import { CONFIG_RULE_BY_APP, CONFIG_RULE_TYPE } from '../../lib/contract/config';
import { type Home, isArn } from './destination';
import { readRule } from './rule';

/** What a deployment declares. */
export interface Declaration {
  readonly rules: readonly DeclaredRule[];
  readonly scopes: readonly RuleScope[];
}

type Properties = Readonly<Record<string, unknown>>;

/** Reads the properties of `Custom::ConfigRules`. Errors fail the deployment: they name the property and say what is wrong. */
export function declarationOf(properties: Properties, owner: string, home: Home): Declaration {
  const rules = objects(properties, 'Rules').map((rule, i) => ruleOf(`Rules[${i}]`, rule, owner));
  const seen = new Set<string>();
  rules.forEach((rule, i) => {
    if (seen.has(rule.destination)) throw new Error(`Rules[${i}].Destination ${rule.destination} has a rule already: a parameter can have one`);
    seen.add(rule.destination);
    const reading = readRule(rowsOf(rule), home);
    if (reading === undefined) throw new Error(`Rules[${i}] has no source: name one`);
    if (!('rule' in reading)) {
      throw new Error(`Rules[${i}], for ${rule.destination}: ${'rejected' in reading ? reading.rejected : reading.incomplete}`);
    }
  });
  return { rules, scopes: objects(properties, 'Scopes').map((scope, i) => scopeOf(`Scopes[${i}]`, scope)) };
}

/** What a former deployment has declared, as far as it takes to remove it. */
export function formerDeclaration(properties: Properties): { readonly destinations: readonly string[]; readonly scopes: number } {
  const listed = (name: string) => Array.isArray(properties[name]) ? properties[name] as readonly unknown[] : [];
  const destinations = listed('Rules').map((rule) => (rule as Properties | null)?.Destination).filter((each) => typeof each === 'string');
  return { destinations, scopes: listed('Scopes').length };
}

/** The rows of a rule: one for each source. */
export function rowsOf({ sources, owner: _owner, ...rule }: DeclaredRule): RuleRow[] {
  return sources.map((source) => ({ ...rule, source, writtenBy: CONFIG_RULE_BY_APP }));
}

function ruleOf(path: string, rule: Properties, owner: string): DeclaredRule {
  const type = text(path, rule, 'Type');
  return {
    destination: text(path, rule, 'Destination'),
    type,
    sources: type === CONFIG_RULE_TYPE.merge ? texts(path, rule, 'Sources') : [text(path, rule, 'Source')],
    ...optional(path, rule, 'template', 'Template'),
    ...optional(path, rule, 'keyId', 'KeyId'),
    ...optional(path, rule, 'roleArn', 'RoleArn'),
    ...optional(path, rule, 'onSourceDelete', 'OnSourceDelete'),
    owner,
  };
}

function scopeOf(path: string, scope: Properties): RuleScope {
  const sources = texts(path, scope, 'Sources');
  const destinations = texts(path, scope, 'Destinations');
  const wrong = [...sources.filter((each) => !each.startsWith('/')), ...destinations.filter((each) => !each.startsWith('/') && !isArn(each))][0];
  if (wrong !== undefined) throw new Error(`${path} has the path ${wrong}: paths begin with /, or of destinations elsewhere with arn:`);
  return { sources, destinations };
}

function objects(properties: Properties, name: string): readonly Properties[] {
  const value = properties[name] ?? [];
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'object' && each !== null && !Array.isArray(each))) {
    throw new Error(`${name} must be a list of objects`);
  }
  return value;
}

function text(path: string, of: Properties, name: string): string {
  const value = of[name];
  if (typeof value !== 'string' || value === '') throw new Error(`${path}.${name} must be a string that is not empty`);
  return value;
}

function optional<P extends string>(path: string, of: Properties, property: P, name: string): { readonly [K in P]?: string } {
  return of[name] === undefined ? {} : { [property]: text(path, of, name) } as { readonly [K in P]: string };
}

function texts(path: string, of: Properties, name: string): readonly string[] {
  const value = of[name];
  if (!Array.isArray(value) || value.length === 0 || !value.every((each) => typeof each === 'string' && each !== '')) {
    throw new Error(`${path}.${name} must be a list of at least one string`);
  }
  return [...new Set(value as string[])];
}
