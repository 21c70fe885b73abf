import fc from 'fast-check';
import { LiveError } from '../../../../runtime/live';
import { MemoryResultIndex } from '../../../../runtime/live/index/memory-result-index';
import { ephemeralKeyRing } from '../../../../runtime/live/keys/static-key-ring';
import { TestSegments } from '../../../support/live/test-segments';
import type { Command, QueryCommand } from './commands';
import { Executions } from './executions';
import { startProcess, type Process } from './process';

/** A query, and what became of it. */
interface Asked {
  readonly command: QueryCommand;
  readonly process: Process;
  readonly at: number;
  readonly leaving: AbortController;
  readonly chunks: Uint8Array[];
  settled: boolean;
}

class LeftError extends Error {}

export const IDENTITIES = [0, 1].map((key) => ({ scope: 'tenant', key, tags: ['shared', `own ${key}`] }));

/** Four clients over one index and one bucket. What they ask of these arrives, and is answered, in the order that the scheduler chooses. */
export class World {
  readonly executions: Executions;
  private time = 0;
  private readonly index = new MemoryResultIndex({ clock: { now: () => this.time } });
  private readonly segments = new TestSegments();
  private readonly keys = ephemeralKeyRing('live');
  private readonly processes: Process[];
  private readonly asked: Asked[] = [];
  /** When the identities were last made invalid, as the index has it, by those who have been told so. */
  private readonly invalidated = [0, 0];
  private version = 1;
  /** Something else than queries and invalidations happened: a result that is read may be lost. */
  private disturbed = false;

  constructor(private readonly scheduler: fc.Scheduler, steady: boolean) {
    this.executions = new Executions(scheduler, steady);
    this.segments.chunkBytes = 700;
    this.segments.breakDeleted = true;
    this.processes = IDENTITIES.concat(IDENTITIES).map(() => this.start());
  }

  get broken(): string[] {
    return this.executions.broken;
  }

  async run(commands: readonly Command[]): Promise<void> {
    for (const command of commands) {
      for (let i = 0; i < command.after; i++) await this.step();
      this.obey(command);
    }
    for (let i = 0; i < 5000 && this.pending.length > 0; i++) await this.step();
    for (const { command } of this.pending) this.broken.push(`a query of ${command.identity} was never answered: ${JSON.stringify(command)}`);
    if (this.broken.length > 0) return;
    await this.afterwards();
  }

  /** Ends what is left. */
  async close(): Promise<void> {
    const closed = Promise.all(this.processes.filter(({ dead }) => !dead).map(({ client }) => client.close())).then(() => true);
    await this.until(closed, 'closing');
  }

  private get pending(): Asked[] {
    return this.asked.filter(({ settled, process }) => !settled && !process.dead);
  }

  /** All is well again: each identity can be asked for, by those who were there and by those who were not. */
  private async afterwards(): Promise<void> {
    const settled = Promise.all(this.processes.filter(({ dead }) => !dead).map(({ client }) => client.settled())).then(() => true);
    await this.until(settled, 'settling');
    for (const process of this.processes) process.indexFailures = process.bucketFailures = 0;
    this.executions.failures.length = 0;
    this.executions.excuse();
    const fresh = this.start();
    this.processes.push(fresh);
    for (const process of [fresh, ...this.processes]) {
      for (const identity of [0, 1]) {
        if (process.dead) continue;
        const before = this.asked.length;
        this.ask({ type: 'query', after: 0, process: this.processes.indexOf(process), identity, cache: 'default', policy: 'finish', slow: false });
        for (let i = 0; i < 5000 && !this.asked[before]!.settled; i++) await this.step();
        if (!this.asked[before]!.settled) this.broken.push(`a query of ${identity} afterwards was never answered`);
      }
    }
  }

  private async until(done: Promise<boolean>, what: string): Promise<void> {
    let over = false;
    void done.then(() => { over = true; });
    for (let i = 0; i < 5000 && !over; i++) await this.step();
    if (!over) this.broken.push(`${what} never ended`);
  }

  /** One thing happens: something arrives or is answered, or else the time goes on to the next timer. */
  private async step(): Promise<void> {
    await turns();
    if (this.scheduler.count() > 0) await this.scheduler.waitOne();
    else {
      // What has no timer of ours takes its time.
      await new Promise((resolve) => { REAL_TIMEOUT(resolve, 1); });
      await turns();
      if (this.scheduler.count() === 0 && jest.getTimerCount() > 0) {
        const before = Date.now();
        jest.advanceTimersToNextTimer();
        this.time += Date.now() - before;
      }
    }
    await turns();
  }

