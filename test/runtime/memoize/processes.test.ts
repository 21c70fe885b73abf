import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createMemoizer } from '../../../runtime/memoize';
import { startDynamoDb, type DynamoDbServer } from '../../support/dynamodb-server';

jest.setTimeout(60_000);

interface Message { ready?: boolean; running?: number; done?: boolean; rejected?: number; by?: number[]; executions?: number }

let server: DynamoDbServer;
const children: Child[] = [];

class Child {
  readonly messages: Message[] = [];
  readonly exit: Promise<unknown>;
  private readonly process: ChildProcess;
  private readonly watchers = new Set<() => void>();

  constructor(calls: number, duration: number) {
    const tsx = require.resolve('tsx/cli');
    this.process = spawn(process.execPath, [tsx, join(__dirname, 'child.ts'), 'race', String(calls), String(duration)], {
      env: { ...process.env, ...server.environment, NODE_OPTIONS: '' }, stdio: ['pipe', 'pipe', 'inherit'],
    });
    createInterface({ input: this.process.stdout! }).on('line', (line) => {
      this.messages.push(JSON.parse(line) as Message);
      for (const watcher of this.watchers) watcher();
    });
    this.exit = once(this.process, 'exit');
    children.push(this);
  }

  async until<K extends keyof Message>(name: K): Promise<Message> {
    for (;;) {
      const found = this.messages.find((message) => message[name] !== undefined);
      if (found) return found;
      await new Promise<void>((resolve) => { this.watchers.add(resolve); });
    }
  }

  go(): void { this.process.stdin!.write('go\n'); }

  /** The process that computes; tsx runs it below itself. */
  kill(pid: number): void { process.kill(pid, 'SIGKILL'); }

  end(): void { this.process.kill('SIGKILL'); }
}

beforeEach(async () => { server = await startDynamoDb(); });

afterEach(async () => {
  for (const child of children.splice(0)) child.end();
  await server.close();
});

test('four processes on one cold key are one run, and nobody is rejected', async () => {
  const all = Array.from({ length: 4 }, () => new Child(250, 300));
  await Promise.all(all.map((child) => child.until('ready')));
  for (const child of all) child.go();
  const ends = await Promise.all(all.map((child) => child.until('done')));
  expect(ends.map(({ rejected }) => rejected)).toEqual([0, 0, 0, 0]);
  expect(ends.reduce((sum, { executions }) => sum + executions!, 0)).toBe(1);
  expect(new Set(ends.flatMap(({ by }) => by))).toHaveProperty('size', 1);
  await Promise.all(all.map((child) => child.exit)); // by themselves: nothing keeps a process alive
});

test('a holder that is killed delays the others by its lease, not for ever', async () => {
  const holder = new Child(1, 60_000);
  await holder.until('ready');
  holder.go();
  const { running } = await holder.until('running');
  const other = new Child(10, 10);
  await other.until('ready');
  holder.kill(running!);
  other.go();
  const end = await other.until('done');
  expect(end).toMatchObject({ rejected: 0, executions: 1 });
});

test('a process that was killed leaves nothing torn in the table', async () => {
  const holder = new Child(1, 60_000);
  await holder.until('ready');
  holder.go();
  const { running } = await holder.until('running');
  holder.kill(running!);
  const { endpoint, region, credentials } = server.clientConfig;
  const memoize = createMemoizer({ table: server.tableName, endpoint, region, credentials, budget: '10s' });
  const memoized = memoize(async function slow(id: string) { return { id, by: 0 }; }, { lease: '1s' });
  expect(await memoized.peek('cold')).toBeUndefined();
  expect(await memoized('cold')).toEqual({ id: 'cold', by: 0 });
  await memoize.settled();
  expect(memoized.stats().writes).toBe(1);
  memoize.close();
});
