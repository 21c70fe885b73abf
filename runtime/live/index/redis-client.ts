import { InvalidArgumentError } from '../../errors.js';
import { needsPackage } from '../../optional-package.js';
import type { RedisCredentials } from './redis-credentials.js';

/**
 * What is used of a client of `@redis/client`. Its own types are not in what is exported: those of a package that need not be installed are none
 * for its users.
 */
export interface RedisClientLike {
  readonly isReady: boolean;
  connect(): Promise<unknown>;
  sendCommand(args: string[]): Promise<unknown>;
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  duplicate(): RedisClientLike;
  unref(): void;
  destroy(): void;
}

export interface RedisClientOptions {
  /** Without user and password. */
  readonly url: string;
  readonly credentials: RedisCredentials;
  readonly connectTimeout: number;
  readonly load?: () => Promise<unknown>;
}

/** Makes a client of the package that is loaded now: those who keep their index in memory need not have it. It does not connect again by itself. */
export async function createRedisClient(options: RedisClientOptions): Promise<RedisClientLike> {
  const { url, credentials, connectTimeout, load } = options;
  const { createClient } = await packageOf(load);
  return createClient({
    url,
    ...credentials,
    // Each server knows it. With the newer protocol a client's handshake has more that a server may refuse.
    RESP: 2,
    disableClientInfo: true,
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    socket: { connectTimeout, reconnectStrategy: false },
  }) as unknown as RedisClientLike;
}

type Package = typeof import('@redis/client');

/** Has the package loaded ahead: that takes longer than the first call may wait, where a process has little CPU time. Failing is the first call's. */
export function preload(load?: () => Promise<unknown>): void {
  packageOf(load).catch(() => undefined);
}

async function packageOf(load: () => Promise<unknown> = () => import('@redis/client')): Promise<Package> {
  try {
    const loaded = await load() as Partial<Package> & { readonly default?: Package };
    // Where it is loaded as an ES module, all of a CommonJS module is its default at least.
    return loaded.createClient === undefined ? loaded.default! : loaded as Package;
  } catch (cause) {
    throw new InvalidArgumentError('E_LIVE_INDEX_CLIENT', `an index on a server ${needsPackage('@redis/client', cause)}`, { cause });
  }
}
