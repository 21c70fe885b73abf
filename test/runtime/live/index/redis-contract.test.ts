import { describeContract } from '../../../support/contracts/contract';
import { REDIS_ROWS, type RedisSubject } from '../../../support/contracts/redis';
import { describeResultIndex } from '../../../support/contracts/result-index';
import { hasRedisServer, openRedis, redisIndex, startRedis, type RedisEngine, type RedisServer } from '../../../support/redis-server';

const engines: readonly RedisEngine[] = hasRedisServer ? ['js', 'redis-server'] : ['js'];

describe.each(engines)('%s', (engine) => {
  let server: RedisServer;
  let subject: RedisSubject & { readonly close: () => void };
  beforeAll(async () => {
    server = await startRedis({ engine });
    subject = await openRedis(server.url);
  });
  afterAll(async () => {
    subject.close();
    await server.stop();
  });

  describeContract('does what the index asks of a server', 'embedded', REDIS_ROWS, () => subject);
});

/*
 * Any other server, which tells whether the index works on it: a Dragonfly, a Valkey, a Redis of one's own.
 *   LIVE_INDEX_URL=redis://user:password@127.0.0.1:6379 npx jest test/runtime/live/index/redis-contract
 * It writes below lc:{test-…} and lc:{contract}: only, and all of it expires.
 */
const url = process.env.LIVE_INDEX_URL;
if (url !== undefined) {
  describe('the server of LIVE_INDEX_URL', () => {
    let subject: RedisSubject & { readonly close: () => void };
    const one = redisIndex({ url, timeout: '10s' });
    const other = redisIndex({ url, timeout: '10s', namespace: one.namespace });
    beforeAll(async () => { subject = await openRedis(url); });
    afterAll(async () => {
      subject.close();
      await one.close();
      await other.close();
    });

    describeContract('does what the index asks of a server', 'embedded', REDIS_ROWS, () => subject);
    describeResultIndex('RedisResultIndex', () => ({ one, other }));
  });
}
