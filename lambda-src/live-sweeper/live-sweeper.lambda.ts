import { createHandler } from './handler';
import { createMetrics } from './metrics';
import { LIVE_ENVIRONMENT, LIVE_HANDLER_ENVIRONMENT, LIVE_NAMESPACE } from '../../lib/contract/live';
import { s3Client } from '../../runtime/aws/s3';
import { Secrets } from '../../runtime/live/secrets';
import { environmentError, integerSetting, optionalSetting, requireEnvironment } from '../shared/environment';

const DAY = 24 * 3600;

const credentialsSecret = optionalSetting(LIVE_ENVIRONMENT.credentials);

/** Deletes what has expired, by the names of the objects alone: it needs neither the index nor a key. */
export const handler = createHandler({
  client: s3Client({
    region: optionalSetting(LIVE_ENVIRONMENT.region),
    endpoint: optionalSetting(LIVE_ENVIRONMENT.endpoint),
    credentials: credentialsSecret === undefined ? undefined : new Secrets().accessKey(credentialsSecret),
    maxAttempts: 3,
  }),
  bucket: requireEnvironment(LIVE_ENVIRONMENT.bucket),
  namespace: namespaceSetting(),
  grace: integerSetting(LIVE_HANDLER_ENVIRONMENT.grace, { min: 0, max: DAY }) * 1000,
  now: Date.now,
  metrics: createMetrics(),
});

function namespaceSetting(): string | undefined {
  const name = LIVE_ENVIRONMENT.namespace;
  const namespace = optionalSetting(name);
  if (namespace === undefined || LIVE_NAMESPACE.test(namespace)) return namespace;
  throw environmentError(name, `must be a namespace of up to 63 letters, digits, hyphens and underscores, not ${JSON.stringify(namespace)}`);
}
