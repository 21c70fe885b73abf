import { Duration, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { LiveCacheProps } from '../../../lib';
import { HERE, messageOf, newStack } from '../stacks';
import { dataEndpoint, newCache, secret } from './caches';

const NAMESPACE_HINT = '1 to 63 letters, digits, hyphens and underscores, the first a letter or digit';
const late = (value: string) => Lazy.string({ produce: () => value });

const bucketOf = (stack: Stack) => s3.Bucket.fromBucketName(stack, 'Own', 'shared');
const vpcOf = (stack: Stack) => ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'] });

test.each<[string, (stack: Stack) => Partial<LiveCacheProps>, string]>([
  ['an empty namespace', () => ({ namespace: '' }), `namespace is "": use ${NAMESPACE_HINT}`],
  ['a namespace with a slash', () => ({ namespace: 'a/b' }), `namespace is "a/b": use ${NAMESPACE_HINT}`],
  ['a namespace of 64 characters', () => ({ namespace: 'n'.repeat(64) }), `namespace is "${'n'.repeat(64)}": use ${NAMESPACE_HINT}`],
  ['no time to live', () => ({ ttl: Duration.seconds(0) }), 'ttl (in seconds) is 0: use a whole number from 1 to 82800'],
  ['a time to live of a day', () => ({ ttl: Duration.days(1) }), 'ttl (in seconds) is 86400: use a whole number from 1 to 82800'],
  ['a time to live of half a second', () => ({ ttl: Duration.millis(500) }), 'ttl (in seconds) is 0.5: use a whole number from 1 to 82800'],
  ['a life that is shorter than the time to live', () => ({ ttl: Duration.hours(2), maxLife: Duration.hours(1) }),
    'maxLife is "Duration.hours(1)", and ttl is "Duration.hours(2)": use a maxLife that is at least the ttl'],
  ['a life that is shorter than the default time to live', () => ({ maxLife: Duration.minutes(1) }),
    'maxLife is "Duration.minutes(1)", and ttl is "Duration.seconds(300)": use a maxLife that is at least the ttl'],
  ['two buckets', (stack) => ({ bucket: bucketOf(stack), dataEndpoint: dataEndpoint(stack) }),
    'dataEndpoint cannot be given together with bucket: give one of them'],
  ['settings of a bucket that is given',
    (stack) => ({ bucket: bucketOf(stack), autoDeleteObjects: false, directDownload: { allowedOrigins: ['*'] } }),
    'directDownload, autoDeleteObjects cannot be given together with bucket: set them where the bucket is defined'],
  ['settings of a bucket of another service', (stack) => ({ dataEndpoint: dataEndpoint(stack), gatewayEndpointVpc: vpcOf(stack) }),
    'gatewayEndpointVpc cannot be given together with dataEndpoint: they are for a bucket of Amazon S3'],
  ['an endpoint without TLS', (stack) => ({ dataEndpoint: { ...dataEndpoint(stack), url: 'http://s3.example' } }),
    'dataEndpoint.url is "http://s3.example": use an address with https and without a path, for keys go over the wire'],
  ['an endpoint with a path', (stack) => ({ dataEndpoint: { ...dataEndpoint(stack), url: 'https://s3.example/results' } }),
    'dataEndpoint.url is "https://s3.example/results": use an address with https and without a path, for keys go over the wire'],
  ['an endpoint without a region', (stack) => ({ dataEndpoint: { ...dataEndpoint(stack), region: '' } }),
    'dataEndpoint.region is "": use the region as the service calls it, such as "fr-par"'],
  ['a bucket with a slash', (stack) => ({ dataEndpoint: { ...dataEndpoint(stack), bucketName: 'a/b' } }),
    'dataEndpoint.bucketName is "a/b": use the name of a bucket'],
  ['a key for a secret that is given', (stack) => ({ masterKey: secret(stack), encryptionKey: new kms.Key(stack, 'Key') }),
    'encryptionKey cannot be given together with masterKey: set it where the secret is defined'],
  ['a removal policy for nothing', (stack) => ({ masterKey: secret(stack), bucket: bucketOf(stack), removalPolicy: RemovalPolicy.RETAIN }),
    'removalPolicy is "retain", but nothing that holds data is defined here: leave it out'],
  ['an interval without rotation', () => ({ rotation: false, rotationInterval: Duration.days(1) }),
    'rotationInterval is "Duration.days(1)", but rotation is false: set rotation to true, or leave the interval out'],
  ['an interval for a secret that is given', (stack) => ({ masterKey: secret(stack), rotationInterval: Duration.days(1) }),
    'rotationInterval is "Duration.days(1)", but masterKey is given without rotation: set rotation to true, or leave the interval out'],
  ['emptying what is retained', () => ({ autoDeleteObjects: true, removalPolicy: RemovalPolicy.RETAIN }),
    'autoDeleteObjects is true, but removalPolicy is "retain": use RemovalPolicy.DESTROY, or false'],
  ['direct download for nobody', () => ({ directDownload: { allowedOrigins: [] } }),
    'directDownload.allowedOrigins is []: name at least one, or leave it out'],
  ['an origin with a path', () => ({ directDownload: { allowedOrigins: ['https://app.example/'] } }),
    'directDownload.allowedOrigins[0] is "https://app.example/": use an origin, such as "https://app.example.com", without a path'],
  ['no VPC endpoints in a list', () => ({ sourceVpcEndpoints: [] }), 'sourceVpcEndpoints is []: name at least one, or leave it out'],
])('fails on %s', (_, props, message) => {
  const stack = newStack({ env: HERE });
  expect(messageOf(() => newCache(props(stack), stack))).toBe(`${message} [Stack/Cache]`);
});

test('an interval that is too short is told where it is checked', () => {
  expect(messageOf(() => newCache({ rotationInterval: Duration.hours(1) })))
    .toBe('interval is "Duration.hours(1)": use whole hours, from 4 hours to 999 days [Stack/Cache/KeyRotation]');
});

describe('values that are known only at deployment are not checked', () => {
  const variable = (stack: Stack, name: string) => {
    const fn = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function')) as
      { Properties: { Environment?: { Variables: Record<string, unknown> } } }[];
    return fn.map(({ Properties }) => Properties.Environment?.Variables[name]).find((value) => value !== undefined);
  };

  test('namespace', () => {
    const stack = newStack();
    newCache({ namespace: late('a') }, stack);
    expect(variable(stack, 'LIVE_NAMESPACE')).toBe('a');
  });

  test('ttl', () => {
    const stack = newStack();
    const { environment } = newCache({ ttl: Duration.seconds(Lazy.number({ produce: () => 60 })), maxLife: Duration.minutes(1) }, stack);
    expect(stack.resolve(environment.LIVE_TTL)).toBe('60');
  });

  test('dataEndpoint', () => {
    const stack = newStack({ env: HERE });
    newCache({ dataEndpoint: { ...dataEndpoint(stack), url: late('u'), region: late('r'), bucketName: late('b') } }, stack);
    expect(['LIVE_S3_ENDPOINT', 'LIVE_BUCKET_REGION', 'LIVE_BUCKET'].map((name) => variable(stack, name))).toEqual(['u', 'r', 'b']);
  });

  test('directDownload.allowedOrigins', () => {
    const stack = newStack();
    newCache({ directDownload: { allowedOrigins: Lazy.list({ produce: () => ['https://a.example'] }) } }, stack);
    Template.fromStack(stack).hasResourceProperties('AWS::S3::Bucket', { CorsConfiguration: { CorsRules: [{ AllowedOrigins: ['https://a.example'] }] } });
  });
});
