// Values are JSON there: the stream is text in base64.
import { BentoCache, bentostore } from 'bentocache';
import { redisDriver } from 'bentocache/drivers/redis';
import { takeWhole } from '../../harness/take.mjs';

export function open({ access }) {
  const { hostname: host, port } = new URL(access.indexUrl);
  const cache = new BentoCache({
    default: 'redis', stores: { redis: bentostore().useL2Layer(redisDriver({ connection: { host, port: Number(port) } })) },
  });
  const get = async (mb, onFirst) => {
    const text = await cache.getOrSet({ key: `hit-${mb}`, ttl: '2h', factory: () => { throw new Error(`no hit of ${mb} MB`); } });
    return takeWhole(Buffer.from(text, 'base64'), onFirst);
  };
  return Object.assign(get, { fill: (mb, bytes) => cache.set({ key: `hit-${mb}`, ttl: '2h', value: Buffer.from(bytes).toString('base64') }) });
}
