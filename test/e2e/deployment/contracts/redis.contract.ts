import { connect } from 'node:net';
import { describeContract } from '../../../support/contracts/contract';
import { REDIS_ROWS, type RedisSubject } from '../../../support/contracts/redis';
import { describeResultIndex } from '../../../support/contracts/result-index';
import { openRedis, redisIndex } from '../../../support/redis-server';
import { targets } from './targets';

/** What a server answers to commands, once it has answered the last. */
function tell(commands: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(targets().redis.endpoint);
  return new Promise((resolve, reject) => {
    let answers = '';
    const socket = connect(Number(port), hostname, () => { socket.write(`${commands.join('\r\n')}\r\nQUIT\r\n`); });
    socket.on('data', (data) => { answers += data.toString(); }).on('end', () => resolve(answers)).on('error', reject);
    socket.setTimeout(5000, () => socket.destroy(new Error('redis does not answer')));
  });
}

describe('redis', () => {
  test('is Redis 7 or later', async () => {
    const info = await tell(['PING', 'INFO server']);
    expect(info).toMatch(/^\+PONG\r\n/);
    expect(Number(/redis_version:(\d+)\./.exec(info)?.[1])).toBeGreaterThanOrEqual(7);
  });

  test('listens on 127.0.0.1 only, and writes nothing to a disk', async () => {
    expect(new URL(targets().redis.endpoint).hostname).toBe('127.0.0.1');
    const settings = (await tell(['CONFIG GET bind', 'CONFIG GET save', 'CONFIG GET appendonly'])).split('\r\n').filter((line) => !/^[*$]\d/.test(line));
    expect(settings.slice(0, 6)).toEqual(['bind', '127.0.0.1', 'save', '', 'appendonly', 'no']);
  });
});

describe('the live tier\'s index', () => {
  const url = targets().redis.endpoint;
  const one = redisIndex({ url, timeout: '10s' });
  const other = redisIndex({ url, timeout: '10s', namespace: one.namespace });
  let subject: RedisSubject & { readonly close: () => void };
  beforeAll(async () => { subject = await openRedis(url); });
  afterAll(async () => {
    subject.close();
    await one.close();
    await other.close();
  });

  describeContract('redis-server does what it asks of a server', 'embedded', REDIS_ROWS, () => subject);
  describeResultIndex('RedisResultIndex', () => ({ one, other }));
});
