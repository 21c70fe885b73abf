import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { eventually } from '../../../runtime/testing';
import { note } from '../checks';
import type { Answer, Order } from './messages';
import type { ProcessOfCallers } from './process-of-callers';
import { Monitor } from './monitor';
import { digestOf, type World } from './world';

/** 1.6 MB, in two objects. */
const MIDDLE = { batches: 206 };
/** 25.6 MB: more than a caller may stay behind. */
const LARGE = { batches: 3200 };
const COMMANDS = 25;

type Check = (name: string, body: () => Promise<void>) => Promise<unknown>;

/** The client over servers that are not ours, in several processes, while they are killed. */
export async function checkSeveralProcesses(world: World, check: Check): Promise<void> {
  const checks: readonly [string, (world: World) => Promise<void>][] = [
    [`200 callers in four processes: one execution, the same bytes for all, at most ${COMMANDS} commands to the index`, manyCallers],
    ['what is in the bucket can be read with its key only', encrypted],
    ['the process that executes is killed: another one goes on where its callers are, and keeps the result', holderKilled],
    ['redis starts again, empty, while results stream: all get theirs, and the cache goes on', indexLost],
    ['radosgw stops while results are read and written: all get theirs, and with an empty one the cache goes on', storeLost],
  ];
  for (const [name, body] of checks) {
    await check(name, () => body(world));
    await world.endCallers();
  }
}

const orderOf = (name: string, order: Partial<Order> = {}): Order => ({ callers: 1, query: { scope: 'tenant', key: name }, data: MIDDLE, ...order });

const statuses = (...answers: readonly Answer[]): string[] => answers.flatMap(({ taken }) => taken.map(({ status }) => status)).sort();
const executions = (...answers: readonly Answer[]): number => answers.reduce((sum, answer) => sum + answer.executions, 0);

function assertWhole(data: Order['data'], ...answers: readonly Answer[]): void {
  deepStrictEqual([...new Set(answers.flatMap(({ taken }) => taken.map(({ digest }) => digest)))], [digestOf(data)]);
}

/** What has failed is left alone for a while. Then one finds what the other has asked for. */
async function shares(one: ProcessOfCallers, other: ProcessOfCallers, name: string): Promise<void> {
  let tries = 0;
  await eventually(async () => {
    const order = orderOf(`${name} ${tries += 1}`);
    const answers = [await one.ask(order), await other.ask(order)];
    assertWhole(MIDDLE, ...answers);
    deepStrictEqual([answers.map((answer) => statuses(answer)[0]), executions(...answers)], [['miss', 'hit'], 1]);
  }, { within: '60s', every: '1s' });
}

async function manyCallers(world: World): Promise<void> {
  const callers = await world.callers(4);
  await Promise.all(callers.map((each) => each.ask(orderOf('connected before')))); // as processes are that have run for some time
  const monitor = await Monitor.open(world.redis.url);
  const orders = callers.map((each) => each.ask(orderOf('many', { callers: 50, holdAt: 300_000 })));
  await Promise.all(callers.map((each) => each.seen('answered')));
  for (const each of callers) each.open('execution');
  const answers = await Promise.all(orders);
  const commands = monitor.counts();
  monitor.close();
  assertWhole(MIDDLE, ...answers);
  strictEqual(executions(...answers), 1);
  const found = statuses(...answers);
  deepStrictEqual([found.length, found.filter((status) => status === 'miss').length], [200, 1]);
  const sum = Object.values(commands).reduce((a, b) => a + b, 0);
  note(`${sum} commands: ${Object.entries(commands).map(([name, count]) => `${count} ${name}`).join(', ')}`);
  ok(sum > 0 && sum <= COMMANDS, `${sum} commands`);
}

async function encrypted(world: World): Promise<void> {
  const keys = await world.objects();
  ok(keys.length >= 2, `${keys.length} objects`);
  for (const key of keys) strictEqual(await world.statusOf(key), 400, key);
}

async function holderKilled(world: World): Promise<void> {
  const [holder, follower, later] = await world.callers(3);
  const order = orderOf('killed', { holdAt: 1_000_000 });
  const lost = holder.ask(order);
  await holder.seen('answered');
  const followed = follower.ask({ ...order, callers: 20, pauseAt: 200_000 });
  await follower.seen('paused');
  await holder.kill();
  await lost.catch(() => undefined);
  follower.open('reading');
  follower.open('execution');
  const answer = await followed;
  assertWhole(MIDDLE, answer);
  deepStrictEqual([answer.executions, new Set(statuses(answer))], [1, new Set(['joined'])]);
  note(`taken over ${answer.stats.takeovers}, resumed ${answer.stats.resumed}`);
  const found = await later.ask(order);
  assertWhole(MIDDLE, found);
  deepStrictEqual(statuses(found), ['hit']);
}

async function indexLost(world: World): Promise<void> {
  const [holder, follower, later] = await world.callers(3);
  const order = orderOf('index', { holdAt: 1_000_000, callers: 10 });
  const held = holder.ask(order);
  await holder.seen('answered');
  const followed = follower.ask(order);
  await follower.seen('answered');
  await world.redis.restartEmpty();
  follower.open('execution'); // it may have to execute for itself
  holder.open('execution');
  const answers = await Promise.all([held, followed]);
  assertWhole(MIDDLE, ...answers);
  note(`${executions(...answers)} executions`);
  ok(executions(...answers) <= 2);
  await shares(holder, later, 'index, again');
}

async function storeLost(world: World): Promise<void> {
  const [writer, reader, later] = await world.callers(3);
  const kept = orderOf('store', { data: LARGE });
  assertWhole(LARGE, await writer.ask(kept));
  const read = reader.ask({ ...kept, callers: 3, pauseAt: 300_000 });
  await reader.seen('paused');
  const written = writer.ask(orderOf('store, written', { callers: 3, holdAt: 1_000_000 }));
  await writer.seen('answered');
  await world.stopStore();
  reader.open('reading');
  writer.open('execution');
  const [readAnswer, writeAnswer] = await Promise.all([read, written]);
  assertWhole(LARGE, readAnswer);
  assertWhole(MIDDLE, writeAnswer);
  note(`who read a hit: ${readAnswer.executions} executions, resumed ${readAnswer.stats.resumed}`);
  deepStrictEqual(statuses(readAnswer), ['hit', 'hit', 'hit']);
  await world.startStore();
  await shares(writer, later, 'store, again');
  ok((await world.objects()).length >= 2, 'the new store has no objects');
}
