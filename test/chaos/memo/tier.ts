import { startDynamoDb, type DynamoDbServer } from '../../support/dynamodb-server';
import { startFaultProxy, type FaultProxy } from '../../support/fault-proxy';
import { Book } from '../kit/book';
import { dynamoDbFaults } from '../kit/dynamodb-faults';
import { clockJump, frozen, killed } from '../kit/faults';
import { bundle, Program } from '../kit/program';
import { checkResources, eventually, haltAll, startAll } from '../kit/programs';
import type { Told } from '../kit/records';
import type { Fault, Tier, TierSetting } from '../kit/tier';
import { MemoHistory } from './history';
import { JUMP, type MemoTold } from './shapes';

const PROCESSES = ['memo-1', 'memo-2', 'memo-3'];
/** Callers of a cold key at once, in each process. */
const CALLERS = 50;

/** Processes that share a table. */
export class MemoTier implements Tier {
  readonly name = 'memo';
  readonly book = new Book();
  lanes: readonly (readonly Fault[])[] = [];
  private readonly history = new MemoHistory();
  private programs: readonly Program[] = [];
  private server!: DynamoDbServer;
  private proxy!: FaultProxy;

  constructor(private readonly setting: TierSetting) {}

  async start(): Promise<void> {
    this.server = await startDynamoDb();
    this.proxy = await startFaultProxy({ upstream: this.server });
    const file = await bundle(require.resolve('./worker'), this.setting.folder);
    const { clientConfig, tableName: table } = this.proxy.access;
    this.programs = PROCESSES.map((name, i) => new Program({
      file, name,
      setting: (start) => ({ ...clientConfig, table, process: `${name}#${start}`, seed: this.setting.seed + 1000 * i + start }),
      onTold: (told) => this.take(told),
    }));
    await startAll(this.programs);
    this.lanes = [dynamoDbFaults(this.proxy), [killed(this.programs), frozen(this.programs), clockJump(this.programs, JUMP)]];
  }

  async recover(): Promise<void> {
    const { programs, book, history } = this;
    await haltAll(programs, book);
    for (const program of programs) {
      book.check('afterwards a client asks the table again', await this.works(program), () => `${program.name} does not`);
    }
    const shared = await this.agreed('shared');
    book.check('afterwards all processes share one value', shared !== undefined, () => 'each has its own');
    await programs[0]!.ask('clear');
    const spread = await eventually(async () => !(await this.values('shared')).some((id) => id === shared));
    book.check('afterwards clear reaches every process', spread, () => `some have ${shared} for ever`);
    const before = history.executions('cold/0');
    await Promise.all(programs.map((program) => program.ask('call', { key: 'cold/0', times: CALLERS })));
    const runs = history.executions('cold/0') - before;
    book.check('without faults a cold key is run once in each process at the most', runs <= programs.length,
      () => `${runs} runs in ${programs.length} processes`);
    await checkResources(programs, book);
  }

  judge(): void {
    this.history.judge(this.book);
  }

  async close(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.kill()));
    await this.proxy?.close();
    await this.server?.close();
  }

  private take(told: Told): void {
    if (told.kind === 'unhandled') return this.book.check('nothing is rejected that nobody handles', false, () => String(told.error));
    if (told.kind === 'refused') return this.book.did(`${String(told.how)}`, String(told.code));
    const record = told as unknown as MemoTold;
    this.history.take(record);
    if (record.kind === 'answered') this.book.did('call', record.error ?? 'value');
    else if (record.kind === 'forgot') this.book.did(record.how, 'done');
  }

  /** Whether a fresh value is written, and nothing fails or is left out meanwhile. */
  private async works(program: Program): Promise<boolean> {
    let n = 0;
    const stats = () => program.ask<Record<string, number>>('stats');
    return eventually(async () => {
      const before = await stats();
      await program.ask('call', { key: `${program.name}-works/${n++}`, times: 1 });
      const after = await stats();
      return after.writes! > before.writes! && after.tableErrors === before.tableErrors && after.bypasses === before.bypasses;
    });
  }

  private async values(key: string): Promise<(string | undefined)[]> {
    const all: (string | undefined)[] = [];
    for (const program of this.programs) all.push(...await program.ask<(string | undefined)[]>('call', { key: `${key}/0`, times: 1 }));
    return all;
  }

  private async agreed(key: string): Promise<string | undefined> {
    let values: (string | undefined)[] = [];
    await eventually(async () => {
      values = await this.values(key);
      return values[0] !== undefined && values.every((id) => id === values[0]);
    });
    return values[0];
  }
}
