import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../runtime/resilience/clock';
import type { DynamoDbServer } from '../../test/support/dynamodb-server';
import type { FaultProxy } from '../../test/support/fault-proxy';
import { Subprocess } from '../process';
import { claim, sum, type Column, type OpenScene, type Scene, type Step } from '../scene';
import { BUDGET, INVALIDATION_INTERVAL, openApp, SLOW, type App, type MemoNumbers, type Product } from './memo-app';
import type { MemoQuestion } from './memo-process';

/** What a busy machine may add to a time, in milliseconds, before a claim about it is false. */
const SLACK = 400;
const PROCESSES = 3;
const WARM_CALLS = 1000;
const CALLERS = 100;
const KEYS = 10;
const HOUR = 3_600_000;

const s = (milliseconds: number) => milliseconds < 1 ? `${(milliseconds * 1000).toPrecision(2)} µs` : `${Math.round(milliseconds)} ms`;

async function timed<T>(run: () => Promise<T>): Promise<readonly [T, number]> {
  const start = performance.now();
  return [await run(), performance.now() - start];
}

const COLUMNS: readonly Column[] = [
  { of: 'calls', title: 'calls' },
  { of: 'executions', title: 'executions' },
  { of: 'memoryHits', title: 'memory hits' },
  { of: 'tableHits', title: 'table hits' },
  { of: 'joins', title: 'joined' },
  { of: 'timeSaved', title: 'time saved', show: (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s` },
];

export const memoScene: Scene = {
  name: 'memo', title: 'memo: results of functions, in memory and a DynamoDB table', columns: COLUMNS, open: () => new MemoScene(),
};

class MemoScene implements OpenScene {
  readonly steps: readonly Step[] = [
    { title: 'table, from the template of examples/memo-api', run: () => this.table() },
    { title: 'cold: nothing is known', run: () => this.cold() },
    { title: 'warm: from memory', run: () => this.warm() },
    { title: 'second process: from the table', run: () => this.secondProcess() },
    { title: `${PROCESSES} processes, ${CALLERS} callers each, one cold key`, run: () => this.stampede() },
    { title: 'flush, seen by another process', run: () => this.flush() },
    { title: 'expiry, an hour later by an injected clock', run: () => this.expiry() },
    { title: 'server killed in mid-run', run: () => this.outage() },
    { title: 'server back', run: () => this.recovery() },
  ];

  private server: DynamoDbServer | undefined;
  private proxy!: FaultProxy;
  private app!: App;
  private readonly apps: App[] = [];
  private readonly processes: Subprocess<MemoQuestion>[] = [];
  /** By how much the clock of this process's memoizer is ahead. */
  private ahead = 0;

  async numbers(): Promise<MemoNumbers> {
    const others = await Promise.all(this.processes.map((each) => each.ask<MemoNumbers>('numbers')));
    return sum([...this.apps.map((app) => app.numbers()), ...others]);
  }

  async close(): Promise<void> {
    await Promise.all(this.processes.map((each) => each.close()));
    for (const { memoize } of this.apps) memoize.close();
    await this.proxy?.close();
    await this.server?.close();
  }

  private async table(): Promise<string> {
    // Loaded here, so that there is something to be seen before the CDK is.
    const [{ tableOf }, { MemoApiStack }] = await Promise.all([import('../template'), import('../../examples/memo-api/memo-api-stack')]);
    const [{ startDynamoDb }, { startFaultProxy }] = await Promise.all([
      import('../../test/support/dynamodb-server'), import('../../test/support/fault-proxy'),
    ]);
    const { logicalId, create, leftOut } = tableOf((app) => new MemoApiStack(app, 'MemoApi'));
    this.server = await startDynamoDb({ createTable: false, table: { name: logicalId } });
    await this.server.createTable(create);
    this.proxy = await startFaultProxy({ upstream: this.server });
    this.app = this.open(() => systemClock.now() + this.ahead);
    const keys = create.KeySchema!.map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`).join(', ');
    return `${logicalId}: ${keys}, ${create.BillingMode}; the embedded server leaves out ${leftOut.join(', ') || 'nothing'}`;
  }

  private async cold(): Promise<string> {
    const before = await this.numbers();
    const [, time] = await timed(() => this.app.product('p1'));
    await this.app.memoize.settled();
    claim('executions', (await this.numbers()).executions - before.executions, '=', 1);
    claim('milliseconds of a function that takes its time', time, '≥', SLOW - 5);
    return `1 execution, ${s(time)}`;
  }

  private async warm(): Promise<string> {
    const before = this.app.numbers();
    const [, time] = await timed(async () => { for (let i = 0; i < WARM_CALLS; i++) await this.app.product('p1'); });
    const after = this.app.numbers();
    claim('executions', after.executions - before.executions, '=', 0);
    claim('memory hits', after.memoryHits - before.memoryHits, '=', WARM_CALLS);
    return `${WARM_CALLS} calls, no execution, ${s(time / WARM_CALLS)} each`;
  }

  private async secondProcess(): Promise<string> {
    for (let i = 0; i < PROCESSES; i++) this.processes.push(this.start());
    await this.numbers(); // until all have started
    const [first, [second]] = [await this.app.product('p1'), await this.processes[0].ask<Product[]>({ call: 'p1' })];
    const { executions, tableHits } = await this.processes[0].ask<MemoNumbers>('numbers');
    claim('executions in the second process', executions, '=', 0);
    claim('table hits in the second process', tableHits, '=', 1);
    claim('the same Date in both processes', second.loadedAt.getTime(), '=', first.loadedAt.getTime());
    return `process ${this.processes[0].pid} got what process ${first.by} computed, no execution`;
  }

  private async stampede(): Promise<string> {
    const before = await this.numbers();
    const [answers, time] = await timed(() => Promise.all(this.processes.map((each) => each.ask<Product[]>({ call: 'p2', times: CALLERS }))));
    const after = await this.numbers();
    const calls = PROCESSES * CALLERS;
    claim('calls answered', answers.flat().length, '=', calls);
    claim('executions', after.executions - before.executions, '=', 1);
    claim('processes that computed it', new Set(answers.flat().map(({ by }) => by)).size, '=', 1);
    return `${calls} calls, 1 execution, ${s(time)}`;
  }

  private async flush(): Promise<string> {
    const other = this.processes[0];
    const [{ loadedAt }] = await other.ask<Product[]>({ call: 'p1' });
    this.proxy.forget();
    await this.app.memoize.clear();
    claim('writes', this.proxy.counts().UpdateItem, '=', 1);
    claim('requests', this.proxy.requests.length, '=', 1);
    const start = performance.now();
    let seen = loadedAt;
    while (seen.getTime() === loadedAt.getTime() && performance.now() - start < INVALIDATION_INTERVAL + SLOW + SLACK) {
      [{ loadedAt: seen }] = await other.ask<Product[]>({ call: 'p1' });
      await sleep(10);
    }
    claim('values computed anew', Number(seen.getTime() > loadedAt.getTime()), '=', 1);
    return `1 write; process ${other.pid} has a new value after ${s(performance.now() - start)} (interval ${INVALIDATION_INTERVAL} ms)`;
  }

  private async expiry(): Promise<string> {
    const [before] = await this.processes[0].ask<Product[]>({ call: 'p1' });
    const later = this.open(() => systemClock.now() + HOUR);
    const after = await later.product('p1');
    await later.memoize.settled();
    claim('executions', later.numbers().executions, '=', 1);
    claim('milliseconds between the two values', after.loadedAt.getTime() - before.loadedAt.getTime(), '≥', 1);
    return 'the value is in the table and past its hour: 1 execution; DynamoDB\'s own deletion is not needed';
  }

  private async outage(): Promise<string> {
    let opened = 0;
    const onOpen = () => { opened += 1; };
    subscribe('cdk-cache-tiers:memo:open', onOpen);
    await this.app.product('p1'); // into memory
    const before = this.app.numbers();
    const call = (name: string) => Promise.all(Array.from({ length: KEYS }, (_, i) => timed(() => this.app.product(`${name}-${i}`))));
    const running = call('running');
    await sleep(SLOW / 3); // the functions run: the table was asked, and is to be written
    await this.proxy.set('refused');
    const waves = [await running, await call('down'), await call('still-down')];
    const slowest = Math.max(...waves.flat().map(([, time]) => time));
    for (let i = 0; i < KEYS; i++) await this.app.product('p1');
    const { executions, memoryHits } = this.app.numbers();
    unsubscribe('cdk-cache-tiers:memo:open', onOpen);
    claim('calls answered', waves.flat().length, '=', 3 * KEYS);
    claim('executions', executions - before.executions, '=', 3 * KEYS);
    claim('memory hits', memoryHits - before.memoryHits, '=', KEYS);
    claim('times that the breaker opened', opened, '≥', 1);
    claim('requests that the breaker held back', this.app.memoize.stats().bypasses, '≥', 1); // how many, its pauses decide
    claim('milliseconds of the slowest call', slowest, '≤', SLOW + BUDGET + SLACK);
    return `${4 * KEYS} calls, ${4 * KEYS} values, no error; memory still answers, and the slowest took ${s(slowest - SLOW)} more than the function`;
  }

  private async recovery(): Promise<string> {
    await this.proxy.heal();
    const [value] = await this.processes[0].ask<Product[]>({ call: 'p3' });
    const before = this.app.numbers();
    this.ahead += 60_000; // by the injected clock the breaker's pause is over, however often it opened
    const found = await this.app.product('p3');
    const after = this.app.numbers();
    claim('table hits', after.tableHits - before.tableHits, '=', 1);
    claim('executions', after.executions - before.executions, '=', 0);
    claim('the process that computed it', found.by, '=', value.by);
    return 'breaker closed by the first call after its pause: from the table, no execution';
  }

  private access() {
    const { endpoint, tableName } = this.proxy.access;
    return { endpoint, table: tableName };
  }

  private open(now: () => number): App {
    const app = openApp({ ...this.access(), clock: { ...systemClock, now } });
    this.apps.push(app);
    return app;
  }

  private start(): Subprocess<MemoQuestion> {
    const { endpoint, table } = this.access();
    return new Subprocess(join(__dirname, 'memo-process.ts'), { DEMO_ENDPOINT: endpoint, DEMO_TABLE: table });
  }
}
