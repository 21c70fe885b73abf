import { SetAside } from './set-aside';
import { SettledNames } from './settled-names';
import { CONFIG_METRIC } from '../../lib/contract/config';
import type { Auditor } from '../config-auditor/auditor';
import type { CacheManager, Repairs } from '../config-cache-manager/cache-manager';
import { namespaceOf } from '../shared/config/namespaces';
import type { ParameterMetadata, ParameterStore } from '../shared/config/parameter-store';

/** Names that are asked for at once: two calls of Parameter Store. Bounds what is under way. */
const CHUNK = 100;

export interface RepairerOptions {
  readonly store: ParameterStore;
  readonly namespaces: readonly string[];
  readonly cache?: Pick<CacheManager, 'reconcile' | 'sweep'>;
  readonly auditor?: Pick<Auditor, 'reconcile' | 'reconcileGone'>;
  /** Adds to a metric. */
  readonly count: (metric: string, value: number) => void;
  /** Tells of a name that has failed. */
  readonly failed: (name: string, error: unknown) => void;
}

/** Brings names in line, in the cache and in the audit log. */
export class Repairer {
  private readonly settled = new SettledNames();
  private readonly setAside: SetAside;

  constructor(private readonly options: RepairerOptions, aside: readonly string[]) {
    this.setAside = new SetAside(aside, options.failed);
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
    for (const name of names) await this.setAside.each([name], same, () => this.retry(name));
    return this.setAside.all.length;
  }

  private async retry(name: string): Promise<void> {
    const { store, cache, auditor } = this.options;
    const parameters = await store.describe([name]);
    this.tally(await cache?.reconcile(parameters));
    this.tally(await auditor?.reconcile(parameters));
    if (parameters.length > 0) return;
    this.tally(await cache?.sweep([name]));
    this.tally(await auditor?.reconcileGone([name]));
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

  private tally(repairs: Repairs | undefined): void {
    if (repairs === undefined || repairs.found === 0) return;
    this.options.count(CONFIG_METRIC.driftFound, repairs.found);
    this.options.count(CONFIG_METRIC.driftRepaired, repairs.repaired);
  }
}

const same = (name: string): string => name;

function chunksOf(names: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(names.length / CHUNK) }, (_, i) => names.slice(i * CHUNK, (i + 1) * CHUNK));
}
