import {
  type DeclaredRule, type DestinationsPage, isRuleRow, type RuleRow, type RuleScope, type RulesTable,
} from '../../../runtime/config/tables/rules-table';

/** A table of rules in memory. */
export class MemoryRulesTable implements RulesTable {
  private readonly rows = new Map<string, Map<string, RuleRow>>();
  private readonly declarations = new Map<string, DeclaredRule>();
  private readonly allScopes = new Map<string, RuleScope>();

  constructor(private readonly pageSize = 100) {}

  async rule(destination: string): Promise<readonly RuleRow[]> {
    const rows = [...this.rows.get(destination)?.values() ?? []];
    return rows.sort((a, b) => a.source < b.source ? -1 : 1);
  }

  async destinationsOf(source: string): Promise<readonly string[]> {
    return [...this.rows].filter(([, rows]) => rows.has(source)).map(([destination]) => destination).sort();
  }

  async page(after?: string): Promise<DestinationsPage> {
    const all = [...this.rows.keys()].filter((destination) => isRuleRow(destination) && (after === undefined || destination > after)).sort();
    const destinations = all.slice(0, this.pageSize);
    return { destinations, ...(all.length > this.pageSize && { next: destinations.at(-1) }) };
  }

  async scopes(): Promise<readonly RuleScope[]> {
    return [...this.allScopes].sort(([a], [b]) => a < b ? -1 : 1).map(([, { sources, destinations }]) => ({ sources, destinations }));
  }

  async declared(destination: string): Promise<DeclaredRule | undefined> {
    return this.declarations.get(destination);
  }

  async put(row: RuleRow): Promise<void> {
    const rows = this.rows.get(row.destination) ?? new Map<string, RuleRow>();
    this.rows.set(row.destination, rows.set(row.source, row));
  }

  async remove(destination: string, source: string): Promise<void> {
    const rows = this.rows.get(destination);
    rows?.delete(source);
    if (rows?.size === 0) this.rows.delete(destination);
  }

  async declare(rule: DeclaredRule): Promise<void> {
    this.declarations.set(rule.destination, rule);
  }

  async undeclare(destination: string, owner: string): Promise<boolean> {
    return this.declarations.get(destination)?.owner === owner && this.declarations.delete(destination);
  }

  async putScope(index: number, scope: RuleScope, owner: string): Promise<void> {
    this.allScopes.set(`${index} ${owner}`, scope);
  }

  async removeScope(index: number, owner: string): Promise<boolean> {
    return this.allScopes.delete(`${index} ${owner}`);
  }
}
