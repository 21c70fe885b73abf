import { Auditor } from '../../../lambda-src/config-auditor/auditor';
import { CacheManager } from '../../../lambda-src/config-cache-manager/cache-manager';
import { NamespacedStore } from '../../../lambda-src/config-reconciler/namespaced-store';
import type { Leg } from '../../../lambda-src/config-reconciler/place';
import { Reconciler } from '../../../lambda-src/config-reconciler/reconciler';
import { MemoryAuditLog } from '../../../lambda-src/shared/config/memory-audit-log';
import { MemoryCacheTable } from '../../../lambda-src/shared/config/memory-cache-table';
import { SsmParameterStore } from '../../../lambda-src/shared/config/ssm-parameter-store';
import { modelClient } from '../../support/parameter-store';
import type { Handler } from './delivery';
import { Faults } from './faults';
import type { Random } from './random';
import { NAMESPACES, type World } from './world';

const ignore = () => undefined;

/** The tables, the handlers and the reconciler over a world. */
export class Footprint {
  readonly table = new MemoryCacheTable(50);
  readonly log = new MemoryAuditLog();
  /** A handler of its own queue each. Who adds one adds what it must have come to, to `checks.ts`. */
  readonly handlers: readonly Handler[] = [
    { invocation: (faults) => this.cacheManager(faults) },
    { invocation: (faults) => this.auditor(faults) },
  ];

  constructor(private readonly world: World, private readonly random: Random) {}

  /** One reconciliation, in as many legs as it likes. */
  async reconcile(): Promise<void> {
    const sent: (Leg | undefined)[] = [undefined];
    const none = new Faults(this.random, 0);
    const reconciler = new Reconciler({
      store: new NamespacedStore(this.store(none), NAMESPACES), namespaces: NAMESPACES, now: () => this.world.time, epoch: () => 'epoch',
      table: this.table, cache: this.cacheManager(none), log: this.log, auditor: this.auditor(none),
      continuation: { send: async (leg) => void sent.push(leg) },
      metrics: { count: ignore, milliseconds: ignore, flush: ignore },
      logger: { begin: ignore, info: ignore, warn: ignore, error: ignore },
    });
    const time = { remaining: () => this.random.chance(0.05) ? 0 : 1, reserve: 1 };
    for (let done = false; !done;) done = await reconciler.run(sent.pop(), time) === 'done';
  }

  private cacheManager(faults: Faults): CacheManager {
    return new CacheManager({
      store: this.store(faults), table: faults.around(this.table), tombstoneDays: 30, now: () => this.world.time,
      pause: async (ms) => { this.world.time += ms; },
    });
  }

  private auditor(faults: Faults): Auditor {
    return new Auditor({ store: this.store(faults), log: faults.around(this.log), namespaces: NAMESPACES, now: () => this.world.time });
  }

  private store(faults: Faults): SsmParameterStore {
    return new SsmParameterStore(faults.around(modelClient(this.world.model)));
  }
}
