// As its documentation has it: Redis below a memory of each process. Values are JSON there: the stream is text in base64.
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisDriver } from 'bentocache/drivers/redis';
import { allOf } from '../../harness/live-source.mjs';

export function open({ access }) {
  const { hostname: host, port } = new URL(access.indexUrl);
  const cache = new BentoCache({
    default: 'both',
    stores: {
      both: bentostore().useL1Layer(memoryDriver({ maxItems: 100 })).useL2Layer(redisDriver({ connection: { host, port: Number(port) } })),
    },
  });
  return async (key, execute) => {
    const factory = async () => Buffer.concat(await allOf(execute())).toString('base64');
    return Buffer.from(await cache.getOrSet({ key, ttl: '2h', factory }), 'base64').length;
  };
}
