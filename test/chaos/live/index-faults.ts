import type { RedisServer } from '../../support/redis-server';
import type { S3Server } from '../../support/s3-server';
import type { TcpProxy } from '../../support/tcp-proxy';
import type { Fault } from '../kit/tier';

/** Objects that the bucket of a run has at the most: what is above is lost, the oldest first. */
const KEPT = 100;

/** What may befall the server of the index. */
export function indexFaults(redis: RedisServer, proxy: TcpProxy): Fault[] {
  return [
    { kind: 'index refuses', begin: async () => { await proxy.refuse(); return { end: () => proxy.heal() }; } },
    { kind: 'index cuts connections', begin: () => { proxy.cut(); return { end: () => proxy.cut() }; } },
    { kind: 'index stands still', begin: () => { redis.pause(); return { end: () => redis.resume() }; } },
    {
      kind: 'network partition',
      begin: () => {
        proxy.silence();
        return { end: () => { proxy.cut(); return proxy.heal(); } };
      },
    },
    { kind: 'index lost, and back empty', begin: async () => { await redis.restartEmpty(); return { end: () => undefined }; } },
  ];
}

/** Objects are gone that the index names. */
export function objectsLost(s3: S3Server): Fault {
  return {
    kind: 'objects lost',
    begin: (random) => {
      const objects = s3.objects();
      const most = random.below(2) === 0 ? 0 : KEPT;
      for (const key of [...objects.keys()].slice(0, Math.max(0, objects.size - most))) objects.delete(key);
      return { end: () => undefined };
    },
  };
}
