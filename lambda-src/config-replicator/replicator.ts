import { CONFIG_METRIC } from '../../lib/contract/config';
import { Bulkhead } from '../../runtime/resilience/bulkhead';
import type { Attempt, Outcome, ParameterEvent } from '../shared/config/parameter-event';
import { NotVisibleYet } from '../shared/config/parameter-store';
import type { Logger, Metrics } from '../shared/config/telemetry';
import { type CarryOutOptions, type Hint, type RuleResult, RuleRun } from './carry-out';
import { isArn } from './destination';
import { RuleBook } from './rule-book';

export interface ReplicatorOptions extends CarryOutOptions {
  readonly metrics: Pick<Metrics, 'count'>;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
}

/** Rules that are carried out at once: Parameter Store takes some tens of calls a second of a whole account. */
const CONCURRENCY = 8;

/** A rule could not be carried out. The others have been. */
export class RulesFailing extends Error {
  override readonly name: string;

  constructor(results: readonly RuleResult[]) {
    super(results.map(({ destination, reason }) => `${destination}: ${reason}`).join('; '));
    this.name = results[0].error instanceof Error ? results[0].error.name : 'RulesFailing';
  }
}

export interface SyncOptions {
  /** Where a former one stopped. */
  readonly after?: string;
  /** It is time to stop. */
  readonly over?: () => boolean;
}

export interface SyncResult {
  readonly results: Readonly<Record<RuleResult['outcome'], number>>;
  /** Where to go on. Absent: all rules have been looked at. */
  readonly next?: string;
}

/**
 * Keeps destinations equal to what their rules make of their sources. Each rule stands alone: one that fails holds no other back.
 */
export class Replicator {
  readonly handlerName = 'config-replicator';

  constructor(private readonly options: ReplicatorOptions) {}

  /** A parameter has changed: it may be the source of rules, or a destination that somebody else has written. */
  async apply(event: ParameterEvent, attempt: Attempt): Promise<Outcome> {
    if (event.kind === 'label') return 'duplicate'; // no value has changed
    const book = this.book();
    const destinations = [...new Set([event.name, ...await this.options.table.destinationsOf(event.name)])];
    const results = await this.carryOut(destinations, book, { event, attempt });
    this.check(results);
    return results.some(({ outcome }) => outcome === 'replicated') ? 'handled' : 'duplicate';
  }

  /** A rule has changed. @throws RulesFailing */
  async ruleChanged(destination: string): Promise<RuleResult> {
    const [result] = await this.carryOut([destination], this.book());
    this.check([result]);
    return result;
  }

  /** Carries out all rules. What fails is counted, and tried again by the next one. */
  async syncAll({ after, over = () => false }: SyncOptions = {}): Promise<SyncResult> {
    const results: Record<RuleResult['outcome'], number> = {
      replicated: 0, same: 0, 'missing-source': 0, rejected: 0, incomplete: 0, none: 0, failing: 0,
    };
    let next = after;
    do {
      const page = await this.options.table.page(next);
      const book = this.book(); // so that scopes are as new as a page
      for (const result of await this.withFollowing(page.destinations, book)) {
        results[result.outcome] += 1;
        this.countDrift(result);
      }
      next = page.next;
    } while (next !== undefined && !over());
    return { results, ...(next !== undefined && { next }) };
  }

  /** What a page's rules have written may be the source of rules that have had their turn. No rule is in a cycle, so this ends. */
  private async withFollowing(page: readonly string[], book: RuleBook): Promise<RuleResult[]> {
    const all: RuleResult[] = [];
    let destinations = page;
    while (destinations.length > 0) {
      const results = await this.carryOut(destinations, book);
      all.push(...results);
      const written = results.filter(({ outcome, destination }) => outcome === 'replicated' && !isArn(destination));
      const following = await Promise.all(written.map(({ destination }) => this.options.table.destinationsOf(destination)));
      destinations = [...new Set(following.flat())];
    }
    return all;
  }

  private book(): RuleBook {
    return new RuleBook(this.options.table, this.options.home);
  }

  private async carryOut(destinations: readonly string[], book: RuleBook, hint?: Hint): Promise<RuleResult[]> {
    const bulkhead = new Bulkhead(CONCURRENCY);
    return Promise.all(destinations.map((destination) => bulkhead.run(async () => {
      const result = await new RuleRun(this.options, book, hint).carryOut(destination);
      this.tell(result);
      return result;
    })));
  }

  private tell({ destination, outcome, reason, error }: RuleResult): void {
    const { logger, metrics } = this.options;
    const fields = { destination, reason };
    if (outcome === 'replicated') {
      metrics.count(CONFIG_METRIC.replicated);
      logger.info('replicated', fields);
    } else if (outcome === 'missing-source') {
      metrics.count(CONFIG_METRIC.sourcesMissing);
      logger.warn('source missing', fields);
    } else if (outcome === 'rejected') {
      metrics.count(CONFIG_METRIC.rulesRejected);
      logger.warn('rule rejected', fields);
    } else if (outcome === 'failing' && !(error instanceof NotVisibleYet)) {
      metrics.count(CONFIG_METRIC.rulesFailing);
      logger.error('rule failing', fields);
    }
  }

  private countDrift({ outcome, drift }: RuleResult): void {
    const { metrics } = this.options;
    if (drift) metrics.count(CONFIG_METRIC.driftFound);
    if (drift && outcome === 'replicated') metrics.count(CONFIG_METRIC.driftRepaired);
    // By an event a rule is seen while it is written; one that a sync finds half may stay so.
    if (outcome === 'incomplete') metrics.count(CONFIG_METRIC.rulesRejected);
  }

  private check(results: readonly RuleResult[]): void {
    const failing = results.filter(({ outcome }) => outcome === 'failing');
    const serious = failing.filter(({ error }) => !(error instanceof NotVisibleYet));
    if (serious.length > 0) throw new RulesFailing(serious);
    if (failing.length > 0) throw failing[0].error;
  }
}
