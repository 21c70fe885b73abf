import { createHandler as createReconciler } from '../../lambda-src/config-reconciler/handler';
import { NamespacedStore } from '../../lambda-src/config-reconciler/namespaced-store';
import { messageOf } from '../../lambda-src/config-reconciler/place';
import { createHandler as createReplicator } from '../../lambda-src/config-replicator/handler';
import { SsmReplicationStore } from '../../lambda-src/config-replicator/ssm-replication-store';
import { Auditor } from '../../lambda-src/config-auditor/auditor';
import { CacheManager } from '../../lambda-src/config-cache-manager/cache-manager';
import { CoalescingDescribe } from '../../lambda-src/shared/config/coalescing-describe';
import { createConsumer, type ConsumerOptions, type ParameterEventConsumer } from '../../lambda-src/shared/config/consumer';
import { DynamoDbAuditLog } from '../../lambda-src/shared/config/dynamodb-audit-log';
import { DynamoDbCacheTable } from '../../runtime/config/tables/dynamodb-cache-table';
import { DynamoDbRulesTable } from '../../runtime/config/tables/dynamodb-rules-table';
import { SsmParameterStore } from '../../lambda-src/shared/config/ssm-parameter-store';
import { dynamoDbClient } from '../../runtime/aws/dynamodb';
import { auditTable } from '../../test/support/config-tables/audit-table';
import { cacheTable } from '../../test/support/config-tables/cache-table';
import { rulesTable } from '../../test/support/config-tables/rules-table';
import { startDynamoDb, type DynamoDbServer } from '../../test/support/dynamodb-server';
import { ACCOUNT, REGION } from '../../test/support/parameter-events/envelopes';
import { MemoryDeadLetters, RecordingLogger, RecordingMetrics, RecordingRedelivery } from '../../test/support/parameter-events/messages';
import { modelClient, ParameterStoreModel, type EventEnvelope } from '../../test/support/parameter-store';
import { Queue } from './config-queue';

export const TABLES = { cache: 'names', audit: 'audit-log', rules: 'rules' } as const;
export const NAMESPACES: readonly string[] = ['/app'];
const REPLICATOR = { arn: `arn:aws:sts::${ACCOUNT}:assumed-role/config-replicator/replicator` };

/** What `ConfigFootprint` deploys, on this machine: tables, functions and queues around a Parameter Store, and a clock. */
export class Footprint {
  time = Date.UTC(2026, 5, 1, 9);
  readonly model = new ParameterStoreModel({ now: () => this.time, account: ACCOUNT, region: REGION });
  readonly metrics = new RecordingMetrics();
  readonly deadLetters = new MemoryDeadLetters();
  /** What Parameter Store has told, as CloudTrail has it, and no queue has been given yet. */
  readonly told: EventEnvelope[] = [];
  readonly rules: DynamoDbRulesTable;
  /** Of those who follow events. */
  readonly queues: readonly Queue[];
  private readonly reconciler: Queue;

  static async start(): Promise<Footprint> {
    const server = await startDynamoDb({ createTable: false });
    for (const table of [cacheTable(TABLES.cache), auditTable(TABLES.audit), rulesTable(TABLES.rules)]) await server.createTable(table);
    return new Footprint(server);
  }

  private constructor(readonly server: DynamoDbServer) {
    const client = dynamoDbClient({ ...server.clientConfig, maxAttempts: 8 });
    const now = () => this.time;
    const table = new DynamoDbCacheTable({ client, tableName: TABLES.cache });
    const log = new DynamoDbAuditLog({ client, tableName: TABLES.audit });
    this.rules = new DynamoDbRulesTable({ client, tableName: TABLES.rules });

    const store = new SsmParameterStore(modelClient(this.model));
    const cache = new CacheManager({
      store: new CoalescingDescribe(store), table, tombstoneDays: 30, now, pause: async (milliseconds) => { this.time += milliseconds; },
    });
    const auditor = new Auditor({ store, log, namespaces: NAMESPACES, now });
    const replica = new SsmReplicationStore(() => modelClient(this.model, REPLICATOR));

    const common: Omit<ConsumerOptions, 'consumer'> = {
      namespaces: NAMESPACES, maxReceiveCount: 5, deadLetters: this.deadLetters, redelivery: new RecordingRedelivery(), metrics: this.metrics,
      logger: new RecordingLogger(), now,
    };
    const consumer = (handlerName: string, { apply }: Pick<ParameterEventConsumer, 'apply'>) =>
      new Queue(createConsumer({ ...common, consumer: { handlerName, apply } }));
    const replicator: Queue = new Queue(createReplicator({
      ...common, table: this.rules, store: replica, queue: { send: async (message) => replicator.send(message) }, region: REGION,
    }));
    this.queues = [
      consumer('config-cache-manager', { apply: (event, attempt) => cache.apply(event, attempt) }),
      consumer('config-auditor', { apply: (event, attempt) => auditor.apply(event, attempt) }),
      replicator,
    ];
    this.reconciler = new Queue(createReconciler({
      ...common, store: new NamespacedStore(store, NAMESPACES), table, cache, log, auditor, epoch: () => 'demo',
      continuation: { start: async () => this.reconciler.send({}), send: async (leg) => this.reconciler.send(messageOf(leg)) },
    }));
    this.model.onEvent((event) => {
      if (event['detail-type'] === 'AWS API Call via CloudTrail') this.told.push(event);
    });
  }

  /** Every event reaches every queue, and all is handled, what comes of it too. */
  async deliver(): Promise<void> {
    while (this.told.length > 0) {
      const events = this.told.splice(0);
      this.queues.forEach((queue) => queue.send(...events));
      await this.handle();
    }
  }

  async handle(): Promise<void> {
    await Promise.all(this.queues.map((queue) => queue.drain()));
  }

  /** As its schedule does. */
  async reconcile(): Promise<void> {
    this.reconciler.send({});
    await this.reconciler.drain();
  }

  /** Lets whoever is at work fail soon. */
  stop(): void {
    for (const queue of [...this.queues, this.reconciler]) queue.stop();
  }

  close(): Promise<void> {
    return this.server.close();
  }
}
