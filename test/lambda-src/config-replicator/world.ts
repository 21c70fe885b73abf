import type { Place } from '../../../lambda-src/config-replicator/destination';
import type { ReplicationStore } from '../../../lambda-src/config-replicator/replication-store';
import { Replicator } from '../../../lambda-src/config-replicator/replicator';
import { SsmReplicationStore } from '../../../lambda-src/config-replicator/ssm-replication-store';
import { parseEvent } from '../../../lambda-src/shared/config/events/parse';
import { MemoryRulesTable } from '../../support/config-tables/memory-rules-table';
import type { Outcome } from '../../../lambda-src/shared/config/parameter-event';
import type { RuleRow, RuleScope, RulesTable } from '../../../runtime/config/tables/rules-table';
import { RecordingLogger, RecordingMetrics } from '../../support/parameter-events/messages';
import { type EventEnvelope, modelClient, ParameterStoreModel } from '../../support/parameter-store';
import { misfitsOf } from './misfits';

export const HOME = { account: '123456789012', region: 'us-east-1' } as const;
export const ELSEWHERE = { account: '210987654321', region: 'eu-west-1' } as const;
export const ROLE = `arn:aws:iam::${ELSEWHERE.account}:role/writer`;
/** Destination in another account, and where that is found. */
export const remote = (name: string) => `arn:aws:ssm:${ELSEWHERE.region}:${ELSEWHERE.account}:parameter${name}`;

/** Something that must appear in no log line and no error. */
export const SECRET = 'c0rrect-h0rse';

/** All that tests' rules may do. */
export const EVERYTHING: RuleScope = { sources: ['/'], destinations: ['/', `arn:aws:ssm:${ELSEWHERE.region}:${ELSEWHERE.account}:parameter`] };

type ParameterType = 'String' | 'StringList' | 'SecureString';

export interface WorldOptions {
  readonly family?: EventEnvelope['detail-type'];
  readonly model?: ParameterStoreModel;
  readonly table?: RulesTable;
  /** What the replicator sees of the store. */
  readonly wrap?: (store: ReplicationStore) => ReplicationStore;
  readonly scopes?: readonly RuleScope[];
  readonly typeChange?: 'refused' | 'allowed';
}

/** Parameter Store here and in another account, rules, and the replicator. Time moves only when it is told to. */
export class World {
  time = Date.UTC(2030, 0, 1);
  readonly model: ParameterStoreModel;
  readonly elsewhere = new ParameterStoreModel({ now: () => this.time, ...ELSEWHERE });
  readonly table: RulesTable;
  readonly store: ReplicationStore;
  readonly metrics = new RecordingMetrics();
  readonly logger = new RecordingLogger();
  readonly replicator: Replicator;
  /** Events that nobody has handled yet, oldest first. */
  readonly events: EventEnvelope[] = [];
  /** Places that the store was asked for. */
  readonly places: Place[] = [];
  private scopes = 0;

  constructor(options: WorldOptions = {}) {
    this.model = options.model ?? new ParameterStoreModel({ now: () => this.time, ...HOME, typeChange: options.typeChange });
    this.table = options.table ?? new MemoryRulesTable();
    this.model.onEvent((event) => {
      if (event['detail-type'] === (options.family ?? 'AWS API Call via CloudTrail')) this.events.push(event);
    });
    const store = new SsmReplicationStore((place) => {
      this.places.push(place);
      return modelClient(place.roleArn === ROLE && place.region === ELSEWHERE.region ? this.elsewhere : this.model);
    });
    this.store = options.wrap?.(store) ?? store;
    this.replicator = this.aReplicator();
  }

  aReplicator(store = this.store, table = this.table): Replicator {
    return new Replicator({ table, store, home: HOME, metrics: this.metrics, logger: this.logger, sleep: async () => undefined });
  }

  async allow(...scopes: readonly RuleScope[]): Promise<this> {
    for (const scope of scopes) await this.table.putScope(this.scopes++, scope, 'test');
    return this;
  }

  put(name: string, value: string, type: ParameterType = 'String', more: object = {}): void {
    this.time += 1_000;
    this.model.do('PutParameter', { Name: name, Value: value, Type: type, Overwrite: true, ...more });
  }

  delete(name: string): void {
    this.time += 1_000;
    this.model.do('DeleteParameter', { Name: name });
  }

  copy(source: string, destination: string, more: Partial<RuleRow> = {}): Promise<void> {
    return this.table.put({ destination, source, type: 'copy', ...more });
  }

  async merge(destination: string, template: string, sources: readonly string[], more: Partial<RuleRow> = {}): Promise<void> {
    for (const source of sources) await this.table.put({ destination, source, type: 'merge', template, ...more });
  }

  value(name: string, model = this.model): string | undefined {
    return this.parameter(name, model)?.value;
  }

  parameter(name: string, model = this.model): { readonly value: string; readonly type: string; readonly version: number } | undefined {
    if (!model.names().includes(name)) return undefined;
    const { Value, Type, Version } = model.do('GetParameter', { Name: name, WithDecryption: true }).Parameter!;
    return { value: Value!, type: Type!, version: Version! };
  }

  newest(name: string, model = this.model) {
    return model.do('GetParameterHistory', { Name: name, WithDecryption: true }).Parameters!.at(-1)!;
  }

  /** Handles one event. */
  async handle(event: EventEnvelope, last = false): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const change of parseEvent(event, ['/'], HOME).events) outcomes.push(await this.replicator.apply(change, { last }));
    return outcomes;
  }

  /** Handles all events, those that come of it too. */
  async settle(): Promise<number> {
    let handled = 0;
    for (let event = this.events.shift(); event !== undefined; event = this.events.shift()) {
      await this.handle(event, true);
      handled += 1;
      if (handled > 1_000) throw new Error('a thousand events have come of these, and there is no end');
    }
    return handled;
  }

  /** Destinations that are not what their complete rules make of sources that exist. */
  misfits(): Promise<string[]> {
    return misfitsOf(this.table, HOME, (name, place) => this.value(name, place?.region === undefined ? this.model : this.elsewhere));
  }

  /** All that was logged, as text. */
  get logged(): string {
    return JSON.stringify(this.logger.lines);
  }
}

/** A world in which rules may do everything. */
export const openWorld = (options?: WorldOptions): Promise<World> => new World(options).allow(EVERYTHING);
