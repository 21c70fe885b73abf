import type { RuleScope, RulesTable } from '../../runtime/config/tables/rules-table';
import { type Home, isArn } from './destination';
import { permitted } from './permission';
import { readRule, type RuleReading } from './rule';

/** What a chain of rules may have before one; more is no configuration but a mistake. */
const MAX_ANCESTORS = 500;

/** The table's rules with what is allowed of them, for the time of one job: scopes are read once. */
export class RuleBook {
  private scopes: Promise<readonly RuleScope[]> | undefined;

  constructor(private readonly table: RulesTable, private readonly home: Home) {}

  /** The rule of a destination, if there is one, it is allowed, and it is no part of a cycle. */
  async rule(destination: string): Promise<RuleReading | undefined> {
    const reading = await this.allowed(destination);
    if (reading === undefined || !('rule' in reading)) return reading;
    const reason = await this.cycle(destination, reading.rule.sources);
    return reason === undefined ? reading : { rejected: reason };
  }

  private async allowed(destination: string): Promise<RuleReading | undefined> {
    const reading = readRule(await this.table.rule(destination), this.home);
    if (reading === undefined || !('rule' in reading)) return reading;
    this.scopes ??= this.table.scopes();
    const [declared, scopes] = await Promise.all([this.table.declared(destination), this.scopes]);
    return permitted(reading.rule, declared, scopes);
  }

  /**
   * Goes from sources to the sources of the rules that write them, by consistent reads: a rule that is reached by way of itself would
   * write for ever. A rule that does not apply is no part of it, or a row that may do nothing could stop the rules of others.
   */
  private async cycle(destination: string, sources: readonly string[]): Promise<string | undefined> {
    if (isArn(destination)) return undefined; // no rule of this table reads it
    const seen = new Set(sources);
    for (const name of seen) { // a set also goes through what is added meanwhile
      if (name === destination) return 'its destination is, by way of rules, its own source';
      if (seen.size > MAX_ANCESTORS) return `more than ${MAX_ANCESTORS} parameters are, by way of rules, its sources`;
      const reading = await this.allowed(name);
      if (reading !== undefined && 'rule' in reading) for (const source of reading.rule.sources) seen.add(source);
    }
    return undefined;
  }
}
