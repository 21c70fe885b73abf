import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ILiveCache, LiveCache, LiveCacheAttributes } from '../../../lib';
import { HERE, messageOf, newFunction, newStack } from '../stacks';
import { CREDENTIALS_ARN, dataEndpoint, INDEX_ENVIRONMENT, newIndex, secret, SECRET_ARN } from './caches';

function imported(attrs: Partial<LiveCacheAttributes>, stack: Stack = newStack({ env: HERE })): ILiveCache {
  return LiveCache.fromLiveCacheAttributes(stack, 'Cache', { namespace: 'ns', index: newIndex(stack), masterKey: secret(stack), ...attrs });
}

const bucketOf = (stack: Stack) => s3.Bucket.fromBucketName(stack, 'Own', 'shared');

test('defines nothing, and is bound as one that is defined', () => {
  const stack = newStack({ env: HERE });
  const cache = imported({ bucket: bucketOf(stack) }, stack);
  expect(Template.fromStack(stack).toJSON()).not.toHaveProperty('Resources');
  expect(cache.environment).toEqual({
    LIVE_BUCKET: 'shared', LIVE_BUCKET_REGION: 'eu-west-1', LIVE_NAMESPACE: 'ns', LIVE_KEY_SECRET: SECRET_ARN, LIVE_TTL: '300', LIVE_METRICS: 'emf',
    ...INDEX_ENVIRONMENT,
  });
  expect(cache.bind(newFunction(newStack({ env: HERE }))).success).toBe(true);
});

test('all attributes are kept', () => {
  const stack = newStack({ env: HERE });
  const [index, masterKey, endpoint] = [newIndex(stack), secret(stack), dataEndpoint(stack)];
  const cache = imported({ index, masterKey, dataEndpoint: endpoint, ttl: Duration.minutes(1), clientMetrics: false }, stack);
  expect(cache).toMatchObject({ namespace: 'ns', index, masterKey, dataEndpoint: endpoint, bucket: undefined });
  expect(cache.environment).toEqual({
    LIVE_BUCKET: 'results', LIVE_BUCKET_REGION: 'fr-par', LIVE_S3_ENDPOINT: 'https://s3.fr-par.scw.cloud', LIVE_S3_CREDENTIALS: CREDENTIALS_ARN,
    LIVE_NAMESPACE: 'ns', LIVE_KEY_SECRET: SECRET_ARN, LIVE_TTL: '60', ...INDEX_ENVIRONMENT,
  });
  expect(cache.metricHits().dimensions).toEqual({ Namespace: 'ns' });
});

test.each<[string, (stack: Stack) => Partial<LiveCacheAttributes>, string]>([
  ['no bucket', () => ({}), 'bucket and dataEndpoint are missing: give one of them'],
  ['two buckets', (stack) => ({ bucket: bucketOf(stack), dataEndpoint: dataEndpoint(stack) }),
    'dataEndpoint cannot be given together with bucket: give one of them'],
  ['a namespace that is none', (stack) => ({ namespace: '-', bucket: bucketOf(stack) }),
    'namespace is "-": use 1 to 63 letters, digits, hyphens and underscores, the first a letter or digit'],
  ['a time to live that is none', (stack) => ({ ttl: Duration.days(1), bucket: bucketOf(stack) }),
    'ttl (in seconds) is 86400: use a whole number from 1 to 82800'],
])('fails on %s', (_, attrs, message) => {
  const stack = newStack({ env: HERE });
  expect(messageOf(() => imported(attrs(stack), stack))).toBe(`${message} [Stack]`);
});
