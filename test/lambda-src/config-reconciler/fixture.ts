import { Auditor } from '../../../lambda-src/config-auditor/auditor';
import { CacheManager } from '../../../lambda-src/config-cache-manager/cache-manager';
import { NamespacedStore } from '../../../lambda-src/config-reconciler/namespaced-store';
import { messageOf, legOf, type Leg } from '../../../lambda-src/config-reconciler/place';
import { Reconciler, type ReconcilerOptions } from '../../../lambda-src/config-reconciler/reconciler';
import type { AuditRecord } from '../../../runtime/config/tables/audit-record';
import { MemoryAuditLog } from '../../support/config-tables/memory-audit-log';
import { MemoryCacheTable } from '../../support/config-tables/memory-cache-table';
import type { ParameterStore } from '../../../lambda-src/shared/config/parameter-store';
import { SsmParameterStore } from '../../../lambda-src/shared/config/ssm-parameter-store';
import type { LogFields } from '../../../lambda-src/shared/config/telemetry';
import { modelClient, ParameterStoreModel } from '../../support/parameter-store';

export const NAMESPACES = ['/app', '/shared'];

export interface FixtureOptions {
  readonly namespaces?: readonly string[];
  /** Wraps what the reconciler and its parts see. */
  readonly store?: (store: ParameterStore) => ParameterStore;
  readonly pageSize?: number;
  readonly overrides?: Partial<ReconcilerOptions>;
}

/** A Parameter Store, a cache, an audit log, and who brings them in line; time is the test's. */
export class Fixture {
  time = Date.UTC(2026, 0, 15, 12);
  readonly namespaces: readonly string[];
  readonly model = new ParameterStoreModel({ now: () => this.time, limits: { standard: 1_000_000 } });
  readonly table: MemoryCacheTable;
  readonly log = new MemoryAuditLog();
  readonly counts: Record<string, number> = {};
  readonly errors: LogFields[] = [];
  readonly sent: Leg[] = [];
  private readonly names = new Set<string>();
  readonly options: ReconcilerOptions;
  readonly reconciler: Reconciler;

  constructor({ namespaces = NAMESPACES, store: wrap = (store) => store, pageSize, overrides }: FixtureOptions = {}) {
    this.namespaces = namespaces;
    this.table = new MemoryCacheTable(pageSize);
    const store = new NamespacedStore(wrap(new SsmParameterStore(modelClient(this.model))), namespaces);
    const now = () => this.time;
    const pause = async (ms: number) => { this.time += ms; };
    const ignore = () => undefined;
    this.options = {
      store, namespaces, table: this.table, log: this.log, now, epoch: () => 'epoch',
      cache: new CacheManager({ store, table: this.table, tombstoneDays: 30, now, pause }),
      auditor: new Auditor({ store, log: this.log, namespaces, now }),
      continuation: { send: async (leg) => void this.sent.push(legOf(JSON.parse(JSON.stringify(messageOf(leg))))!) },
      metrics: { count: (name, by = 1) => void (this.counts[name] = (this.counts[name] ?? 0) + by), milliseconds: ignore, flush: ignore },
      logger: { begin: ignore, info: ignore, warn: ignore, error: (notice, fields) => void this.errors.push({ notice, ...fields }) },
      ...overrides,
    };
    this.reconciler = new Reconciler(this.options);
  }

  put(name: string, value = 'value'): void {
    this.names.add(name);
    this.model.do('PutParameter', { Name: name, Value: value, Type: 'String', Overwrite: true });
  }

  delete(name: string): void {
    this.model.do('DeleteParameter', { Name: name });
  }

  /** A whole run. @param remaining milliseconds that each leg has left after a step; with none it ends there. @returns its legs */
  async run(remaining = 900_000): Promise<number> {
    return this.goOn(undefined, remaining);
  }

  async goOn(leg: Leg | undefined, remaining = 900_000): Promise<number> {
    const time = { remaining: () => remaining, reserve: 60_000 };
    let next = leg;
    for (let legs = 1; ; legs += 1) {
      if (await this.reconciler.run(next, time) === 'done') return legs;
      next = this.sent.pop();
    }
  }

  /** Names by state, of the cache. */
  cached(): { readonly active: readonly string[]; readonly deleted: readonly string[] } {
    const names = (state: string) => this.table.list().filter((row) => row.state === state).map(({ name }) => name);
    return { active: names('ACTIVE'), deleted: names('DELETED') };
  }

  /** Actions of a name's records. */
  logged(name: string): readonly string[] {
    return this.log.all(name).map(({ action }) => action);
  }

  /** All records, of all names that were put. */
  records(): readonly AuditRecord[] {
    return [...this.names].sort().flatMap((name) => this.log.all(name));
  }
}
