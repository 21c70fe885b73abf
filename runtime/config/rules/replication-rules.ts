import { CONFIG_RULE_BY_APP } from '../../../lib/contract/config.js';
import { CacheTiersError, InvalidArgumentError, show } from '../../errors.js';
import { AwsError } from '../../aws/errors.js';
import { pagesOf } from '../../stores/dynamodb-pages.js';
import { connectionOf, type ConfigConnection, type ConfigOptions } from '../connection.js';
import { withDeadline } from '../deadline.js';
import { DynamoDbRulesTable } from '../tables/dynamodb-rules-table.js';
import type { RulesTable } from '../tables/rules-table.js';
import { isCovered } from './permission.js';
import {
  checkDestination, checkedRule, foundRule, isSameRule, isWrittenByApp, rowsOf, type FoundRule, type ReplicationRule, type RuleInput,
} from './written-rule.js';

/** What writing a rule will do. */
export interface RulePlan {
  readonly rule: ReplicationRule;
  /** What is there now. Absent: the destination has no rule. */
  readonly before?: FoundRule;
  /** `same`: nothing has to be written. */
  readonly change: 'add' | 'replace' | 'same';
  /**
   * Whether a scope of the deployment has all its sources and its destination: otherwise the replicator refuses it.
   * `undefined`: it is not known, for want of permission to read scopes.
   */
  readonly allowed?: boolean;
}

/** What a chain of rules may have before one. */
const MAX_ANCESTORS = 500;

/**
 * The rules by which a footprint's replicator keeps parameters equal to others. Those that the app declares are only read: a deployment
 * writes them.
 */
export class ReplicationRules {
  private readonly connection: ConfigConnection;

  constructor(options: ConfigOptions) {
    this.connection = connectionOf(options);
  }

  /** All rules, page by page. */
  async* list(signal?: AbortSignal): AsyncGenerator<FoundRule> {
    const table = await this.table(signal);
    const seen = new Set<string>();
    for await (const { destinations } of pagesOf((after) => table.page(after))) {
      for (const destination of destinations) {
        if (seen.has(destination)) continue;
        seen.add(destination);
        const rule = await find(table, destination);
        if (rule !== undefined) yield rule;
      }
    }
  }

  /** The rule of a destination. */
  async get(destination: string, signal?: AbortSignal): Promise<FoundRule | undefined> {
    checkDestination(destination);
    return find(await this.table(signal), destination);
  }

  /**
   * What writing a rule will do. Nothing is written.
   *
   * @throws InvalidArgumentError `E_CONFIG_RULE` for what is no rule
   * @throws CacheTiersError `E_CONFIG_RULE_DECLARED` if the app declares the destination's rule, `E_CONFIG_RULE_CYCLE` if the rule would, by way
   * of others, read what it writes
   */
  async plan(input: RuleInput, signal?: AbortSignal): Promise<RulePlan> {
    const rule = checkedRule(input);
    const table = await this.table(signal);
    const before = await find(table, rule.destination);
    refuseDeclared(rule.destination, before ?? { declared: await isDeclared(table, rule.destination) });
    await refuseCycle(table, rule);
    const scopes = await ifPermitted(() => table.scopes());
    return {
      rule, ...(before && { before }), change: before === undefined ? 'add' : isSameRule(rule, before) ? 'same' : 'replace',
      ...(scopes && { allowed: isCovered(rule, scopes) }),
    };
  }

