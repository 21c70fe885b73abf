import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { driftOf } from '../../../demo/scenes/config-truth';
import { NAMESPACES, TABLES } from '../../../demo/scenes/config-footprint';
import { CONFIG_FOOTPRINT_PATH } from '../../../lib/contract/config';
import { auditTable } from '../../support/config-tables/audit-table';
import { cacheTable } from '../../support/config-tables/cache-table';
import { rulesTable } from '../../support/config-tables/rules-table';
import { startDynamoDb, type DynamoDbServer } from '../../support/dynamodb-server';
import { startFaultProxy, type FaultProxy } from '../../support/fault-proxy';
import { ACCOUNT, REGION } from '../../support/parameter-events/envelopes';
import { ParameterStoreModel, startParameterStore, type ParameterStoreServer } from '../../support/parameter-store';
import { TcpProxy } from '../../support/tcp-proxy';
import { Book } from '../kit/book';
import { diskFull, filesDamaged } from '../kit/disk-faults';
import { dynamoDbFaults } from '../kit/dynamodb-faults';
import { clockJump, frozen, killed } from '../kit/faults';
import { bundle, Program } from '../kit/program';
import { checkResources, eventually, haltAll, startAll } from '../kit/programs';
import { Random } from '../kit/random';
import { instant, type Told } from '../kit/records';
import type { Fault, Tier, TierSetting } from '../kit/tier';
import { Courier } from './courier';
import { ConfigHistory } from './history';
import { People } from './people';
import { checkRestore, type RestoreScene } from './restore';
import { JUMP, type ConfigTold } from './shapes';
import { ssmFaults } from './ssm-faults';

const CLIENTS = ['config-1', 'config-2'];
/** Milliseconds: what is younger the reconciler leaves to the events that may still come. */
const LATER = 1_800_000;

/** Parameter Store, the functions that follow it, and clients that share a home folder. */
export class ConfigTier implements Tier {
  readonly name = 'config';
  readonly book = new Book();
  lanes: readonly (readonly Fault[])[] = [];
  private readonly history = new ConfigHistory();
  private ahead = 0;
  private readonly model = new ParameterStoreModel({ account: ACCOUNT, region: REGION, now: () => Date.now() + this.ahead });
  private clients: readonly Program[] = [];
  private handlers: Program | undefined;
  private courier!: Courier;
  private people: NodeJS.Timeout | undefined;
  private server!: DynamoDbServer;
  private proxy: FaultProxy | undefined;
  private ssm: ParameterStoreServer | undefined;
  private ssmProxy: TcpProxy | undefined;
  private onRestored: ((status: string) => void) | undefined;

  constructor(private readonly setting: TierSetting) {}

  async start(): Promise<void> {
    const { folder, seed } = this.setting;
    this.server = await startDynamoDb({ createTable: false });
    for (const table of [cacheTable(TABLES.cache), auditTable(TABLES.audit), rulesTable(TABLES.rules)]) await this.server.createTable(table);
    this.proxy = await startFaultProxy({ upstream: this.server });
    this.ssm = await startParameterStore({ model: this.model });
    this.ssmProxy = await TcpProxy.start(Number(new URL(this.ssm.endpoint).port));
    this.model.do('PutParameter', { Name: `${CONFIG_FOOTPRINT_PATH}main`, Type: 'String', Value: JSON.stringify({
      version: 1, namespaces: NAMESPACES, cacheTable: TABLES.cache, auditTable: TABLES.audit, replicationTable: TABLES.rules,
    }) });
    const common = {
      tables: TABLES, namespaces: NAMESPACES, dynamoDb: { ...this.server.clientConfig, endpoint: this.proxy.endpoint, region: REGION },
      ssm: { ...this.ssm.clientConfig, endpoint: `http://127.0.0.1:${this.ssmProxy.port}` },
    };
    const home = join(folder, 'home');
    mkdirSync(home, { mode: 0o700 });
    const program = async (name: string, source: string, more: object, i: number) => new Program({
      file: await bundle(require.resolve(source), folder), name,
      setting: (start) => ({ ...common, ...more, process: `${name}#${start}`, seed: seed + 1000 * i + start }),
      onTold: (told) => this.take(told),
    });
    this.handlers = await program('handlers', './handlers', {}, 0);
    this.clients = await Promise.all(CLIENTS.map((name, i) => program(name, './worker', { home }, i + 1)));
    this.courier = new Courier(this.handlers, new Random(seed + 1));
    this.observe();
    await startAll([this.handlers, ...this.clients]);
    this.courier.start();
    this.begin(new Random(seed + 2));
    this.lanes = [
      dynamoDbFaults(this.proxy), ssmFaults(this.model, this.ssmProxy), this.courier.faults(),
      [
        killed(this.clients), killed([this.handlers], 'function killed'), frozen([this.handlers, ...this.clients]), clockJump(this.clients, JUMP),
        diskFull(this.clients), filesDamaged([home]),
      ],
    ];
  }

