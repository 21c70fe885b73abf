// Cache race-condition exploit enables poisoning: whoever may write for pull requests tries to have what he has made be used by main. The client is
// his; what stands in the way is what the synthesized policies say, on a server that does as they say.
import {
  CopyObjectCommand, CreateMultipartUploadCommand, DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client,
} from '@aws-sdk/client-s3';
import { Template as Synthesized } from 'aws-cdk-lib/assertions';
import { defineTask } from '../../../runtime/tasks/definition/define';
import { TaskRunner } from '../../../runtime/tasks/running/runner';
import { TaskStorage } from '../../../runtime/tasks/storage/task-storage';
import { refused } from '../../../runtime/testing';
import { newCache, newRole } from '../../lib/task-cache/caches';
import { newStack } from '../../lib/stacks';
import { startS3, type S3Server } from '../../support/s3-server';
import { credentialsOf, guard, type Template } from '../../support/tasks/guarded-bucket';

const [MAIN, OWN] = ['v1/main/default/', 'v1/pull-request/default/'];
const NEW = '0'.repeat(64);

/** A cache with a role that may push to main, and one that may push for pull requests; neither may anything else. */
function synthesized(): Template {
  const stack = newStack();
  const cache = newCache({}, stack);
  const main = cache.scope('main');
  main.grantPush(newRole(stack, 'Release'));
  cache.scope('pull-request', { reads: [main] }).grantPush(newRole(stack, 'PullRequest'));
  return Synthesized.fromStack(stack).toJSON() as Template;
}

let template: Template;
let server: S3Server;
let attacker: S3Client;
beforeAll(async () => {
  template = synthesized();
  server = await startS3();
  attacker = new S3Client({ ...server.clientConfig, credentials: credentialsOf('PullRequest') });
});
afterAll(async () => {
  attacker.destroy();
  await server.close();
});
beforeEach(() => {
  server.reset();
  guard(server, template);
});

/** Everybody's task has the same key; whoever runs it decides what it makes. */
async function run(role: 'Release' | 'PullRequest', name: string, makes: string) {
  const scopes = role === 'Release' ? { scope: 'main' } : { scope: 'pull-request', readScopes: ['main'] };
  const storage = TaskStorage.open({
    env: {}, mode: 'remote:rw', bucket: server.bucket, ...server.clientConfig, credentials: credentialsOf(role), ...scopes,
  });
  const runner = new TaskRunner({ storage });
  const task = defineTask({ family: 'Contested', kind: 'read', policy: 'forever', params: { name: 'string' }, run: () => makes })({ name });
  try {
    const done = await runner.run([task]);
    const { from, kept, key } = done.outcomeOf(task);
    expect(done.summary.storeErrorMessages).toEqual([]);
    return { value: done.resultOf(task).value, from: from?.scope, kept: kept.map(({ scope }) => scope), key };
  } finally {
    await runner.close();
    await storage.close();
  }
}

/** What is below a prefix, byte for byte. */
const below = (prefix: string) =>
  Object.fromEntries([...server.objects()].filter(([key]) => key.startsWith(prefix)).map(([key, { body }]) => [key, body.toString('base64')]));
const objectIn = (prefix: string) => Object.keys(below(`${prefix}objects/`))[0]!;
const at = (Key: string) => ({ Bucket: server.bucket, Key });
const etagOf = async (key: string) => (await attacker.send(new GetObjectCommand(at(key)))).ETag!;
const copy = (from: string, to: string) => attacker.send(new CopyObjectCommand({ ...at(to), CopySource: `${server.bucket}/${from}` }));
const uploadInParts = (Key: string) => attacker.send(new CreateMultipartUploadCommand(at(Key)));
const write = (Key: string, condition: { IfMatch?: string; IfNoneMatch?: '*' } = {}) =>
  attacker.send(new PutObjectCommand({ ...at(Key), Body: 'poisoned', ...condition }));

