import { CONFIG_ON_SOURCE_DELETE, CONFIG_RULE_BY_APP, CONFIG_RULE_TYPE } from '../../../lib/contract/config.js';
import { isConfigRuleName, MAX_CONFIG_RULE_SOURCES, parseConfigTemplate, templateSources } from '../../../lib/contract/config-template.js';
import { InvalidArgumentError, show } from '../../errors.js';
import type { RuleRow } from '../tables/rules-table.js';

/** A replication rule: what writes one destination. */
export interface ReplicationRule {
  /** Name of the parameter that is written, or its ARN where it is in another account or Region. */
  readonly destination: string;
  readonly type: 'copy' | 'merge';
  /** Names of the parameters that are read, sorted. */
  readonly sources: readonly string[];
  /** Of `merge`: text with `${/name}` for values. It is stored as it is, so it is no place for a secret. */
  readonly template?: string;
  /** Key that encrypts the destination. @default - the one it has, else the account's default key for Parameter Store */
  readonly keyId?: string;
  /** ARN of a role that is assumed to write the destination. @default - the replicator's own */
  readonly roleArn?: string;
  /** Of `copy`: whether the destination is deleted with its source. @default retain */
  readonly onSourceDelete?: 'retain' | 'delete';
}

/** What is given to write a rule: a source to copy, or a template to merge. */
export interface RuleInput extends Omit<ReplicationRule, 'type' | 'sources'> {
  /** Of a copy. */
  readonly source?: string;
}

/** A rule as its rows in the table are. */
export interface FoundRule extends Omit<ReplicationRule, 'type' | 'onSourceDelete'> {
  /** As the table has it: anybody who may write rows has written it. */
  readonly type: string;
  readonly onSourceDelete?: string;
  /** Who has written it, as its rows say. */
  readonly writtenBy?: string;
  /** The app declares it: only a deployment changes it. `undefined`: it is not known, for want of permission. */
  readonly declared?: boolean;
  /** Why its rows are no rule that is carried out. */
  readonly incomplete?: string;
}

/** @throws InvalidArgumentError `E_CONFIG_RULE` */
export function checkedRule(input: RuleInput): ReplicationRule {
  const { source, template, ...rule } = input;
  if ((source === undefined) === (template === undefined)) throw wrong('a rule has either a source to copy or a template to merge: give one');
  checkDestination(rule.destination);
  const { onSourceDelete } = rule;
  if (onSourceDelete !== undefined && !Object.values(CONFIG_ON_SOURCE_DELETE).includes(onSourceDelete)) {
    throw wrong(`onSourceDelete must be retain or delete, got ${show(onSourceDelete)}`);
  }
  if (source !== undefined) {
    checkName('source', source);
    if (source === rule.destination) throw wrong(`source and destination are both ${show(source)}: a rule writes another parameter than it reads`);
    return { ...rule, type: CONFIG_RULE_TYPE.copy, sources: [source] };
  }
  if (onSourceDelete === CONFIG_ON_SOURCE_DELETE.delete) throw wrong('onSourceDelete must be retain where sources are merged');
  return { ...rule, type: CONFIG_RULE_TYPE.merge, template, sources: sourcesOf(template!, rule.destination) };
}

function sourcesOf(template: string, destination: string): string[] {
  let sources: string[];
  try {
    parseConfigTemplate(template);
    sources = templateSources(template).sort();
  } catch (cause) {
    throw wrong((cause as Error).message, cause); // shows none of the template but names
  }
  if (sources.length > MAX_CONFIG_RULE_SOURCES) {
    throw wrong(`the template has ${sources.length} sources: at most ${MAX_CONFIG_RULE_SOURCES} are read`);
  }
  if (sources.includes(destination)) throw wrong(`the template has its own destination ${show(destination)} as a source`);
  return sources;
}

const PARAMETER_ARN = /^arn:aws[a-z-]*:ssm:[a-z0-9-]{1,40}:\d{12}:parameter(\/.+)$/;

/** @throws InvalidArgumentError `E_CONFIG_RULE` if this cannot be a rule's destination */
export function checkDestination(destination: string): void {
  const name = destination.startsWith('arn:') ? PARAMETER_ARN.exec(destination)?.[1] ?? '' : destination;
  if (!isConfigRuleName(name)) {
    throw wrong(`destination must be the name of a parameter with a first slash, or the ARN of one elsewhere, got ${show(destination)}`);
  }
}

function checkName(what: string, name: string): void {
  if (!isConfigRuleName(name)) throw wrong(`${what} must be the name of a parameter with a first slash, got ${show(name)}`);
}

const wrong = (message: string, cause?: unknown) => new InvalidArgumentError('E_CONFIG_RULE', message, cause === undefined ? undefined : { cause });

const AGREED = ['type', 'template', 'keyId', 'roleArn', 'onSourceDelete'] as const;

/** What the rows of one destination say together; `undefined`: there are none. */
export function foundRule(rows: readonly RuleRow[], declared: boolean | undefined): FoundRule | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  const { destination, type = '', source: _source, malformed: _malformed, ...rest } = first;
  const sources = rows.map(({ source }) => source).sort();
  const incomplete = whyIncomplete(rows, sources);
  return { destination, type, sources, ...rest, ...(declared !== undefined && { declared }), ...(incomplete !== undefined && { incomplete }) };
}

function whyIncomplete(rows: readonly RuleRow[], sources: readonly string[]): string | undefined {
  const [first] = rows;
  const differing = AGREED.find((property) => rows.some((row) => row[property] !== first![property]));
  if (differing !== undefined) return `its rows do not agree on ${differing}`;
  if (rows.some(({ malformed }) => malformed !== undefined)) return 'its rows are malformed';
  if (first!.type === CONFIG_RULE_TYPE.copy) return sources.length === 1 ? undefined : 'it has more than one source to copy';
  if (first!.type !== CONFIG_RULE_TYPE.merge) return 'its type is neither copy nor merge';
  try {
    const wanted = templateSources(first!.template ?? '').sort();
    return wanted.join() === sources.join() ? undefined : 'its rows are not the sources of its template';
  } catch {
    return 'its template cannot be read';
  }
}

/** Whether a rule says the same as what is in the table. */
export function isSameRule(rule: ReplicationRule, found: FoundRule): boolean {
  return found.incomplete === undefined && rule.sources.join() === found.sources.join() && rule.type === found.type
    && rule.template === found.template && rule.keyId === found.keyId && rule.roleArn === found.roleArn
    && (rule.onSourceDelete ?? 'retain') === (found.onSourceDelete ?? 'retain');
}

/** The rows of a rule: one for each of its sources. */
export function rowsOf({ sources, ...rule }: ReplicationRule, writtenBy: string): RuleRow[] {
  return sources.map((source) => ({ ...rule, source, writtenBy }));
}

export const isWrittenByApp = ({ writtenBy }: FoundRule): boolean => writtenBy === CONFIG_RULE_BY_APP;
