import { App, Lazy, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { LiveCacheProps, Residency } from '../../../lib';
import { HERE, messageOf, newStack } from '../stacks';
import { dataEndpoint, newCache, newIndex, secret } from './caches';

const PARIS = { ...HERE, region: 'eu-west-3' };

function warnings(stack: Stack): string[] {
  return Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ entry }) => String(entry.data));
}

test('France is Paris', () => {
  expect(Residency.FRANCE.allowedRegions).toEqual(['eu-west-3']);
  const stack = newStack({ env: PARIS });
  newCache({ residency: Residency.FRANCE }, stack);
  expect(warnings(stack)).toEqual([]);
});

test('without a residency nothing is said', () => {
  const stack = newStack();
  newCache({}, stack);
  expect(warnings(stack)).toEqual([]);
});

test('other regions are permitted by name', () => {
  const stack = newStack({ env: HERE });
  newCache({ residency: Residency.regions('eu-west-1', 'fr-par'), dataEndpoint: dataEndpoint(stack) }, stack);
  expect(warnings(stack)).toEqual([]);
});

const ADVICE = 'move it, or permit its region with Residency.regions(...) [Stack/Cache]';
test.each<[string, typeof HERE, (stack: Stack) => Partial<LiveCacheProps>, string]>([
  ['a stack elsewhere', HERE, () => ({}), 'the stack is in "eu-west-1"'],
  ['a bucket elsewhere', PARIS, (stack) => ({ bucket: s3.Bucket.fromBucketAttributes(stack, 'Own', { bucketName: 'own', region: 'us-east-1' }) }),
    'the bucket is in "us-east-1"'],
  ['a secret elsewhere', PARIS, (stack) => ({ masterKey: secret(stack) }), 'the secret with the master keys is in "eu-west-1"'],
  ['an index elsewhere', PARIS, (stack) => ({ index: newIndex(new Stack(stack.node.root as App, 'Other', { env: HERE })) }),
    'the stack of the index is in "eu-west-1"'],
  ['another service\'s region', PARIS, (stack) => ({ dataEndpoint: dataEndpoint(stack) }), 'the bucket of dataEndpoint is in "fr-par"'],
])('fails on %s', (_, env, props, what) => {
  const stack = newStack({ env });
  expect(messageOf(() => newCache({ residency: Residency.FRANCE, ...props(stack) }, stack)))
    .toBe(`residency permits ["eu-west-3"], but ${what}: ${ADVICE}`);
});

test('warns where the region is not known', () => {
  const stack = newStack();
  newCache({ residency: Residency.FRANCE }, stack);
  expect(warnings(stack)).toEqual([
    'residency permits ["eu-west-3"], but where the stack, the secret with the master keys, the stack of the index, the bucket will be is not known '
    + 'at synthesis, so nothing checks it: give the stack an env with a region [ack: @cdk-cache-tiers/live:unknownRegion]',
  ]);
});

test('warns of a bucket whose region alone is not known', () => {
  const stack = newStack({ env: PARIS });
  const bucket = s3.Bucket.fromBucketAttributes(stack, 'Own', { bucketName: 'own', region: Lazy.string({ produce: () => 'eu-west-3' }) });
  newCache({ residency: Residency.FRANCE, bucket }, stack);
  expect(warnings(stack)).toEqual([expect.stringContaining('but where the bucket will be is not known')]);
});

test('a region that is known only at deployment is not compared', () => {
  const residency = Residency.regions(Lazy.string({ produce: () => 'eu-west-1' }));
  expect(() => newCache({ residency }, newStack({ env: HERE }))).not.toThrow();
});

test.each<[string, Residency, string]>([
  ['no regions', Residency.regions(), 'residency is without regions: name at least one'],
  ['what is no region', Residency.regions('France'), 'residency[0] is "France": use the name of a region, such as "eu-west-3"'],
  ['a region twice', Residency.regions('eu-west-3', 'eu-west-3'), 'residency has "eu-west-3" twice: name it once'],
])('fails on %s', (_, residency, message) => {
  expect(messageOf(() => newCache({ residency }, newStack({ env: PARIS })))).toBe(`${message} [Stack/Cache]`);
});
