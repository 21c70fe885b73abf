import { Auditor } from '../../../lambda-src/config-auditor/auditor';
import { CacheManager } from '../../../lambda-src/config-cache-manager/cache-manager';
import { NamespacedStore } from '../../../lambda-src/config-reconciler/namespaced-store';
import type { Leg } from '../../../lambda-src/config-reconciler/place';
import { Replicator } from '../../../lambda-src/config-replicator/replicator';
import { SsmReplicationStore } from '../../../lambda-src/config-replicator/ssm-replication-store';
import { Reconciler } from '../../../lambda-src/config-reconciler/reconciler';
import { MemoryAuditLog } from '../../support/config-tables/memory-audit-log';
import { MemoryCacheTable } from '../../support/config-tables/memory-cache-table';
import { MemoryRulesTable } from '../../support/config-tables/memory-rules-table';
import { SsmParameterStore } from '../../../lambda-src/shared/config/ssm-parameter-store';
import { modelClient } from '../../support/parameter-store';
import type { Handler } from './delivery';
import { Faults } from './faults';
import type { Random } from './random';
import { HOME, NAMESPACES, type World } from './world';

const ignore = () => undefined;
const metrics = { count: ignore, milliseconds: ignore, flush: ignore };
const logger = { begin: ignore, info: ignore, warn: ignore, error: ignore };

/** The tables, the handlers and the reconciler over a world. */
export class Footprint {
  readonly table = new MemoryCacheTable(50);
  readonly log = new MemoryAuditLog();
  readonly rules = new MemoryRulesTable();
  /** A handler of its own queue each. Who adds one adds what it must have come to, to `checks.ts`. */
  readonly handlers: readonly Handler[] = [
    { invocation: (faults) => this.cacheManager(faults) },
    { invocation: (faults) => this.auditor(faults) },
    { invocation: (faults) => this.replicator(faults) },
  ];

  constructor(private readonly world: World, private readonly random: Random) {}

  /** Rules: some copies, one of a copy, and merges. People write to their destinations as well. */
  async declareRules(): Promise<void> {
    await this.rules.putScope(0, { sources: ['/shared', '/app/copies'], destinations: ['/app'] }, 'test');
    const copies = Array.from({ length: 8 }, (_, i) => [`/shared/${i}`, `/app/copies/${i}`]);
    for (const [source, destination] of [...copies, ['/app/copies/0', '/app/copies/of-copy']]) {
      await this.rules.put({ destination, source, type: 'copy' });
    }
    for (const i of [1, 2]) {
      const sources = [`/shared/${i}`, `/shared/${i + 10}`];
      for (const source of sources) {
        await this.rules.put({ destination: `/app/merged/${i}`, source, type: 'merge', template: `\${${sources[0]}} and \${${sources[1]}:uri}` });
      }
    }
  }

  /** One reconciliation of replicas, which may take two: a copy of a copy. */
  async sync(): Promise<void> {
    const replicator = this.replicator(new Faults(this.random, 0));
    await replicator.syncAll();
    await replicator.syncAll();
  }

  /** One reconciliation, in as many legs as it likes. */
  async reconcile(): Promise<void> {
    const sent: (Leg | undefined)[] = [undefined];
    const none = new Faults(this.random, 0);
    const reconciler = new Reconciler({
      store: new NamespacedStore(this.store(none), NAMESPACES), namespaces: NAMESPACES, now: () => this.world.time, epoch: () => 'epoch',
      table: this.table, cache: this.cacheManager(none), log: this.log, auditor: this.auditor(none),
      continuation: { send: async (leg) => void sent.push(leg) },
      metrics, logger,
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

  private replicator(faults: Faults): Replicator {
    return new Replicator({
      table: faults.around(this.rules), store: new SsmReplicationStore(() => faults.around(modelClient(this.world.model))),
      home: HOME, metrics, logger, sleep: async () => undefined,
    });
  }

  private store(faults: Faults): SsmParameterStore {
    return new SsmParameterStore(faults.around(modelClient(this.world.model)));
  }
}
