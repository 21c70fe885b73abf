/** A row of a replication rule, as it is in the table: anybody who may write rows has written it, so nothing in it is trusted. */
export interface RuleRow {
  readonly destination: string;
  readonly source: string;
  readonly type?: string;
  readonly template?: string;
  readonly keyId?: string;
  readonly roleArn?: string;
  readonly onSourceDelete?: string;
  readonly writtenBy?: string;
  /** Names of attributes that are no strings. */
  readonly malformed?: readonly string[];
}

/** Rules may read from the paths in `sources` and write to those in `destinations`. */
export interface RuleScope {
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
}

/** A rule that the app declares. Only a deployment writes it, so it is what the rule's rows are measured by. */
export interface DeclaredRule {
  readonly destination: string;
  readonly type: string;
  readonly sources: readonly string[];
  readonly template?: string;
  readonly keyId?: string;
  readonly roleArn?: string;
  readonly onSourceDelete?: string;
  /** The custom resource that has written it. */
  readonly owner: string;
}

export interface DestinationsPage {
  /** A rule's rows may lie on two pages, so a destination may come twice. */
  readonly destinations: readonly string[];
  /** Where the next page begins. Absent: this is the last. */
  readonly next?: string;
}

/** The table of replication rules. What is read is consistent, unless it says otherwise. */
export interface RulesTable {
  /** All rows of a destination's rule, by source. */
  rule(destination: string): Promise<readonly RuleRow[]>;

  /** Destinations of the rules that read a source. By an index, so what was written a moment ago may be missing. */
  destinationsOf(source: string): Promise<readonly string[]>;

  /** A page of all rules. What is written meanwhile may be missing. */
  page(after?: string): Promise<DestinationsPage>;

  scopes(): Promise<readonly RuleScope[]>;
  declared(destination: string): Promise<DeclaredRule | undefined>;

  put(row: RuleRow): Promise<void>;
  remove(destination: string, source: string): Promise<void>;

  declare(rule: DeclaredRule): Promise<void>;
  /** Removes a declaration. @returns false: it is another owner's by now, or there is none */
  undeclare(destination: string, owner: string): Promise<boolean>;

  /** Each owner counts its scopes by itself. */
  putScope(index: number, scope: RuleScope, owner: string): Promise<void>;
  /** Removes a scope. @returns false: the owner has none of that number */
  removeScope(index: number, owner: string): Promise<boolean>;
}

/** Partitions that no permission for a path reaches begin with this. */
export const isRuleRow = (destination: string): boolean => !destination.startsWith('#');
