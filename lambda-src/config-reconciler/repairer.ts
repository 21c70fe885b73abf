import { SetAside } from './set-aside';
import { SettledNames } from './settled-names';
import { CONFIG_METRIC } from '../../lib/contract/config';
import type { Auditor } from '../config-auditor/auditor';
import type { CacheManager, Repairs } from '../config-cache-manager/cache-manager';
import { failureFields } from '../shared/config/failure-fields';
import { namespaceOf } from '../shared/config/namespaces';
import type { ParameterStore } from '../shared/config/parameter-store';
import type { ParameterMetadata } from '../../runtime/config/tables/parameter-metadata';
import type { Logger, Metrics } from '../shared/config/telemetry';

/** Names that are asked for at once: ten calls of Parameter Store. Bounds what is under way. */
const CHUNK = 500;

export interface RepairerOptions {
  readonly store: ParameterStore;
  /** The paths that are followed. */
  readonly namespaces: readonly string[];
  /** At least one of the two. */
  readonly cache?: Pick<CacheManager, 'reconcile' | 'sweep'>;
  readonly auditor?: Pick<Auditor, 'reconcile' | 'reconcileGone'>;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** Brings names in line, in the cache and in the audit log. */
export class Repairer {
  private readonly settled = new SettledNames();
  private readonly setAside: SetAside;

  constructor(private readonly options: RepairerOptions, aside: readonly string[]) {
    this.setAside = new SetAside(aside, (parameter, error) => options.logger.error('failed', { parameter, ...failureFields(error) }));
  }

  get aside(): readonly string[] {
    return this.setAside.all;
  }

  /** Parameters that exist. */
  async reconcile(parameters: readonly ParameterMetadata[]): Promise<void> {
    const { cache, auditor } = this.options;
    await Promise.all([
      cache && this.repair(parameters, ({ name }) => name, (some) => cache.reconcile(some)),
      auditor && this.repair(parameters, ({ name }) => name, (some) => auditor.reconcile(some)),
    ]);
    for (const { name } of parameters) this.settled.add(name);
  }

  /** Names that the cache has as active. Those that are gone become tombstones, and their deletion is recorded. */
  async sweep(names: readonly string[]): Promise<void> {
    const { cache } = this.options;
    for (const some of chunksOf(this.settled.without(names))) {
      const swept = cache ? await this.repair(some, same, (names_) => cache.sweep(names_)) : [];
      await this.recordDeletions(swept.flatMap(({ gone }) => gone));
      for (const name of some) this.settled.add(name);
    }
  }

  /** Names that may be gone. The deletion of those that are is recorded, if it is not yet. */
  async recordGone(names: readonly string[]): Promise<void> {
    for (const some of chunksOf(this.settled.without(names))) {
      await this.recordDeletions(await this.missing(some));
      for (const name of some) this.settled.add(name);
    }
  }

  /** @returns how many have failed again */
  async retryAside(): Promise<number> {
    const names = this.setAside.takeAll();
    for (const name of names) await this.repair([name], same, () => this.retry(name));
    return this.setAside.all.length;
  }

  private async retry(name: string): Promise<Repairs> {
    const { store, cache, auditor } = this.options;
    const parameters = await store.describe([name]);
    const exists = parameters.length > 0;
    const repairs = exists
      ? [await cache?.reconcile(parameters), await auditor?.reconcile(parameters)]
      : [await cache?.sweep([name]), await auditor?.reconcileGone([name])];
    return { found: sum(repairs.map((of) => of?.found)), repaired: sum(repairs.map((of) => of?.repaired)) };
  }

  private async recordDeletions(names: readonly string[]): Promise<void> {
    const { auditor, namespaces } = this.options;
    const within = names.filter((name) => namespaceOf(name, namespaces) !== undefined);
    if (auditor) await this.repair(within, same, (some) => auditor.reconcileGone(some));
  }

  private async missing(names: readonly string[]): Promise<readonly string[]> {
    const existing = new Set((await this.options.store.describe(names)).map(({ name }) => name));
    return names.filter((name) => !existing.has(name));
  }

  private async repair<T, R extends Repairs>(
    items: readonly T[], nameOf: (item: T) => string, work: (items: readonly T[]) => Promise<R>,
  ): Promise<readonly R[]> {
    const results = await this.setAside.each(items, nameOf, work);
    results.forEach((repairs) => this.tally(repairs));
    return results;
  }

  private tally(repairs: Repairs): void {
    if (repairs.found === 0) return;
    this.options.metrics.count(CONFIG_METRIC.driftFound, repairs.found);
    this.options.metrics.count(CONFIG_METRIC.driftRepaired, repairs.repaired);
  }
}

const sum = (counts: readonly (number | undefined)[]): number => counts.reduce<number>((total, count = 0) => total + count, 0);
const same = (name: string): string => name;

function chunksOf(names: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(names.length / CHUNK) }, (_, i) => names.slice(i * CHUNK, (i + 1) * CHUNK));
}
