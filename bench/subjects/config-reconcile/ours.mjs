import { createSsmClient, SsmParameterStore } from '../../../lambda-src/shared/config/ssm-parameter-store.ts';
import { CacheManager } from '../../../lambda-src/config-cache-manager/cache-manager.ts';
import { Reconciler } from '../../../lambda-src/config-reconciler/reconciler.ts';

const NAMESPACES = ['/app'];
const nothing = () => {};

/** The reconciler's core with the client that its function has. @returns runs it once, in legs of so many steps */
export function open({ table, clientConfig }) {
  const environment = { AWS_ENDPOINT_URL_SSM: clientConfig.endpoint, AWS_REGION: clientConfig.region };
  const { accessKeyId, secretAccessKey } = clientConfig.credentials;
  Object.assign(process.env, environment, { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey });
  const store = new SsmParameterStore(createSsmClient());
  const now = Date.now;
  const cache = new CacheManager({ store, table, tombstoneDays: 30, now });
  return async (steps = Infinity) => {
    let legs = 0;
    const sent = [undefined];
    while (sent.length > 0) {
      legs++;
      let left = steps;
      const reconciler = new Reconciler({
        store, namespaces: NAMESPACES, table, cache, now, epoch: () => 'epoch',
        continuation: { send: async (leg) => sent.push(JSON.parse(JSON.stringify(leg))) },
        metrics: { count: nothing, milliseconds: nothing, flush: nothing },
        logger: { begin: nothing, info: nothing, warn: nothing, error: (notice, fields) => console.error(notice, fields) },
      });
      await reconciler.run(sent.pop(), { remaining: () => --left, reserve: 1 });
    }
    return legs;
  };
}
