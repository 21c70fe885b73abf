import { CacheManager, type CacheManagerOptions } from '../../../lambda-src/config-cache-manager/cache-manager';
import type { CachedParameter, CacheTable } from '../../../runtime/config/tables/cache-table';
import { parseEvent } from '../../../lambda-src/shared/config/events/parse';
import { MemoryCacheTable } from '../../support/config-tables/memory-cache-table';
import type { ParameterEvent } from '../../../lambda-src/shared/config/parameter-event';
import type { ParameterStore } from '../../../lambda-src/shared/config/parameter-store';
import type { ParameterMetadata } from '../../../runtime/config/tables/parameter-metadata';
import { SsmParameterStore, type SsmSender } from '../../../lambda-src/shared/config/ssm-parameter-store';
import { modelClient, ParameterStoreModel } from '../../support/parameter-store';

export const T0 = Date.UTC(2030, 0, 1);
export const SECOND = 1_000;
export const DAY = 86_400_000;
export const ATTEMPT = { last: false };
export const LAST_ATTEMPT = { last: true };

export const FAMILIES = ['AWS API Call via CloudTrail', 'Parameter Store Change'] as const;
export type FamilyName = (typeof FAMILIES)[number];

/** A cache manager over a simulated Parameter Store, with a clock that stands still, and what events have told. */
export class Scene {
  now = T0;
  readonly model = new ParameterStoreModel({ now: () => this.now });
  readonly store: ParameterStore = new SsmParameterStore(modelClient(this.model) as unknown as SsmSender);
  readonly table = new MemoryCacheTable();
  readonly pauses: number[] = [];
  readonly manager: CacheManager;
  private readonly told: { readonly family: string; readonly event: ParameterEvent }[] = [];

  constructor(options: Partial<CacheManagerOptions> = {}, namespaces: readonly string[] = ['/app']) {
    this.manager = this.managerWith(options);
    this.model.onEvent((envelope) => {
      for (const event of parseEvent(envelope, namespaces).events) this.told.push({ family: envelope['detail-type'], event });
    });
  }

  managerWith(options: Partial<CacheManagerOptions> & { readonly table?: CacheTable } = {}): CacheManager {
    return new CacheManager({
      store: this.store, table: this.table, tombstoneDays: 30, now: () => this.now,
      pause: (ms) => { this.pauses.push(ms); return Promise.resolve(); }, ...options,
    });
  }

  put(Name: string, more: object = {}): void {
    this.model.do('PutParameter', { Name, Value: 'v', Overwrite: true, ...(this.model.names().includes(Name) ? {} : { Type: 'String' }), ...more });
  }

  delete(...Names: string[]): void {
    this.model.do('DeleteParameters', { Names });
  }

  /** Events of a family since the last time. Policies' own events belong to the native family. */
  events(family: FamilyName = FAMILIES[0]): ParameterEvent[] {
    const native = family === FAMILIES[1];
    return this.told.splice(0).filter((told) => (told.family !== FAMILIES[0]) === native).map(({ event }) => event);
  }

  async row(name: string): Promise<CachedParameter | undefined> {
    return (await this.table.get([name])).get(name);
  }

  async truth(name: string): Promise<ParameterMetadata | undefined> {
    return (await this.store.describe([name]))[0];
  }

  /** A row of our own making, as if a manager had written it. */
  async seed(row: Omit<CachedParameter, 'revision' | 'changed'> & Partial<CachedParameter>): Promise<void> {
    await this.table.put({ revision: 1, changed: T0, ...row }, undefined);
  }
}

/** Whether the cache is as Parameter Store is. */
export async function expectTrue(scene: Scene): Promise<void> {
  const names = scene.model.names();
  const active = scene.table.list().filter(({ state }) => state === 'ACTIVE');
  expect(active.map(({ name }) => name)).toEqual(names);
  for (const row of active) expect(row.metadata).toEqual(await scene.truth(row.name));
}
