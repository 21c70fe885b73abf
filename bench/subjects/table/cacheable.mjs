import { KeyvDynamo } from '@keyv/dynamo';
import { Cacheable } from 'cacheable';
import { Keyv } from 'keyv';

export function open({ endpoint, region, credentials }) {
  const store = new KeyvDynamo({ endpoint, region, credentials, tableName: 'keyv' });
  const secondary = new Keyv({ store, namespace: 'cacheable', useKeyPrefix: true });
  secondary.on('error', () => {});
  const cache = new Cacheable({ secondary });
  cache.on('error', () => {});
  return { wrap: (fn) => cache.wrap(fn, { ttl: '1h', keyPrefix: 'bench' }), settled: async () => {} };
}
