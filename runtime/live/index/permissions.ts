/**
 * What the index's user needs on a server with access control lists, and nothing more: the commands that clients send, and those that scripts call.
 * `SCAN` and `INFO` are for operators: a client that only answers queries goes without them. Set for a user as
 * `ACL SETUSER live on >password resetkeys ~lc:* resetchannels &lc:* nocommands +get +set …`.
 */
export const LIVE_INDEX_PERMISSIONS = {
  /** Pattern of keys. */
  keys: 'lc:*',
  /** Pattern of channels. */
  channels: 'lc:*',
  commands: [
    'del', 'eval', 'evalsha', 'get', 'hdel', 'hget', 'hlen', 'hmget', 'hset', 'mget', 'pexpire', 'ping', 'pttl', 'publish', 'set', 'subscribe',
    'time', 'unsubscribe', 'zadd', 'zcard', 'zrem', 'zremrangebyscore', 'zscore',
  ],
  operatorCommands: ['info', 'scan'],
} as const;
