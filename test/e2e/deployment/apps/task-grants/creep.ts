// Cache race-condition exploit enables poisoning, step by step: whoever may write for pull requests tries to have what he has made be used by main.
// What the policies of role and bucket say is all that stands in the way; the client is his.
import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import {
  CopyObjectCommand, CreateMultipartUploadCommand, DeleteBucketPolicyCommand, DeleteObjectCommand, DeleteObjectsCommand, GetObjectCommand,
  ListObjectsV2Command, ListObjectVersionsCommand, PutBucketPolicyCommand, PutObjectCommand, S3Client, UploadPartCommand,
} from '@aws-sdk/client-s3';
import { refused, type E2e } from '../../kit';
import { Caller } from './caller';

const MAIN = 'v1/main/default/';
const OWN = 'v1/pull-request/default/';
const POISON = { Body: 'poisoned' };

/** @param of the roles' names begin with this */
export async function creep(e2e: E2e, of = ''): Promise<void> {
  const { check, note, outputs, root } = e2e;
  const { Bucket } = outputs;
  const main = new Caller(e2e, await e2e.assume(outputs[`${of}PusherRoleArn`]!));
  const pullRequest = new Caller(e2e, await e2e.assume(outputs[`${of}PullRequestRoleArn`]!), 'pull-request', 'main');
  const { s3 } = pullRequest;
  const title = (text: string) => of === '' ? `CREEP: ${text}` : `CREEP, with ${of.toLowerCase()} names: ${text}`;
  const [contested, other] = [`${of}contested`, `${of}other`];

  /** What is below a prefix, with its content's ETag and version. */
  const all = async (Prefix: string) => {
    const { Contents = [] } = await root.as(S3Client).send(new ListObjectsV2Command({ Bucket, Prefix }));
    return Contents.map(({ Key, ETag, LastModified }) => `${Key} ${ETag} ${LastModified?.toISOString()}`);
  };
  const etag = async (Key: string) => (await s3.send(new GetObjectCommand({ Bucket, Key }))).ETag!;
  const anObject = async (prefix: string) => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: `${prefix}objects/` }));
    return Contents[0]!.Key!;
  };

  await check(title('a pull request is first with main\'s key; main does not see its result, and makes its own'), async () => {
    deepStrictEqual(await pullRequest.run(contested, 'poisoned'), { value: 'poisoned', from: undefined, kept: ['pull-request'], errors: [] });
    const before = await all(MAIN);
    deepStrictEqual(await pullRequest.run(contested, 'again'), { value: 'poisoned', from: 'pull-request', kept: [], errors: [] });
    deepStrictEqual(await all(MAIN), before);
    deepStrictEqual(await main.run(contested, 'honest'), { value: 'honest', from: undefined, kept: ['main'], errors: [] });
    deepStrictEqual(await main.run(contested, 'again'), { value: 'honest', from: 'main', kept: [], errors: [] });
  });

  await check(title('in main\'s prefix it can write, replace and delete nothing, with what condition ever'), async () => {
    const before = await all(MAIN);
    const versions = async () => (await root.as(S3Client).send(new ListObjectVersionsCommand({ Bucket, Prefix: MAIN }))).Versions!.length;
    const versionsBefore = await versions();
    const [manifest, object] = [`${MAIN}manifest`, await anObject(MAIN)];
    const [ofManifest, ofObject] = [await etag(manifest), await etag(object)];
    const puts = [
      { Key: manifest }, { Key: manifest, IfMatch: ofManifest }, { Key: manifest, IfNoneMatch: '*' },
      { Key: object }, { Key: object, IfMatch: ofObject }, { Key: object, IfNoneMatch: '*' },
      { Key: `${MAIN}objects/${'0'.repeat(64)}`, IfNoneMatch: '*' }, { Key: `${MAIN}leases/${'0'.repeat(64)}`, IfNoneMatch: '*' },
      { Key: 'v1/main/another/manifest', IfNoneMatch: '*' },
    ];
    for (const put of puts) await refused(() => s3.send(new PutObjectCommand({ Bucket, ...POISON, ...put })), 's3:PutObject');
    for (const Key of [manifest, object]) {
      await refused(() => s3.send(new DeleteObjectCommand({ Bucket, Key })), 's3:DeleteObject');
      await refused(() => s3.send(new CreateMultipartUploadCommand({ Bucket, Key })), 's3:PutObject');
      await refused(() => s3.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${OWN}manifest` })), 's3:PutObject');
    }
    const Delete = { Objects: [{ Key: manifest }, { Key: object }] };
    await refused(() => s3.send(new DeleteObjectsCommand({ Bucket, Delete })), 's3:DeleteObject'); // AWS tells so of each object
    deepStrictEqual(await all(MAIN), before);
    strictEqual(await versions(), versionsBefore);
    note(`${puts.length} ways to write, and to delete, copy and upload in parts: ${before.length} objects of main as they were`);
  });

  await check(title('in its own prefix it can replace no object, and no manifest that it has not read'), async () => {
    const before = await all(OWN);
    const [manifest, object] = [`${OWN}manifest`, await anObject(OWN)];
    const puts = [{ Key: object }, { Key: object, IfMatch: await etag(object) }, { Key: manifest }, { Key: `${OWN}leases/${'0'.repeat(64)}` }];
    for (const put of puts) await refused(() => s3.send(new PutObjectCommand({ Bucket, ...POISON, ...put })), 's3:PutObject');
    for (const Key of [manifest, object]) {
      await refused(() => s3.send(new DeleteObjectCommand({ Bucket, Key })), 's3:DeleteObject');
      await refused(() => s3.send(new CreateMultipartUploadCommand({ Bucket, Key })), 's3:PutObject');
      await refused(() => s3.send(new UploadPartCommand({ Bucket, Key, UploadId: 'x', PartNumber: 1, Body: 'x' })), 's3:PutObject');
      await refused(() => s3.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${MAIN}manifest` })), 's3:PutObject');
    }
    deepStrictEqual(await all(OWN), before);
  });

  await check(title('the policy that says so is not its to change'), async () => {
    await refused(() => s3.send(new DeleteBucketPolicyCommand({ Bucket })), 's3:DeleteBucketPolicy');
    await refused(() => s3.send(new PutBucketPolicyCommand({ Bucket, Policy: '{}' })), 's3:PutBucketPolicy');
  });

  await check(title('main goes on with its own; what it stores, the pull request reads'), async () => {
    deepStrictEqual(await main.run(contested, 'again'), { value: 'honest', from: 'main', kept: [], errors: [] });
    deepStrictEqual(await main.run(other, 'honest'), { value: 'honest', from: undefined, kept: ['main'], errors: [] });
    deepStrictEqual(await pullRequest.run(other, 'poisoned'), { value: 'honest', from: 'main', kept: [], errors: [] });
    ok((await all(OWN)).every((line) => line.startsWith(OWN)));
  });
}