test('a pull request is first with main\'s key: main does not see its result, makes its own, and keeps it', async () => {
  const poisoned = await run('PullRequest', 'x', 'poisoned');
  expect(poisoned).toMatchObject({ value: 'poisoned', from: undefined, kept: ['pull-request'] });
  expect(below(MAIN)).toEqual({});
  const honest = await run('Release', 'x', 'honest');
  expect(honest).toEqual({ value: 'honest', from: undefined, kept: ['main'], key: poisoned.key });
  const before = below(MAIN);
  expect(await run('PullRequest', 'x', 'again')).toMatchObject({ value: 'poisoned', from: 'pull-request', kept: [] });
  expect(below(MAIN)).toEqual(before);
  expect(await run('Release', 'x', 'again')).toMatchObject({ value: 'honest', from: 'main', kept: [] });
});

test('what main stores, a pull request reads, and does not make itself', async () => {
  await run('Release', 'x', 'honest');
  expect(await run('PullRequest', 'x', 'poisoned')).toMatchObject({ value: 'honest', from: 'main', kept: [] });
  expect(below(OWN)).toEqual({});
});

describe('with requests of its own, a pull request', () => {
  beforeEach(async () => {
    await run('Release', 'x', 'honest');
    await run('PullRequest', 'y', 'poisoned');
  });

  test.each<[string, () => Promise<unknown>]>([
    ['replace main\'s manifest', () => write(`${MAIN}manifest`)],
    ['replace main\'s manifest, which it has read', async () => write(`${MAIN}manifest`, { IfMatch: await etagOf(`${MAIN}manifest`) })],
    ['begin a manifest of main', () => write('v1/main/another/manifest', { IfNoneMatch: '*' })],
    ['replace an object of main', () => write(objectIn(MAIN))],
    ['add an object to main', () => write(`${MAIN}objects/${NEW}`, { IfNoneMatch: '*' })],
    ['take a lease of main', () => write(`${MAIN}leases/${NEW}`, { IfNoneMatch: '*' })],
    ['copy something to main', () => copy(`${OWN}manifest`, `${MAIN}manifest`)],
    ['upload something to main in parts', () => uploadInParts(`${MAIN}manifest`)],
    ['replace an object of its own', () => write(objectIn(OWN))],
    ['replace an object of its own, which it has read', async () => write(objectIn(OWN), { IfMatch: await etagOf(objectIn(OWN)) })],
    ['replace its own manifest unread', () => write(`${OWN}manifest`)],
    ['write a lease unread', () => write(`${OWN}leases/${NEW}`)],
    ['copy over an object of its own', () => copy(`${MAIN}manifest`, objectIn(OWN))],
    ['upload an object of its own in parts', () => uploadInParts(objectIn(OWN))],
    ['write into another scope', () => write('v1/release/default/manifest', { IfNoneMatch: '*' })],
    ['write elsewhere', () => write('elsewhere', { IfNoneMatch: '*' })],
  ])('cannot %s', async (_, attempt) => {
    const before = below('');
    await refused(attempt, 's3:PutObject');
    expect(below('')).toEqual(before);
  });

  test.each([['main\'s manifest', `${MAIN}manifest`], ['an object of main', ''], ['its own manifest', `${OWN}manifest`]])(
    'cannot delete %s', async (_, key) => {
      const before = below('');
      await refused(() => attacker.send(new DeleteObjectCommand(at(key || objectIn(MAIN)))), 's3:DeleteObject');
      expect(below('')).toEqual(before);
    });

  test('can do to its own what the client does, and main goes on with its own', async () => {
    await write(`${OWN}objects/${NEW}`, { IfNoneMatch: '*' });
    await write(`${OWN}manifest`, { IfMatch: await etagOf(`${OWN}manifest`) });
    expect(await run('Release', 'x', 'again')).toMatchObject({ value: 'honest', from: 'main' });
  });

  test('is held by the policies, and by nothing else: without them it would get through', async () => {
    const withoutBucketPolicy = Object.entries(template.Resources).filter(([, { Type }]) => Type !== 'AWS::S3::BucketPolicy');
    guard(server, { Resources: Object.fromEntries(withoutBucketPolicy) });
    await write(objectIn(OWN));
    await refused(() => write(objectIn(MAIN)), 's3:PutObject');
    server.intercept(undefined);
    await write(objectIn(MAIN));
  });
});
