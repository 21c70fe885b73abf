import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { CONFIG_RULE_BY_APP } from '../../lib/contract/config';
import { Bulkhead } from '../../runtime/resilience/bulkhead';
import { failureName } from '../shared/config/failure-fields';
import type { DeclaredRule, RuleRow, RulesTable } from '../../runtime/config/tables/rules-table';
import type { Home } from './destination';
import { type Declaration, declarationOf, formerDeclaration, rowsOf } from './rules-properties';

/** Rules that are written at once. */
const CONCURRENCY = 8;

/**
 * Writes what a deployment declares: scopes, declarations, and the rows of declared rules. What another row says for a declared
 * destination is overwritten: the app has the last word. What is declared no longer is removed, but for rows that somebody else has
 * written since: so a rule can pass from the app to people.
 *
 * A rule's rows are written and removed one by one. Rows of different writings do not agree, and a rule whose rows do not agree is not
 * carried out; so no order and no interruption makes half a rule apply.
 */
export class DeclaredRules {
  constructor(private readonly table: RulesTable, private readonly home: Home) {}

  async carryOut(event: CloudFormationCustomResourceEvent, signal: AbortSignal): Promise<void> {
    // Another resource's declarations stay: the successor of one that is deleted has written its own before.
    const owner = `${event.StackId} ${event.LogicalResourceId}`;
    if (event.RequestType === 'Delete') return this.remove(formerDeclaration(event.ResourceProperties), owner, signal);
    const declaration = declarationOf(event.ResourceProperties, owner, this.home);
    if (event.RequestType === 'Create') return this.create(declaration, event, signal);
    await this.write(declaration, owner, signal);
    const { destinations, scopes } = formerDeclaration(event.OldResourceProperties);
    const declared = new Set(declaration.rules.map(({ destination }) => destination));
    const former = { destinations: destinations.filter((each) => !declared.has(each)), scopes, keepScopes: declaration.scopes.length };
    await this.remove(former, owner, signal);
  }

  /** The deletion of what has failed to come to be is answered without any work, so what has been written is removed here. */
  private async create(declaration: Declaration, event: CloudFormationCustomResourceEvent, signal: AbortSignal): Promise<void> {
    const owner = `${event.StackId} ${event.LogicalResourceId}`;
    try {
      await this.write(declaration, owner, signal);
    } catch (error) {
      await this.remove(formerDeclaration(event.ResourceProperties), owner, signal).catch(() => undefined); // the first failure tells more
      throw error;
    }
  }

  private async write({ rules, scopes }: Declaration, owner: string, signal: AbortSignal): Promise<void> {
    await this.each(scopes.map((scope, i) => [`scope ${i}`, () => this.table.putScope(i, scope, owner)]), signal);
    await this.each(rules.map((rule) => [`the rule for ${rule.destination}`, () => this.writeRule(rule)]), signal);
  }

  /** The declaration first: the stream tells of rows at once, and they are to be allowed by then. */
  private async writeRule(rule: DeclaredRule): Promise<void> {
    const former = await this.table.rule(rule.destination);
    await this.table.declare(rule);
    for (const row of rowsOf(rule)) await this.table.put(row);
    for (const { source } of former) if (!rule.sources.includes(source)) await this.table.remove(rule.destination, source);
  }

  private async remove(
    former: { readonly destinations: readonly string[]; readonly scopes: number; readonly keepScopes?: number }, owner: string, signal: AbortSignal,
  ): Promise<void> {
    await this.each(former.destinations.map((each) => [`the rule for ${each}`, () => this.removeRule(each, owner)]), signal);
    const scopes = Array.from({ length: former.scopes }, (_, i) => i).slice(former.keepScopes ?? 0);
    await this.each(scopes.map((i) => [`scope ${i}`, () => this.table.removeScope(i, owner)]), signal);
  }

  private async removeRule(destination: string, owner: string): Promise<void> {
    if ((await this.table.declared(destination))?.owner !== owner) return;
    const isOurs = ({ writtenBy }: RuleRow) => writtenBy === CONFIG_RULE_BY_APP;
    for (const { source } of (await this.table.rule(destination)).filter(isOurs)) await this.table.remove(destination, source);
    await this.table.undeclare(destination, owner);
  }

  private async each(jobs: readonly (readonly [what: string, job: () => Promise<unknown>])[], signal: AbortSignal): Promise<void> {
    const bulkhead = new Bulkhead(CONCURRENCY);
    const results = await Promise.allSettled(jobs.map(([what, job]) => bulkhead.run(async () => {
      signal.throwIfAborted();
      await job().catch((cause: unknown) => { throw new Error(`${what} cannot be written: ${failureName(cause)}`, { cause }); });
    })));
    const failure = results.find((result) => result.status === 'rejected');
    if (failure) throw failure.reason;
  }
}
