import { LogDays } from './log-days';
import { MAX_LEGS, type Leg, type Place } from './place';
import { Repairer, type RepairerOptions } from './repairer';
import { CONFIG_CHANGE_SHARDS, CONFIG_METRIC } from '../../lib/contract/config';
import type { AuditLog } from '../shared/config/audit-log';
import type { CacheTable } from '../../runtime/config/tables/cache-table';
import { InvalidNextToken, type ParameterPage } from '../shared/config/parameter-store';

/** Sends the reconciler's own messages. */
export interface Continuation {
  send(leg: Leg): Promise<void>;
}

export interface ReconcilerOptions extends RepairerOptions {
  /** With `cache`. */
  readonly table?: Pick<CacheTable, 'active' | 'deleted' | 'meta' | 'openEpoch' | 'setReconciled'>;
  /** With `auditor`. */
  readonly log?: Pick<AuditLog, 'names'>;
  readonly continuation: Continuation;
  readonly now: () => number;
  /** A name for the cache, if it has none: different each time. */
  readonly epoch: () => string;
}

/** Tells of what an invocation has: milliseconds left, and how many of them it must keep for the end. */
export interface Time {
  remaining(): number;
  readonly reserve: number;
}

export class TooManyLegs extends Error {
  override readonly name = 'TooManyLegs';
}

export class ReconciliationIncomplete extends Error {
  override readonly name = 'ReconciliationIncomplete';
}

/**
 * Makes the cache and the audit log agree with Parameter Store, whatever events were lost. It goes page by page with nothing but its place
 * to remember, so it can stop and go on anywhere; and as each name is brought in line as after an event, it can run twice at once.
 */
export class Reconciler {
  constructor(private readonly options: ReconcilerOptions) {}

  /** Carries out a leg, or begins a run, and goes on as long as there is time. */
  async run(leg: Leg | undefined, time: Time): Promise<'done' | 'continued'> {
    const run = new Run(this.options, leg ?? await this.begin());
    while (await run.step()) {
      if (time.remaining() >= time.reserve && !run.needsOwnLeg) continue;
      await this.options.continuation.send(run.nextLeg());
      return 'continued';
    }
    return 'done';
  }

  private async begin(): Promise<Leg> {
    const { now, table, epoch } = this.options;
    const started = now();
    await table?.openEpoch(epoch());
    return { place: { phase: 'walk' }, started, legs: 1, aside: [] };
  }
}

/** What an invocation does of a run. */
class Run {
  private place: Place | undefined;
  private legs: number;
  private readonly repairer: Repairer;
  private days: LogDays | undefined;

  constructor(private readonly options: ReconcilerOptions, private readonly leg: Leg) {
    this.place = leg.place;
    this.legs = leg.legs;
    this.repairer = new Repairer(options, leg.aside);
  }

  /** What is left is for a leg of its own: a message that comes back then repeats that, and not the whole run. */
  get needsOwnLeg(): boolean {
    return this.place?.phase === 'aside' && this.leg.place.phase !== 'aside';
  }

  nextLeg(): Leg {
    if (this.place === undefined) throw new Error('a run that is at its end has no further leg');
    return { place: this.place, started: this.leg.started, legs: this.countLeg(), aside: this.repairer.aside };
  }

  /** @returns whether there is more to do */
  async step(): Promise<boolean> {
    if (this.place === undefined) return false;
    this.place = await this.pass(this.place) ?? await this.finish();
    return this.place !== undefined;
  }

  private async pass(place: Place): Promise<Place | undefined> {
    switch (place.phase) {
      case 'walk': return this.walk(place.nextToken);
      case 'sweep': return this.sweep(place.shard, place.after);
      case 'tombstones': return this.tombstones(place.shard, place.after);
      case 'log': return this.readLog(place);
      case 'aside': return undefined;
    }
  }

  private async walk(nextToken: string | undefined): Promise<Place | undefined> {
    let page: ParameterPage;
    try {
      page = await this.options.store.page(this.options.namespaces, nextToken);
    } catch (error) {
      // A token lives for a while only. What was walked is in line already, so to begin anew costs reads and no more.
      if (!(error instanceof InvalidNextToken) || nextToken === undefined) throw error;
      this.legs = this.countLeg();
      return { phase: 'walk' };
    }
    this.options.metrics.count(CONFIG_METRIC.parametersWalked, page.parameters.length);
    await this.repairer.reconcile(page.parameters);
    if (page.nextToken !== undefined) return { phase: 'walk', nextToken: page.nextToken };
    return { phase: 'sweep', shard: 0 };
  }

  /** Active rows: those that the walk has not settled are asked for. */
  private async sweep(shard: number, after: string | undefined): Promise<Place | undefined> {
    const { table } = this.options;
    if (!table) return this.firstOfLog();
    const { names, next } = await table.active(String(shard), after);
    await this.repairer.sweep(names);
    return nextOfShard('sweep', shard, next) ?? { phase: 'tombstones', shard: 0 };
  }

  /** Tombstones since the last run: their deletion may have reached the cache and not the audit log. */
  private async tombstones(shard: number, after: string | undefined): Promise<Place | undefined> {
    const { table, log } = this.options;
    if (!table || !log) return undefined;
    const { names, next } = await table.deleted(String(shard), (await this.logDays()).since, after);
    await this.repairer.recordGone(names);
    return nextOfShard('tombstones', shard, next) ?? this.firstOfLog();
  }

  /** Names that the audit log tells of since the last run: their creation may have reached it and not the cache. */
  private async readLog({ namespace, day, after }: Extract<Place, { phase: 'log' }>): Promise<Place | undefined> {
    const { log } = this.options;
    if (!log) return undefined;
    const { names, next } = await log.names(namespace, day, after);
    await this.repairer.recordGone(names);
    return next !== undefined ? { phase: 'log', namespace, day, after: next } : (await this.logDays()).following(namespace, day);
  }

  private async firstOfLog(): Promise<Place | undefined> {
    return this.options.log ? (await this.logDays()).first() : undefined;
  }

  private async logDays(): Promise<LogDays> {
    this.days ??= new LogDays(this.options.namespaces, this.leg.started, (await this.options.table?.meta())?.reconciled);
    return this.days;
  }

  private async finish(): Promise<Place | undefined> {
    const failing = await this.repairer.retryAside();
    if (failing > 0 && this.leg.place.phase !== 'aside') return { phase: 'aside' };
    if (failing > 0) throw new ReconciliationIncomplete(`${failing} parameters cannot be brought in line: see the log for their errors`);
    // What a message says was begun later than now would stand there until then.
    await this.options.table?.setReconciled(Math.min(this.leg.started, this.options.now()));
    this.options.metrics.count(CONFIG_METRIC.reconciliations, 1);
    return undefined;
  }

  private countLeg(): number {
    if (this.legs >= MAX_LEGS) throw new TooManyLegs(`the reconciliation has not come to its end in ${MAX_LEGS} legs: raise the function's timeout`);
    return this.legs + 1;
  }
}

function nextOfShard(phase: 'sweep' | 'tombstones', shard: number, after: string | undefined): Place | undefined {
  if (after !== undefined) return { phase, shard, after };
  return shard + 1 < CONFIG_CHANGE_SHARDS ? { phase, shard: shard + 1 } : undefined;
}