  async recover(): Promise<void> {
    const { clients, book, courier } = this;
    clearInterval(this.people);
    await haltAll(clients, book);
    book.check('afterwards all events are handled', await eventually(async () => courier.isEmpty), () => 'some are not');
    await this.later();
    await this.handlers!.ask('reconcile');
    const { rows, logs, parameters } = await driftOf({ model: this.model, server: this.server });
    book.check('after one reconciliation the table of names equals Parameter Store', rows === 0, () => `${rows} of ${parameters} do not`);
    book.check('after one reconciliation the audit log has all that Parameter Store has', logs === 0, () => `${logs} names lack something`);
    await this.checkCopies();
    for (let times = 0; times < 2; times++) await checkRestore(this.restoreScene(), book, times === 0);
    await checkResources([this.handlers!, ...clients], book);
  }

  judge(): void {
    this.history.judge(this.book);
  }

  async close(): Promise<void> {
    clearInterval(this.people);
    const stopped = this.courier?.stop();
    await Promise.all([this.handlers, ...this.clients].map((program) => program?.kill()));
    await stopped;
    await this.ssmProxy?.close();
    await this.ssm?.close();
    await this.proxy?.close();
    await this.server?.close();
  }

  /** Whatever changes Parameter Store is told to the functions. What was there until then is no more. */
  private observe(): void {
    this.model.onEvent((event) => {
      if (event['detail-type'] !== 'AWS API Call via CloudTrail') return;
      this.courier.tell(event);
      const parameters = event.detail.requestParameters as { name?: string; names?: readonly string[] } | undefined;
      const touched = [...parameters?.names ?? [], ...parameters?.name === undefined ? [] : [parameters.name]];
      if (event.detail.errorCode === undefined) for (const name of touched) this.history.changed(name, undefined, instant());
    });
  }

  private begin(random: Random): void {
    const people = new People(this.model, random, this.history);
    let age = '';
    this.people = setInterval(() => {
      people.change();
      const { names } = people;
      if (names[0] === age) return;
      age = names[0]!;
      for (const client of this.clients) client.ask('names', { all: names }).catch(() => { age = ''; }); // it is killed just now: again
    }, 250);
  }

  private valueOf(name: string): string | undefined {
    return this.model.do('GetParameters', { Names: [name] }).Parameters?.[0]?.Value;
  }

  /** For all clocks but Parameter Store's servers: half an hour later. */
  private async later(): Promise<void> {
    this.ahead += LATER;
    for (const program of [this.handlers!, ...this.clients]) await program.ask('clock', { skew: this.ahead });
  }

  private async checkCopies(): Promise<void> {
    const truth = this.model.names().filter((name) => NAMESPACES.some((namespace) => name.startsWith(`${namespace}/`)));
    const versions = truth.map((name) => `${name} ${this.model.do('GetParameter', { Name: name }).Parameter!.Version}`);
    for (const client of this.clients) {
      const copy = await client.ask<string[]>('sync');
      this.book.check('afterwards a local copy is what Parameter Store has', JSON.stringify(copy) === JSON.stringify(versions),
        () => `${client.name}: lacks ${without(versions, copy)}; has ${without(copy, versions)}`);
      const name = truth[0]!;
      const value = await client.ask<string>('read', { name });
      this.book.check('afterwards a client reads what Parameter Store has', value === this.valueOf(name),
        () => `${client.name}: ${name} is ${value}`);
    }
  }

  private restoreScene(): RestoreScene {
    const { model, clients } = this;
    return {
      model, first: clients[0]!, second: clients[1]!,
      settled: async () => {
        await sleep(5); // an instant of its own
        await eventually(async () => this.courier.isEmpty);
        await this.later();
      },
      now: () => Date.now() + this.ahead,
      whenRestored: () => new Promise((resolve) => { this.onRestored = resolve; }),
    };
  }

  private take(told: Told): void {
    if (told.kind === 'unhandled') return this.book.check('nothing is rejected that nobody handles', false, () => String(told.error));
    if (told.kind === 'restored') return this.onRestored?.(String(told.status));
    if (told.kind === 'did') return this.book.did(String(told.what), String(told.answer));
    const record = told as unknown as ConfigTold;
    this.history.take(record);
    if (record.kind === 'read') this.book.did('get', record.error ?? 'value');
  }
}

/** The first few that the others do not have. */
function without(names: readonly string[], others: readonly string[]): string {
  const lacking = names.filter((name) => !others.includes(name));
  return `${lacking.length}: ${lacking.slice(0, 3).join(', ')}`;
}
