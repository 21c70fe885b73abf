// What each grant permits works, through the library's own client and terminal; the nearest thing that it must not permit is refused.
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import {
  CopyObjectCommand, CreateMultipartUploadCommand, DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client,
} from '@aws-sdk/client-s3';
import { DecryptCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { newRole, refused, type E2e } from '../../kit';
import { Caller } from './caller';
import { creep } from './creep';

export { notShown, unused } from './lists';

const MAIN = 'v1/main/default/';
const ANY = `${MAIN}objects/${'f'.repeat(64)}`;
const ONCE = { IfNoneMatch: '*', Body: 'x' } as const;

export async function drive(e2e: E2e): Promise<void> {
  for (const of of ['', 'Imported']) {
    await pusher(e2e, of);
    await puller(e2e, of);
    await creep(e2e, of);
    await operator(e2e, of);
  }
  await bucketPolicy(e2e);
  await retention(e2e);
  await keys(e2e);
}

const callerOf = async (e2e: E2e, role: string) => new Caller(e2e, await e2e.assume(e2e.outputs[`${role}RoleArn`]!));
const made = (value: string, kept: string[]) => ({ value, from: undefined, kept, errors: [] });
const reused = (value: string) => ({ value, from: 'main', kept: [], errors: [] });

async function pusher(e2e: E2e, of: string): Promise<void> {
  const { check, outputs: { Bucket, ForeignBucket, Switches } } = e2e;
  const caller = await callerOf(e2e, `${of}Pusher`);
  const { s3 } = caller;

  await check(`grantPush${named(of)}: results with files, with a lease and without, and folders`, async () => {
    deepStrictEqual(await caller.run(`${of}pushed`, 'one'), made('one', ['main']));
    deepStrictEqual(await caller.run(`${of}leased`, 'two', { lease: true }), made('two', ['main']));
    deepStrictEqual(await caller.run(`${of}leased`, 'three', { lease: true }), reused('two'));
    strictEqual((await caller.push({ 'Task/a.json': `a${of}`, 'Task/b.json': 'b' })).outcome, 'stored');
    strictEqual((await caller.pull('Task/a.json')).content, `a${of}`);
  });

  await check(`grantPush${named(of)}: nothing is deleted; no other scope, bucket or parameter is written or read`, async () => {
    await refused(() => s3.send(new DeleteObjectCommand({ Bucket, Key: `${MAIN}manifest` })), 's3:DeleteObject');
    for (const Key of ['v1/main2/default/manifest', 'v1/pull-request/default/manifest', 'elsewhere']) {
      await refused(() => s3.send(new PutObjectCommand({ Bucket, Key, ...ONCE })), 's3:PutObject');
      await refused(() => s3.send(new GetObjectCommand({ Bucket, Key })), 's3:GetObject');
    }
    await refused(() => s3.send(new PutObjectCommand({ Bucket: ForeignBucket, Key: ANY, ...ONCE })), 's3:PutObject');
    await refused(() => caller.identity.as(SSMClient).send(put(Switches!)), 'ssm:PutParameter');
  });
}

async function puller(e2e: E2e, of: string): Promise<void> {
  const { check, outputs: { Bucket, ForeignBucket, ForeignSwitches, Switches } } = e2e;
  const caller = await callerOf(e2e, `${of}Puller`);
  const { s3 } = caller;
  const ssm = caller.identity.as(SSMClient);

  await check(`grantPull${named(of)}: results and folders of others; what it makes itself is kept nowhere, and that is no error`, async () => {
    deepStrictEqual(await caller.run(`${of}pushed`, 'other', { mode: 'remote:r' }), reused('one'));
    strictEqual((await caller.pull('Task/a.json')).content, `a${of}`);
    deepStrictEqual(await caller.run(`${of}own`, 'own', { mode: 'remote:r' }), made('own', []));
  });

  await check(`grantPull${named(of)}: a client that would write all the same is told, and goes on`, async () => {
    const { value, kept, errors } = await caller.run(`${of}own`, 'own');
    deepStrictEqual([value, kept, errors.length], ['own', [], 1]);
    match(errors[0]!, /s3:PutObject/);
  });

  await check(`grantPull${named(of)}: nothing is written, deleted or switched, and nothing of others is read`, async () => {
    await refused(() => s3.send(new PutObjectCommand({ Bucket, Key: ANY, ...ONCE })), 's3:PutObject');
    await refused(() => s3.send(new DeleteObjectCommand({ Bucket, Key: `${MAIN}manifest` })), 's3:DeleteObject');
    await refused(() => s3.send(new GetObjectCommand({ Bucket, Key: 'v1/pull-request/default/manifest' })), 's3:GetObject');
    await refused(() => s3.send(new ListObjectsV2Command({ Bucket: ForeignBucket })), 's3:ListBucket');
    await refused(() => s3.send(new GetObjectCommand({ Bucket: ForeignBucket, Key: `${MAIN}manifest` })), 's3:GetObject');
    await refused(() => ssm.send(put(Switches!)), 'ssm:PutParameter');
    await refused(() => ssm.send(new GetParameterCommand({ Name: ForeignSwitches })), 'ssm:GetParameter');
  });
}

async function operator(e2e: E2e, of: string): Promise<void> {
  const { check, outputs: { Bucket, ForeignBucket, ForeignSwitches } } = e2e;
  const caller = await callerOf(e2e, `${of}Operator`);
  const { s3 } = caller;
  const tasks = async (...args: string[]) => {
    const { code, stdout, stderr } = await caller.terminal(...args);
    strictEqual(code, 0, `tasks ${args.join(' ')}: ${stderr}${stdout}`);
    return stdout;
  };

  await check(`grantOperate${named(of)}: status, switches, invalidate, epoch, verify, clear and gc at a terminal`, async () => {
    match(await tasks('status'), /everything is on/);
    match(await tasks('disable'), /everything is off now/);
    deepStrictEqual(await (await callerOf(e2e, `${of}Pusher`)).run(`${of}pushed`, 'off'), made('off', []));
    match(await tasks('enable'), /everything is on now/);
    deepStrictEqual(await (await callerOf(e2e, `${of}Pusher`)).run(`${of}pushed`, 'on'), reused('one'));
    await tasks('verify');
    await tasks('epoch', 'release');
    await tasks('invalidate', 'GrantsTask');
    deepStrictEqual(await (await callerOf(e2e, `${of}Pusher`)).run(`${of}pushed`, 'anew'), made('anew', ['main']));
    await tasks('clear', '--yes');
    await tasks('gc', '--grace', '1s');
    await new Promise((resolve) => { setTimeout(resolve, 2_500); }); // the grace, by the store's clock, which counts whole seconds
    await tasks('gc', '--grace', '1s');
    await new Promise((resolve) => { setTimeout(resolve, 2_500); });
    await tasks('gc', '--grace', '1s');
    const { Contents = [] } = await e2e.root.as(S3Client).send(new ListObjectsV2Command({ Bucket, Prefix: `${MAIN}objects/` }));
    deepStrictEqual(Contents, []);
  });

  await check(`grantOperate${named(of)}: other scopes, other buckets and other parameters are left alone`, async () => {
    await refused(() => s3.send(new DeleteObjectCommand({ Bucket, Key: 'v1/pull-request/default/manifest' })), 's3:DeleteObject');
    await refused(() => s3.send(new PutObjectCommand({ Bucket, Key: 'v1/pull-request/default/manifest', ...ONCE })), 's3:PutObject');
    await refused(() => s3.send(new GetObjectCommand({ Bucket, Key: 'v1/pull-request/default/manifest' })), 's3:GetObject');
    await refused(() => s3.send(new DeleteObjectCommand({ Bucket: ForeignBucket, Key: `${MAIN}manifest` })), 's3:DeleteObject');
    await refused(() => caller.identity.as(SSMClient).send(put(ForeignSwitches!)), 'ssm:PutParameter');
  });
}

/** Against everybody, whatever else he may. */
async function bucketPolicy({ check, outputs: { Bucket }, root }: E2e): Promise<void> {
  const s3 = (await newRole(root, 'storer', [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }])).as(S3Client);

  await check('the bucket\'s policy: who has all rights replaces no object, and no document that he has not read', async () => {
    const [object, document] = [ANY, `${MAIN}leases/x`];
    const ETag: Record<string, string> = {};
    for (const Key of [object, document]) ETag[Key] = (await s3.send(new PutObjectCommand({ Bucket, Key, ...ONCE }))).ETag!;
    await refused(() => s3.send(new PutObjectCommand({ Bucket, Key: object, Body: 'y' })), 's3:PutObject');
    await refused(() => s3.send(new PutObjectCommand({ Bucket, Key: object, Body: 'y', IfMatch: ETag[object] })), 's3:PutObject');
    await refused(() => s3.send(new PutObjectCommand({ Bucket, Key: document, Body: 'y' })), 's3:PutObject');
    await s3.send(new PutObjectCommand({ Bucket, Key: document, Body: 'y', IfMatch: ETag[document] }));
    for (const Key of [object, document, 'v1/anything']) {
      await refused(() => s3.send(new CreateMultipartUploadCommand({ Bucket, Key })), 's3:PutObject');
      await refused(() => s3.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${document}` })), 's3:PutObject');
    }
    for (const Key of [object, document]) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  });
}

async function retention(e2e: E2e): Promise<void> {
  const { check, outputs, root, stack } = e2e;
  await check('the retention goes through all scopes of its own bucket, and leaves another cache\'s alone', async () => {
    const s3 = root.as(S3Client);
    const caller = await callerOf(e2e, 'Pusher');
    await caller.run('retained', 'kept');
    const keysIn = async (Bucket: string) => ((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map(({ Key }) => Key!);
    const stray = { Bucket: outputs.ForeignBucket!, Key: ANY };
    await s3.send(new PutObjectCommand({ ...stray, ...ONCE }));
    const before = await keysIn(outputs.Bucket!);
    const { physicalId: FunctionName } = stack.find('AWS::Lambda::Function', 'TaskGrants/Cache/Retention/');
    const { FunctionError } = await root.as(LambdaClient).send(new InvokeCommand({ FunctionName }));
    strictEqual(FunctionError, undefined);
    deepStrictEqual(await keysIn(outputs.Bucket!), before, 'what is younger than the grace has been deleted');
    deepStrictEqual(await keysIn(stray.Bucket), [stray.Key]);
    const lines = (await e2e.logs(FunctionName)).filter((line) => line.includes('"notice":"retained"'));
    ok(['main', 'pull-request'].every((scope) => lines.some((line) => line.includes(`"scope":"${scope}"`) && line.includes('"failures":0'))));
    deepStrictEqual(await caller.run('retained', 'anew'), reused('kept'));
  });
}

async function keys(e2e: E2e): Promise<void> {
  const { check, outputs, root } = e2e;
  await check('no grant permits to use the key that encrypts the bucket, but by way of S3', async () => {
    const { CiphertextBlob } = await root.as(KMSClient).send(new EncryptCommand({ KeyId: outputs.KeyArn, Plaintext: Buffer.from('secret') }));
    for (const role of ['Puller', 'Pusher', 'Operator', 'PullRequest'].flatMap((name) => [name, `Imported${name}`])) {
      const kms = (await callerOf(e2e, role)).identity.as(KMSClient);
      await refused(() => kms.send(new DecryptCommand({ KeyId: outputs.KeyArn, CiphertextBlob })), 'kms:Decrypt');
    }
  });
}

const put = (Name: string) => new PutParameterCommand({ Name, Value: '{}', Overwrite: true });

const named = (of: string) => of === '' ? '' : `, ${of.toLowerCase()}`;
