import { Lazy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { newFunctionIn, newVpc } from './live-index-stacks';
import { ElastiCacheIndexProps, EndpointIndex, EndpointIndexProps, LiveIndex } from '../../../lib';
import { messageOf, newFunction, newStack, statementsFor } from '../stacks';

function endpoint(props: EndpointIndexProps, stack: Stack = newStack()): EndpointIndex {
  return LiveIndex.endpoint(stack, 'Index', props);
}

test.each<[EndpointIndexProps, string]>([
  [{ host: 'cache.example.com' }, 'rediss://cache.example.com:6379'],
  [{ host: '10.0.0.1', port: 6385, tls: false }, 'redis://10.0.0.1:6385'],
  [{ host: 'cache.example.com', username: 'live user' }, 'rediss://live%20user@cache.example.com:6379'],
  [{ url: 'redis://cache.example.com' }, 'redis://cache.example.com'],
  [{ url: 'rediss://live@cache.example.com:6385/2' }, 'rediss://live@cache.example.com:6385/2'],
])('%j is reached by %s', (props, url) => {
  const index = endpoint(props);
  expect(index.indexUrl).toBe(url);
  expect(index.environment).toEqual({ LIVE_INDEX_URL: url });
});

test('secret is told to clients, which may read it', () => {
  const stack = newStack();
  const secret = secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'index');
  const index = endpoint({ host: 'cache.example.com', secret }, stack);
  expect(index.environment.LIVE_INDEX_SECRET).toBe(secret.secretArn);
  expect(index.grantConnect(newFunction(stack)).success).toBe(true); // reached over the internet, so a function needs no VPC
  expect(statementsFor('secretsmanager', stack)).toHaveLength(1);
});

test('without a secret nothing is granted', () => {
  const stack = newStack();
  const fn = newFunction(stack);
  expect(endpoint({ host: 'cache.example.com' }, stack).grantConnect(fn).success).toBe(false);
  expect(statementsFor('secretsmanager', stack)).toEqual([]);
});

test.each<[string, Partial<EndpointIndexProps>, number]>([
  ['the default port', { host: 'cache.internal' }, 6379],
  ['port', { host: 'cache.internal', port: 6385 }, 6385],
  ['the port of the URL', { url: 'redis://cache.internal:6390' }, 6390],
  ['port, beside a URL that is not known', { url: Lazy.string({ produce: () => 'redis://cache.internal:6391' }), port: 6391 }, 6391],
])('securityGroups let clients in by %s', (_, props, port) => {
  const stack = newStack();
  const vpc = newVpc(stack);
  const index = endpoint({ ...props, securityGroups: [new ec2.SecurityGroup(stack, 'Group', { vpc })] }, stack);
  index.grantConnect(newFunctionIn(stack, vpc));
  Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: port, ToPort: port });
});

test('what is known only at deployment is not checked', () => {
  const late = () => Lazy.string({ produce: () => 'not a host' });
  const stack = newStack();
  expect(() => endpoint({ url: late() }, stack)).not.toThrow();
  expect(stack.resolve(LiveIndex.endpoint(stack, 'Host', { host: late(), port: Lazy.number({ produce: () => 7 }), username: late() }).indexUrl))
    .toBe('rediss://not a host@not a host:7');
});

test.each<[string, EndpointIndexProps, string]>([
  ['a password in the URL', { url: 'rediss://default:hunter2@cache.example.com:6385' },
    'url has a password, which would stand in the template for all to read: leave it out, and give it in secret'],
  ['a password in a URL that cannot be read', { url: 'rediss://default:hunt/er2@:x' },
    'url has a password, which would stand in the template for all to read: leave it out, and give it in secret'],
  ['neither URL nor host', {}, 'url and host are missing: give one of them'],
  ['both', { url: 'redis://a', host: 'a' }, 'host cannot be given together with url: the URL says it'],
  ['a port beside the URL', { url: 'redis://a', port: 6380 }, 'port cannot be given together with url: the URL says it'],
  ['another protocol', { url: 'https://a' }, 'url is "https://a": use "redis://host:port", or "rediss://host:port" for TLS'],
  ['no URL', { url: 'cache' }, 'url is "cache": use "redis://host:port", or "rediss://host:port" for TLS'],
  ['a path', { url: 'redis://a/cache' }, 'url is "redis://a/cache": leave out what follows the port, but the number of a database'],
  ['a host with a port', { host: 'a:6379' }, 'host is "a:6379": use a name or an IPv4 address, without protocol and port'],
  ['no port', { host: 'a', port: 0 }, 'port is 0: use a whole number from 1 to 65535'],
])('fails on %s', (_, props, message) => {
  expect(messageOf(() => endpoint(props))).toBe(`${message} [Stack/Index]`);
});

describe('elastiCache', () => {
  function elastiCache(props: Partial<ElastiCacheIndexProps> = {}) {
    const stack = newStack();
    const vpc = newVpc(stack);
    const securityGroups = [new ec2.SecurityGroup(stack, 'Group', { vpc })];
    return { stack, vpc, index: LiveIndex.elastiCache(stack, 'Index', { host: 'primary.cache.amazonaws.com', securityGroups, ...props }) };
  }

  test('is reached by TLS, and lets clients in', () => {
    const { stack, vpc, index } = elastiCache();
    expect(index.environment).toEqual({ LIVE_INDEX_URL: 'rediss://primary.cache.amazonaws.com:6379' });
    index.grantConnect(newFunctionIn(stack, vpc));
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 6379 });
  });

  test.each<[Partial<ElastiCacheIndexProps>, string]>([
    [{ tls: false, port: 6380 }, 'redis://primary.cache.amazonaws.com:6380'],
    [{ username: 'live' }, 'rediss://live@primary.cache.amazonaws.com:6379'],
  ])('takes %j', (props, url) => {
    expect(elastiCache(props).index.indexUrl).toBe(url);
  });

  test('secret is told to clients', () => {
    const secret = secretsmanager.Secret.fromSecretNameV2(newStack(), 'Secret', 'index');
    expect(elastiCache({ secret }).index.environment.LIVE_INDEX_SECRET).toBe(secret.secretArn);
  });

  test('cacheClusterId is what its metrics are found by', () => {
    const { index } = elastiCache({ cacheClusterId: 'live-001' });
    expect(index.metricMemoryUtilization()).toMatchObject({
      namespace: 'AWS/ElastiCache', metricName: 'DatabaseMemoryUsagePercentage', dimensions: { CacheClusterId: 'live-001' },
    });
  });

  test('fails on a metric without cacheClusterId', () => {
    expect(messageOf(() => elastiCache().index.metricClients()))
      .toBe('cacheClusterId is missing, by which CloudWatch has its metrics: give it [Stack/Index]');
  });

  test('fails on a host with a protocol', () => {
    expect(messageOf(() => elastiCache({ host: 'rediss://primary' })))
      .toBe('host is "rediss://primary": use a name or an IPv4 address, without protocol and port [Stack/Index/Endpoint]');
  });
});
