import { MemoryResultIndex } from '../../../../runtime/live/index/memory-result-index';
import type { RedisResultIndex } from '../../../../runtime/live/index/redis-result-index';
import { describeResultIndex, type ResultIndexSubject } from '../../../support/contracts/result-index';
import { hasRedisServer, redisIndex, startRedis, type RedisEngine, type RedisServer } from '../../../support/redis-server';

jest.setTimeout(60_000); // thousands of commands, on a machine that may be busy

// The limit is that of a test which lists more than the default has.
const memory = new MemoryResultIndex({ maxEntries: 5000 });
describeResultIndex('MemoryResultIndex', () => ({ one: memory, other: memory }));

const engines: readonly RedisEngine[] = hasRedisServer ? ['js', 'redis-server'] : ['js'];

describe.each(engines)('on %s', (engine) => {
  let server: RedisServer;
  let subject: ResultIndexSubject & { readonly one: RedisResultIndex; readonly other: RedisResultIndex };
  beforeAll(async () => {
    server = await startRedis({ engine });
    const open = () => redisIndex({ url: server.url, namespace: 'contract', timeout: '10s' });
    subject = { one: open(), other: open() };
  });
  afterAll(async () => {
    await subject.one.close();
    await subject.other.close();
    await server.stop();
  });

  describeResultIndex('RedisResultIndex', () => subject);

  test('every key that was written expires, and none is named otherwise', async () => {
    let cursor = '0';
    do {
      const [next, keys] = await server.command('SCAN', cursor, 'COUNT', '1000') as [string, string[]];
      cursor = next;
      for (const key of keys) {
        expect(key).toMatch(/^lc:\{contract\}:([elmfxst]:|d:|o(:|$))/);
        // -1 stands for no expiry; -2 for a key that has expired since.
        expect([key, await server.command('PTTL', key)]).not.toEqual([key, -1]);
      }
      if (keys.length > 0) break; // a page is enough: each takes a connection
    } while (cursor !== '0');
  });
});