  private start(): Process {
    return startProcess({
      index: this.index, segments: this.segments, keys: this.keys,
      arrive: (what) => this.scheduler.schedule(Promise.resolve(), what),
      now: () => this.executions.now(),
    });
  }

  private obey(command: Command): void {
    if (command.type !== 'query') this.executions.excuse(command.type !== 'invalidate');
    if (command.type !== 'query' && command.type !== 'invalidate') this.disturbed = true;
    switch (command.type) {
      case 'query': return this.ask(command);
      case 'invalidate': return this.invalidate(command.process, command.tag);
      case 'cancel': return this.asked[command.query % Math.max(1, this.asked.length)]?.leaving.abort(new LeftError());
      case 'fail': return void this.executions.failures.push(command.pieces);
      case 'kill': return this.kill(command.process);
      case 'delete': return this.segments.objects.clear();
      case 'index': return void (this.processes[command.process]!.indexFailures += command.calls);
      case 'bucket': return void (this.processes[command.process]!.bucketFailures += command.calls);
    }
  }

  private kill(number: number): void {
    this.processes[number]!.dead = true;
    this.processes[number] = this.start();
  }

  private invalidate(number: number, tag: string | undefined): void {
    const process = this.processes[number]!;
    const { client } = process;
    this.version++;
    const asked = this.executions.now();
    client.invalidate(tag === undefined ? { all: true } : { tags: [tag] }).then(() => {
      this.executions.excuse();
      // His own, or an earlier one of another call.
      const applied = process.applied.find((time) => time > asked)!;
      for (const [i, { tags }] of IDENTITIES.entries()) {
        if (tag === undefined || tags.includes(tag)) this.invalidated[i] = Math.max(this.invalidated[i]!, applied);
      }
    }, () => {});
  }

  private ask(command: QueryCommand): void {
    const process = this.processes[command.process]!;
    const asked: Asked = {
      command, process, at: this.executions.now(), leaving: new AbortController(), chunks: [], settled: false,
    };
    this.asked.push(asked);
    const notBefore = this.invalidated[command.identity]!;
    this.take(asked).then((status) => this.judge(asked, status, notBefore), (error: unknown) => this.judgeError(asked, error)).finally(() => {
      asked.settled = true;
    });
  }

  private async take({ command, process, at, leaving, chunks }: Asked): Promise<string> {
    const { identity, cache, policy, slow } = command;
    const query = { ...IDENTITIES[identity]!, cache, whenAbandoned: policy, signal: leaving.signal };
    const order = { identity, asked: at, alone: cache === 'reload' || cache === 'no-store' };
    const result = await process.client.query(query, (context) => this.executions.run({ ...order, version: this.version }, context));
    for await (const chunk of result.toNodeStream()) {
      chunks.push(chunk as Uint8Array);
      if (slow) await this.scheduler.schedule(Promise.resolve(), 'a slow caller goes on');
    }
    return result.status;
  }

  private judge({ command, chunks, process }: Asked, status: string, notBefore: number): void {
    if (process.dead) return;
    const { identity } = command;
    const execution = this.executions.whole(identity, Buffer.concat(chunks));
    if (execution === undefined) this.broken.push(`a ${status} of ${identity} was no execution's result`);
    // Past the cache nobody hears of what others invalidate.
    else if (status !== 'bypass' && execution.began < notBefore) this.broken.push(`a ${status} of ${identity} had begun before it was made invalid`);
  }

  private judgeError({ command, chunks, process, leaving }: Asked, error: unknown): void {
    if (process.dead) return;
    const { identity, cache } = command;
    if (!this.executions.haveBegun(identity, Buffer.concat(chunks))) this.broken.push(`a beginning of ${identity} was no execution's`);
    const code = error instanceof LiveError ? error.code : undefined;
    const allowed = this.executions.isFailure(identity, error)
      || (error instanceof LeftError && leaving.signal.aborted)
      || (code === 'E_LIVE_NOT_CACHED' && cache === 'only-if-cached')
      || (code === 'E_LIVE_CHANGED' && this.disturbed && chunks.length > 0);
    if (!allowed) this.broken.push(`a query of ${identity} was rejected with ${String((error as Error)?.stack ?? error)}`);
  }
}

const REAL_TIMEOUT = setTimeout;

async function turns(): Promise<void> {
  for (let i = 0; i < 4; i++) await new Promise(setImmediate);
}
