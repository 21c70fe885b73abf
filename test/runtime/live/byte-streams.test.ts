import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { bytesOfStream, webStreamOf } from '../../../runtime/live/byte-streams';

const source = () => new Readable({ read() {}, highWaterMark: 1 << 20 });

test('canceling while data wait ends the source and nothing else', async () => {
  const uncaught: unknown[] = [];
  const listener = (error: unknown) => uncaught.push(error);
  process.on('uncaughtException', listener);
  for (const reason of [undefined, new Error('enough'), 'enough']) {
    const node = source();
    node.on('error', () => undefined);
    const reader = webStreamOf(node).getReader();
    const first = reader.read();
    for (let i = 0; i < 10; i++) node.push(Buffer.alloc(100_000));
    expect((await first).value).toHaveLength(100_000);
    void reader.read();
    await reader.read();
    node.resume(); // as a read does, just before it is canceled
    await reader.cancel(reason);
    await pause(5);
    expect(node.destroyed).toBe(true);
  }
  process.off('uncaughtException', listener);
  expect(uncaught).toEqual([]);
});

test('it holds the source back as long as nobody reads', async () => {
  let made = 0;
  const node = new Readable({
    read() {
      made++;
      this.push(Buffer.alloc(64 << 10));
    },
  });
  const reader = webStreamOf(node).getReader();
  await reader.read();
  await pause(20);
  expect(made * (64 << 10)).toBeLessThan(1 << 20);
  await reader.cancel();
});

test.each<[string, (node: Readable) => void, string]>([
  ['fails', (node) => node.destroy(new Error('the query failed')), 'the query failed'],
  ['is closed', (node) => node.destroy(), 'closed before its end'],
])('a source that %s is no end, before, while and after it is taken', async (_, end, message) => {
  for (const take of [(node: Readable) => new Response(webStreamOf(node)).arrayBuffer(), bytesOfStream]) {
    const before = source().on('error', () => undefined);
    end(before);
    await expect(take(before)).rejects.toThrow(message);
    const during = source();
    const taken = take(during);
    during.push(Buffer.alloc(10));
    await pause(1);
    end(during);
    await expect(taken).rejects.toThrow(message);
  }
});

test('both branches of a tee get all bytes', async () => {
  const node = source();
  const [one, two] = webStreamOf(node).tee();
  for (let i = 0; i < 5; i++) node.push(Buffer.alloc(200_000, i));
  node.push(null);
  const [first, second] = await Promise.all([new Response(one).arrayBuffer(), new Response(two).arrayBuffer()]);
  expect(first.byteLength).toBe(1_000_000);
  expect(Buffer.compare(Buffer.from(first), Buffer.from(second))).toBe(0);
});

test('canceling between the last byte and the end, which is told a moment later, ends no process', async () => {
  const uncaught: unknown[] = [];
  const listener = (error: unknown) => uncaught.push(error);
  process.on('uncaughtException', listener);
  for (let turns = 0; turns < 6; turns++) {
    const node = source();
    const reader = webStreamOf(node).getReader();
    void reader.read();
    await pause(1);
    const ends = Promise.resolve().then(async () => {
      node.push(Buffer.alloc(10));
      node.push(null);
      for (let i = 0; i < turns; i++) await Promise.resolve();
    });
    await ends;
    await reader.cancel();
    await pause(1);
  }
  process.off('uncaughtException', listener);
  expect(uncaught).toEqual([]);
});