  /**
   * Writes a planned rule, one row for each of its sources. A rule whose rows do not agree yet is not carried out, so there is no moment at
   * which half of it is.
   *
   * @param writtenBy who writes it, for those who read the table; not `app`
   * @throws InvalidArgumentError `E_CONFIG_RULE`
   * @throws CacheTiersError `E_CONFIG_RULE_CHANGED` if the destination has another rule by now than the plan saw
   */
  async write({ rule, before }: RulePlan, writtenBy: string, signal?: AbortSignal): Promise<void> {
    if (writtenBy === '' || writtenBy === CONFIG_RULE_BY_APP) {
      throw new InvalidArgumentError('E_CONFIG_RULE', `writtenBy must be a name other than ${CONFIG_RULE_BY_APP}, got ${show(writtenBy)}`);
    }
    const table = await this.table(signal);
    await refuseChanged(table, rule.destination, before);
    for (const row of rowsOf(rule, writtenBy)) await table.put(row);
    const wanted = new Set(rule.sources);
    for (const source of before?.sources ?? []) if (!wanted.has(source)) await table.remove(rule.destination, source);
  }

  /**
   * Removes a rule. Its destination keeps the value that it has.
   *
   * @throws CacheTiersError `E_CONFIG_RULE_DECLARED`, `E_CONFIG_RULE_CHANGED`
   */
  async remove(rule: FoundRule, signal?: AbortSignal): Promise<void> {
    refuseDeclared(rule.destination, rule);
    const table = await this.table(signal);
    await refuseChanged(table, rule.destination, rule);
    for (const source of rule.sources) await table.remove(rule.destination, source);
  }

  /** @throws CacheTiersError `E_CONFIG_NO_REPLICATION` */
  private async table(signal?: AbortSignal): Promise<RulesTable> {
    const { name, replicationTable } = await this.connection.footprint(signal);
    if (replicationTable === undefined) {
      throw new CacheTiersError('E_CONFIG_NO_REPLICATION',
        `the footprint ${show(name)} has no table of replication rules; deploy ConfigFootprint with its replication`);
    }
    const client = this.connection.dynamoDb;
    return new DynamoDbRulesTable({
      tableName: replicationTable, client: { call: (operation, input) => client.call(operation, input, withDeadline(signal)), destroy: () => {} },
    });
  }
}

async function find(table: RulesTable, destination: string): Promise<FoundRule | undefined> {
  const [rows, declared] = await Promise.all([table.rule(destination), isDeclared(table, destination)]);
  return foundRule(rows, declared);
}

/** Undefined: it may not be read. */
async function isDeclared(table: RulesTable, destination: string): Promise<boolean | undefined> {
  return ifPermitted(async () => await table.declared(destination) !== undefined);
}

async function ifPermitted<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AwsError && error.name === 'AccessDeniedException') return undefined;
    throw error;
  }
}

function refuseDeclared(destination: string, rule: Pick<FoundRule, 'declared' | 'writtenBy'>): void {
  // Where declarations may not be read, the row's own word has to do.
  if (!(rule.declared ?? isWrittenByApp(rule as FoundRule))) return;
  throw new CacheTiersError('E_CONFIG_RULE_DECLARED',
    `the rule of ${show(destination)} is declared by the app: change it there and deploy, as only what the app declares is carried out`);
}

async function refuseChanged(table: RulesTable, destination: string, before: FoundRule | undefined): Promise<void> {
  const now = await find(table, destination);
  if (JSON.stringify(now) === JSON.stringify(before)) return;
  throw new CacheTiersError('E_CONFIG_RULE_CHANGED', `the rule of ${show(destination)} has been changed meanwhile: look at it again`);
}

/** Goes from sources to the sources of the rules that write them. */
async function refuseCycle(table: RulesTable, { destination, sources }: ReplicationRule): Promise<void> {
  if (destination.startsWith('arn:')) return; // no rule of this table reads it
  const seen = new Set(sources);
  for (const name of seen) { // a set also goes through what is added meanwhile
    if (name === destination) throw cycle(`${show(destination)} would be, by way of other rules, its own source`);
    if (seen.size > MAX_ANCESTORS) throw cycle(`${show(destination)} would have, by way of other rules, more than ${MAX_ANCESTORS} sources`);
    for (const { source } of await table.rule(name)) seen.add(source);
  }
}

const cycle = (message: string) => new CacheTiersError('E_CONFIG_RULE_CYCLE', `${message}: the replicator carries out no such rule`);
