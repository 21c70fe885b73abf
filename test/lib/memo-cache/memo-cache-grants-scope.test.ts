import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { IMemoCache, MemoCache, MemoFlush } from '../../../lib';
import { HERE, newFunction, newStack, Statement, statements, statementsFor } from '../stacks';

const THERE = { ...HERE, region: 'us-east-1' };
const OTHER_ACCOUNT = { ...HERE, account: '222222222222' };
const KEY_HERE = 'arn:aws:kms:eu-west-1:111111111111:key/here';
const KEY_THERE = 'arn:aws:kms:us-east-1:111111111111:key/there';
const KEY_BUCKET = 'arn:aws:kms:eu-west-1:111111111111:key/bucket';
const ALL_KEYS_HERE = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':kms:eu-west-1:111111111111:key/*']] };

type Method = 'grantRead' | 'grantReadWrite' | 'grantFlush';
const METHODS: Method[] = ['grantRead', 'grantReadWrite', 'grantFlush'];

const newRole = (stack: Stack) => new iam.Role(stack, 'Role', {
  assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'), roleName: 'app', // another environment must know it
});
const key = (stack: Stack, arn: string) => kms.Key.fromKeyArn(stack, `Key-${arn}`, arn);

/** Replicated, encrypted, with a bucket: whatever can be granted on. */
function newCache(stack: Stack, encryptionKey: kms.IKey = key(stack, KEY_HERE)): MemoCache {
  return new MemoCache(stack, 'Cache', {
    tableName: 'results', encryptionKey, replicaRegions: ['us-east-1'], replicaEncryptionKeys: { 'us-east-1': key(stack, KEY_THERE) },
    overflowBucket: s3.Bucket.fromBucketAttributes(stack, 'Bucket', { bucketName: 'shared', encryptionKey: key(stack, KEY_BUCKET) }),
  });
}

function importedCache(stack: Stack): IMemoCache {
  return MemoCache.fromMemoCacheAttributes(stack, 'Cache', {
    memoCacheTableName: 'results', encryptionKey: key(stack, KEY_HERE),
    replicaRegions: ['us-east-1'], replicaEncryptionKeys: { 'us-east-1': key(stack, KEY_THERE) },
    overflowBucket: s3.Bucket.fromBucketAttributes(stack, 'Bucket', { bucketName: 'shared', encryptionKey: key(stack, KEY_BUCKET) }),
  });
}

const onAll = (all: Statement[]) => all.filter(({ Resource }) => [Resource].flat().includes('*'));
const resources = (all: Statement[]) => all.flatMap(({ Resource }) => Resource);

const CACHES: [string, (stack: Stack) => IMemoCache, string[]][] = [
  ['a cache', (stack) => newCache(stack), [KEY_HERE, KEY_THERE, KEY_BUCKET]],
  ['an imported cache', importedCache, [KEY_HERE, KEY_THERE, KEY_BUCKET]],
  ['a replica', (stack) => newCache(stack).replica('us-east-1'), [KEY_THERE]],
  ['a replica of an imported cache', (stack) => importedCache(stack).replica('us-east-1'), [KEY_THERE]],
];
const PLACES: [string, (app: App, here: Stack) => Stack][] = [
  ['its own stack', (_, here) => here],
  ['another stack', (app) => new Stack(app, 'Next', { env: HERE })],
  ['another region', (app) => new Stack(app, 'There', { env: THERE })],
  ['another account', (app) => new Stack(app, 'Other', { env: OTHER_ACCOUNT })],
  ['an unknown environment', (app) => new Stack(app, 'Unknown')],
];
const PATHS = CACHES.flatMap(([cache, cacheOf, keys]) => PLACES.map(([place, placeOf]) => ({ cache, cacheOf, keys, place, placeOf })));

describe.each(PATHS)('on $cache, to a role of $place', ({ cacheOf, keys, placeOf }) => {
  test.each(METHODS)('%s names the table and every key, and never all resources', (method) => {
    const app = new App();
    const here = new Stack(app, 'Here', { env: HERE });
    const there = placeOf(app, here);
    cacheOf(here)[method](newRole(there));
    expect(onAll(statements(there))).toEqual([]);
    expect(statementsFor('dynamodb', there)).toHaveLength(1);
    const granted = method === 'grantFlush' ? keys.filter((arn) => arn !== KEY_BUCKET) : keys;
    expect(resources(statementsFor('kms', there))).toEqual(granted);
  });
});

test('a function that is bound in the region of a replica is granted the replica and its key', () => {
  const app = new App();
  const there = new Stack(app, 'There', { env: THERE });
  newCache(new Stack(app, 'Here', { env: HERE })).bind(newFunction(there));
  expect(onAll(statements(there))).toEqual([]);
  expect(resources(statements(there))).toEqual([expect.objectContaining({ 'Fn::Join': expect.anything() as unknown }), KEY_THERE]);
});

test('the handler of a flush in the region of a replica is granted no more', () => {
  const app = new App();
  const there = new Stack(app, 'There', { env: THERE });
  new MemoFlush(there, 'Flush', { cache: newCache(new Stack(app, 'Here', { env: HERE })).replica('us-east-1'), trigger: 'v1' });
  expect(onAll(statements(there))).toEqual([]);
  expect(resources(statementsFor('kms', there))).toEqual([KEY_THERE]);
});

describe('on a key that is defined here', () => {
  const grantFrom = (method: Method, placeOf: (app: App, here: Stack) => Stack) => {
    const app = new App();
    const here = new Stack(app, 'Here', { env: HERE });
    const there = placeOf(app, here);
    newCache(here, new kms.Key(here, 'Key'))[method](newRole(there));
    return { here, there };
  };

  // A key has no name by which another environment could know its ARN before it is deployed.
  test.each(PLACES.filter(([place]) => /region|account/.test(place)))('%s is granted the keys of its account and region', (_, placeOf) => {
    const { there } = grantFrom('grantReadWrite', placeOf);
    expect(onAll(statements(there))).toEqual([]);
    expect(resources(statementsFor('kms', there))).toEqual([ALL_KEYS_HERE, KEY_THERE, KEY_BUCKET]);
  });

  test('another account is let in by the key\'s own policy as well', () => {
    const { here } = grantFrom('grantRead', (app) => new Stack(app, 'Other', { env: OTHER_ACCOUNT }));
    const [{ Properties }] = Object.values(Template.fromStack(here).findResources('AWS::KMS::Key')) as { Properties: object }[];
    expect(Properties).toMatchObject({
      KeyPolicy: { Statement: [{ Action: 'kms:*' }, { Action: ['kms:Decrypt', 'kms:DescribeKey'], Resource: '*' }] },
    });
  });

  test('another stack of the same account and region is granted that key', () => {
    const { there } = grantFrom('grantReadWrite', (app) => new Stack(app, 'Next', { env: HERE }));
    expect(onAll(statements(there))).toEqual([]);
    expect(statementsFor('kms', there)[0].Resource).toEqual({ 'Fn::ImportValue': expect.stringContaining('Key') as unknown });
  });

  test('where nothing is known of any environment that key is granted', () => {
    const stack = newStack();
    const encryptionKey = new kms.Key(stack, 'Key');
    new MemoCache(stack, 'Cache', { encryptionKey, overflow: true }).grantReadWrite(newRole(stack));
    expect(resources(statementsFor('kms', stack))).toEqual([stack.resolve(encryptionKey.keyArn)]);
  });
});
