import { LIVE_INDEX_PERMISSIONS } from '../../../../runtime/live/index/permissions';
import type { RedisResultIndex } from '../../../../runtime/live/index/redis-result-index';
import { anIdentity, aRequest, describeResultIndex, lead, put } from '../../../support/contracts/result-index';
import { hasRedisServer, redisIndex, startRedis, type RedisServer } from '../../../support/redis-server';

const { keys, channels, commands, operatorCommands } = LIVE_INDEX_PERMISSIONS;

// The server of npm has no users.
(hasRedisServer ? describe : describe.skip)('a user with the permissions that are named, on redis-server', () => {
  let server: RedisServer;
  let one: RedisResultIndex;
  let other: RedisResultIndex;
  const setUser = (name: string, allowed: readonly string[]) => server.command('ACL', 'SETUSER', name, 'reset', 'on', '>of-user',
    `~${keys}`, `&${channels}`, ...allowed.map((command) => `+${command}`));
  const as = (username: string) => redisIndex({ url: server.url, username, password: 'of-user', namespace: 'acl', timeout: '10s' });

  beforeAll(async () => {
    server = await startRedis({ password: 'of-default' });
    await setUser('all', [...commands, ...operatorCommands]);
    await setUser('client', commands);
    [one, other] = [as('all'), as('all')];
  });
  afterAll(async () => {
    await one.close();
    await other.close();
    await server.stop();
  });

  describeResultIndex('RedisResultIndex', () => ({ one, other }));

  test('what only answers queries needs neither SCAN nor INFO', async () => {
    const index = as('client');
    const identity = anIdentity();
    await put(index, identity);
    expect((await index.lookup(identity, aRequest())).role).toBe('hit');
    (await index.listen(identity, () => undefined))();
    await expect(index.status()).rejects.toMatchObject({ failure: 'denied', message: expect.stringContaining('LIVE_INDEX_PERMISSIONS') });
    await index.close();
  });

  test('another namespace of the server cannot be reached', async () => {
    await server.command('ACL', 'SETUSER', 'fenced', 'reset', 'on', '>of-user', '~lc:{acl}:*', '&lc:{acl}:*', ...commands.map((each) => `+${each}`));
    const own = redisIndex({ url: server.url, username: 'fenced', password: 'of-user', namespace: 'acl' });
    await lead(own, anIdentity());
    const foreign = redisIndex({ url: server.url, username: 'fenced', password: 'of-user', namespace: 'acl2' });
    await expect(lead(foreign, anIdentity())).rejects.toMatchObject({ failure: 'denied' });
    await own.close();
    await foreign.close();
  });
});
