import { Auditor } from '../../../../lambda-src/config-auditor/auditor';
import { CacheManager } from '../../../../lambda-src/config-cache-manager/cache-manager';
import { parseEvent } from '../../../../lambda-src/shared/config/events/parse';
import { MemoryAuditLog } from '../../../support/config-tables/memory-audit-log';
import { SsmParameterStore } from '../../../../lambda-src/shared/config/ssm-parameter-store';
import { dynamoDbClient } from '../../../../runtime/aws/dynamodb';
import { ConfigConnection } from '../../../../runtime/config/connection';
import { collectPlan, type RestorePlan, type RestoreQuery } from '../../../../runtime/config/restore/plan';
import { PointInTimeRestore, type PointInTimeRestoreOptions } from '../../../../runtime/config/restore/point-in-time-restore';
import type { RestoreOutcome } from '../../../../runtime/config/restore/outcome';
import type { ApplyOptions } from '../../../../runtime/config/restore/apply-options';
import type { AuditRecord } from '../../../../runtime/config/tables/audit-record';
import { itemOfRecord } from '../../../../runtime/config/tables/audit-items';
import { itemOf } from '../../../../runtime/config/tables/cache-items';
import { MemoryCacheTable } from '../../../support/config-tables/memory-cache-table';
import { batchPut } from '../../../../runtime/stores/dynamodb-batch';
import { auditTable } from '../../../support/config-tables/audit-table';
import { cacheTable } from '../../../support/config-tables/cache-table';
import { startDynamoDb, type DynamoDbServer } from '../../../support/dynamodb-server';
import { startKms, type KmsServer } from '../../../support/kms-server';
import {
  modelClient, ParameterStoreModel, startParameterStore, type Answer, type EventEnvelope, type Input, type Operation, type ParameterStoreServer,
} from '../../../support/parameter-store';

export const NAMESPACES = ['/app', '/shared'];
export const FAST = { pace: { reads: 100_000, writes: 100_000 }, lookAgainAfter: 1, recreateWithin: 20 } as const;

/** An audit log that knows its names. */
class NamedLog extends MemoryAuditLog {
  readonly known = new Set<string>();

  override add(record: AuditRecord): Promise<boolean> {
    this.known.add(record.name);
    return super.add(record);
  }

  /** All records of all names. */
  everything(): readonly AuditRecord[] {
    return [...this.known].flatMap((name) => this.all(name));
  }
}

export interface WorldOptions {
  readonly typeChange?: 'refused' | 'allowed';
  readonly region?: string;
  readonly account?: string;
  readonly keepValues?: boolean;
  /** More members of the footprint. */
  readonly footprint?: object;
}

/** A Parameter Store, the tables that the handlers keep of it, and a key service, each behind a server. */
export class RestoreWorld {
  time = Date.UTC(2026, 0, 15, 12);
  readonly log = new NamedLog();
  readonly table = new MemoryCacheTable(50);
  readonly model: ParameterStoreModel;
  private readonly auditor: Auditor;
  private readonly manager: CacheManager;
  private readonly told: EventEnvelope[] = [];
  private servers!: { readonly ssm: ParameterStoreServer; readonly dynamoDb: DynamoDbServer; readonly kms: KmsServer };
  private tables = 0;

  private constructor(private readonly options: WorldOptions) {
    const { typeChange, keepValues, ...place } = options;
    const now = () => this.time;
    this.model = new ParameterStoreModel({
      now, account: place.account ?? '123456789012', region: place.region ?? 'us-east-1', ...(typeChange && { typeChange }),
    });
    const store = new SsmParameterStore(modelClient(this.model));
    this.auditor = new Auditor({ store, log: this.log, namespaces: NAMESPACES, now, ...(keepValues !== undefined && { keepValues }) });
    this.manager = new CacheManager({ store, table: this.table, tombstoneDays: 30, now, pause: async () => undefined });
    this.model.onEvent((event) => {
      if (event['detail-type'] !== 'Parameter Store Change') this.told.push(event);
    });
  }

  static async open(options: WorldOptions = {}): Promise<RestoreWorld> {
    const world = new RestoreWorld(options);
    const { region, account } = world.model.place;
    const isHere = ({ PARAMETER_ARN: arn }: Readonly<Record<string, string>>) => arn?.startsWith(`arn:aws:ssm:${region}:${account}:parameter/`);
    world.servers = {
      ssm: await startParameterStore({ model: world.model }),
      dynamoDb: await startDynamoDb({ createTable: false }),
      kms: await startKms({
        decrypt: (blob, context) => {
          try {
            return isHere(context) ? world.model.decrypt(blob.toString('base64')) : undefined;
          } catch {
            return undefined;
          }
        },
      }),
    };
    return world;
  }

  get kms(): KmsServer {
    return this.servers.kms;
  }

  get dynamoDb(): DynamoDbServer {
    return this.servers.dynamoDb;
  }

