import { App, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { LIVE_ENVIRONMENT } from '../../../lib/contract/live';
import { HERE, messageOf, newFunction, newStack } from '../stacks';
import { dataEndpoint, newCache, newIndex } from './caches';

test('sets the client\'s environment variables, grants what it needs and lets the function in to the index', () => {
  const stack = newStack();
  const index = newIndex(stack);
  const fn = newFunction(stack);
  const grant = newCache({ index }, stack).bind(fn);
  Template.fromStack(stack).hasResource('AWS::Lambda::Function', {
    Properties: {
      Handler: 'index.handler',
      Code: { ZipFile: Match.anyValue() },
      Environment: {
        Variables: {
          LIVE_BUCKET: { Ref: 'CacheBucket664BE8D7' }, LIVE_BUCKET_REGION: { Ref: 'AWS::Region' }, LIVE_NAMESPACE: 'Stack-Cache-DE0B8CCF',
          LIVE_KEY_SECRET: { Ref: 'CacheMasterKey188A3C86' }, LIVE_TTL: '300', LIVE_METRICS: 'emf', LIVE_INDEX_URL: 'redis://index.example:6379',
        },
      },
    },
  });
  expect(index.connected).toEqual([fn]);
  expect(grant.principalStatements.map(({ actions }) => actions[0]))
    .toEqual(['s3:ListBucket', 's3:GetObject', 'secretsmanager:GetSecretValue', 'elasticache:Connect']);
});

test('sets what environment has, for those whom bind cannot reach', () => {
  const stack = newStack({ env: HERE });
  const { environment } = newCache({ dataEndpoint: dataEndpoint(stack) }, stack);
  const { indexSecret, ...ours } = LIVE_ENVIRONMENT; // an index without a password has none
  expect(environment).not.toHaveProperty(indexSecret);
  expect(Object.keys(environment).sort()).toEqual(Object.values(ours).sort());
});

test.each<[string, Duration]>([
  ['known', Duration.minutes(1)], ['known only at deployment', Duration.seconds(Lazy.number({ produce: () => 60 }))],
])('a second time it changes nothing, where the time to live is %s', (_, ttl) => {
  const template = (times: number) => {
    const stack = newStack();
    const cache = newCache({ ttl }, stack);
    const fn = newFunction(stack);
    for (let i = 0; i < times; i += 1) cache.bind(fn);
    return Template.fromStack(stack).toJSON();
  };
  expect(template(2)).toEqual(template(1));
});

test('one cache serves many functions, of other stacks as well', () => {
  const app = new App();
  const cache = newCache({}, new Stack(app, 'Data'));
  const code = new Stack(app, 'Code');
  cache.bind(newFunction(code, 'One'));
  cache.bind(newFunction(code, 'Two'));
  Template.fromStack(code).allResourcesProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: Match.objectLike({
        LIVE_BUCKET: { 'Fn::ImportValue': Match.stringLikeRegexp('^Data:ExportsOutputRefCacheBucket') },
        LIVE_KEY_SECRET: { 'Fn::ImportValue': Match.stringLikeRegexp('^Data:ExportsOutputRefCacheMasterKey') },
      }),
    },
  });
});

test('fails on a second cache for one function', () => {
  const stack = newStack();
  const fn = newFunction(stack);
  newCache({}, stack, 'One').bind(fn);
  const two = newCache({}, stack, 'Two');
  expect(messageOf(() => two.bind(fn))).toBe('fn "Stack/Fn" is bound to another cache, "Stack/One": a function has one LIVE_NAMESPACE, '
    + 'so bind it to one cache, or give the other to the client in code [Stack/Two]');
});
