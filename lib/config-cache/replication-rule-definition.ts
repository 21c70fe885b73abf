import { Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { checkRuleName, parameterArnIn } from './parameter-paths';
import { CONFIG_ON_SOURCE_DELETE, CONFIG_RULE_TYPE } from '../contract/config';
import { MAX_CONFIG_RULE_SOURCES, templateSources } from '../contract/config-template';
import { show, validationError } from '../private/errors';
import { checkEach, checkPattern } from '../private/validation';

/** What a rule says, whatever its kind. */
export interface ReplicationRuleDefinition {
  readonly destination: string;
  readonly destinationRegion?: string;
  readonly destinationAccount?: string;
  readonly destinationRole?: iam.IRole;
  readonly destinationKey?: kms.IKey;
  /** Of a rule to merge they may be in the template only. */
  readonly sources?: string[];
  readonly template?: string;
  readonly sourceKeys: kms.IKey[];
  readonly deletes: boolean;
}

/** A rule as a replication has it. */
export interface BoundRule extends ReplicationRuleDefinition {
  readonly sources: string[];
  /** As rows name it: the name, or in another account or Region the ARN. */
  readonly destinationId: string;
  readonly destinationArn: string;
}

/** Checks rules, each and all together, and says what they mean in a replication's stack. */
export function bindRules(scope: Construct, definitions: readonly ReplicationRuleDefinition[]): BoundRule[] {
  const rules = definitions.map((definition, index) => bindRule(scope, `rules[${index}]`, definition));
  rules.forEach(({ destinationId }, index) => {
    const first = rules.findIndex((other) => other.destinationId === destinationId);
    if (first === index) return;
    throw validationError(scope, `rules[${index}] writes ${show(destinationId)}, and so does rules[${first}]: a parameter can have one rule, `
      + 'so leave one out, or merge their sources');
  });
  checkCycles(scope, rules);
  return rules;
}

function bindRule(scope: Construct, name: string, definition: ReplicationRuleDefinition): BoundRule {
  const { destination, destinationAccount, destinationRegion, destinationRole, template } = definition;
  checkRuleName(scope, `${name}.destination`, destination);
  checkPattern(scope, `${name}.destinationAccount`, destinationAccount, /^\d{12}$/, 'an account\'s twelve digits');
  checkPattern(scope, `${name}.destinationRegion`, destinationRegion, /^[a-z0-9-]{1,40}$/, 'a Region such as "eu-west-1"');
  const sources = template === undefined ? definition.sources ?? [] : sourcesOf(scope, name, template, definition.sources);
  if (Token.isUnresolved(sources)) throw validationError(scope, `${name}.sources is a list that is known only at deployment: name each source`);
  const property = template === undefined ? 'source' : 'sources';
  checkEach(scope, `${name}.${property}`, sources, (each, source) => checkRuleName(scope, template === undefined ? `${name}.source` : each, source));

  const { account, region } = Stack.of(scope);
  const foreignAccount = destinationAccount !== undefined && destinationAccount !== account;
  if (foreignAccount && destinationRole === undefined) {
    throw validationError(scope, `${name}.destinationAccount is ${show(destinationAccount)} without destinationRole: give a role that may write `
      + 'there');
  }
  const destinationArn = parameterArnIn(scope, destination, { account: destinationAccount, region: destinationRegion });
  const foreign = foreignAccount || (destinationRegion !== undefined && destinationRegion !== region);
  return { ...definition, sources, destinationArn, destinationId: foreign ? destinationArn : destination };
}

function sourcesOf(scope: Construct, name: string, template: string, given: string[] | undefined): string[] {
  if (Token.isUnresolved(template)) {
    if (given === undefined) throw validationError(scope, `${name}.template is a token, which cannot be looked into: give sources as well`);
    return given;
  }
  if (given !== undefined && Token.isUnresolved(given)) return given;
  const read = readTemplate(scope, `${name}.template`, template);
  if (read.length > MAX_CONFIG_RULE_SOURCES) {
    throw validationError(scope, `${name}.template reads ${read.length} parameters: use at most ${MAX_CONFIG_RULE_SOURCES}`);
  }
  if (given !== undefined && (given.length !== read.length || !read.every((source) => given.includes(source)))) {
    throw validationError(scope, `${name}.sources is ${show(given)}, but the template reads ${show(read)}: leave sources out`);
  }
  return read;
}

function readTemplate(scope: Construct, name: string, template: string): string[] {
  try {
    return templateSources(template);
  } catch (error) {
    throw validationError(scope, `${name} cannot be used: ${(error as Error).message}`);
  }
}

/** A rule whose destination is, by way of other rules, its own source would write for ever. */
function checkCycles(scope: Construct, rules: readonly BoundRule[]): void {
  const byDestination = new Map(rules.map((rule) => [rule.destinationId, rule]));
  const done = new Set<string>();
  const follow = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) {
      const cycle = [...path.slice(path.indexOf(name)), name].reverse();
      throw validationError(scope, `rules make a circle, ${cycle.map(show).join(' to ')}: leave one of them out`);
    }
    if (done.has(name)) return;
    for (const source of byDestination.get(name)?.sources ?? []) follow(source, [...path, name]);
    done.add(name);
  };
  for (const { destinationId } of rules) follow(destinationId, []);
}

/** A rule as the custom resource takes it: the attributes of its rows. */
export function ruleProperties({ template, sources, destinationId, destinationKey, destinationRole, deletes }: BoundRule): Record<string, unknown> {
  const merges = template !== undefined;
  return {
    Destination: destinationId,
    Type: merges ? CONFIG_RULE_TYPE.merge : CONFIG_RULE_TYPE.copy,
    ...(merges ? { Sources: sources, Template: template } : { Source: sources[0] }),
    KeyId: destinationKey?.keyArn,
    RoleArn: destinationRole?.roleArn,
    OnSourceDelete: deletes ? CONFIG_ON_SOURCE_DELETE.delete : undefined,
  };
}