  get ssm(): ParameterStoreServer {
    return this.servers.ssm;
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.servers).map((server: { close(): Promise<void> }) => server.close()));
  }

  /** Does something a second later; the handlers carry out what it tells. */
  async do<O extends Operation>(operation: O, input: Input<O>, after = 1_000): Promise<Answer<O>> {
    this.time += after;
    const answer = this.model.do(operation, input);
    await this.settle();
    return answer;
  }

  put(name: string, value: string, more: Partial<Input<'PutParameter'>> = {}): Promise<Answer<'PutParameter'>> {
    return this.do('PutParameter', { Name: name, Value: value, Type: 'String', Overwrite: true, ...more });
  }

  remove(name: string): Promise<unknown> {
    return this.do('DeleteParameter', { Name: name });
  }

  label(name: string, label: string, version?: number): Promise<unknown> {
    return this.do('LabelParameterVersion', { Name: name, Labels: [label], ...(version !== undefined && { ParameterVersion: version }) });
  }

  /** The handlers carry out everything that events have told. */
  async settle(): Promise<void> {
    for (const envelope of this.told.splice(0)) {
      const { events } = parseEvent(envelope, NAMESPACES, { account: envelope.account, region: envelope.region });
      for (const event of events) {
        await this.auditor.apply(event, { last: true });
        await this.manager.apply(event, { last: true });
      }
    }
  }

  /** What has happened so far is told to nobody. */
  forget(): void {
    this.told.length = 0;
  }

  /** Versions of a parameter, oldest first; labels and values as they are. */
  versions(name: string) {
    if (!this.model.names().includes(name)) return [];
    const found: NonNullable<Answer<'GetParameterHistory'>['Parameters']> = [];
    let NextToken: string | undefined;
    do {
      const page: Answer<'GetParameterHistory'> = this.model.do('GetParameterHistory', { Name: name, WithDecryption: true, NextToken });
      found.push(...page.Parameters ?? []);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return found;
  }

  latest(name: string) {
    return this.versions(name).at(-1);
  }

  /** What a restore has to bring back of a parameter, value and labels included. */
  content(name: string) {
    const latest = this.latest(name);
    if (latest === undefined) return undefined;
    const { Type, Value, KeyId, Description, AllowedPattern, DataType, Labels } = latest;
    return { Type, Value, KeyId, Description, AllowedPattern, DataType, Labels: [...Labels ?? []].sort() };
  }

  contents(): Map<string, ReturnType<RestoreWorld['content']>> {
    const followed = this.model.names().filter((name) => NAMESPACES.some((path) => name.startsWith(`${path}/`)));
    return new Map(followed.map((name) => [name, this.content(name)]));
  }

  /** A way to it all, with the tables as they are now. */
  async connection(more: object = {}): Promise<ConfigConnection> {
    const { ssm, dynamoDb, kms } = this.servers;
    const [audit, cache] = [`audit-${this.tables += 1}`, `cache-${this.tables}`];
    await dynamoDb.createTable(auditTable(audit));
    await dynamoDb.createTable(cacheTable(cache));
    const client = dynamoDbClient(dynamoDb.clientConfig);
    await batchPut(client, audit, this.log.everything().map((record) => ({ item: itemOfRecord(record), bytes: 1_000 })));
    await batchPut(client, cache, this.table.list().map((row) => ({ item: itemOf(row), bytes: 1_000 })));
    client.destroy();
    const value = { version: 1, namespaces: NAMESPACES, cacheTable: cache, auditTable: audit, ...this.options.footprint, ...more };
    this.model.do('PutParameter', { Name: '/cache-tiers/footprints/main', Type: 'String', Value: JSON.stringify(value), Overwrite: true });
    this.forget();
    return new ConfigConnection({
      footprint: 'main', region: this.model.place.region, credentials: ssm.clientConfig.credentials, home: false, now: () => this.time,
      endpoints: { ssm: ssm.endpoint, dynamodb: dynamoDb.endpoint, kms: kms.endpoint },
    });
  }

  async restore(options: Partial<PointInTimeRestoreOptions> = {}): Promise<PointInTimeRestore> {
    return new PointInTimeRestore({ ...options, connection: await this.connection() } as PointInTimeRestoreOptions);
  }

  /** Plans and applies, an hour later. */
  async restoreTo(query: Omit<RestoreQuery, 'prefix'> & { prefix?: string }, options: ApplyOptions = {}) {
    this.time += 3_600_000;
    const restore = await this.restore();
    const plan = await collectPlan(await restore.plan(query.names ? query : { prefix: '/', ...query }));
    const outcomes = await applied(restore, plan, options);
    return { restore, plan, outcomes };
  }
}

/** All outcomes of a plan, in the order of names. */
export async function applied(restore: PointInTimeRestore, plan: RestorePlan, options: ApplyOptions = {}): Promise<RestoreOutcome[]> {
  const outcomes: RestoreOutcome[] = [];
  for await (const outcome of restore.apply(plan, { ...FAST, ...options })) outcomes.push(outcome);
  return outcomes.sort((a, b) => a.name < b.name ? -1 : 1);
}
