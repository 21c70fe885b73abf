// What each grant permits works, through the library's own client and terminal; the nearest thing that it must not permit is refused.
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { DecryptCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  GetFunctionConfigurationCommand, InvokeCommand, LambdaClient, UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import {
  DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client,
} from '@aws-sdk/client-s3';
import {
  GetSecretValueCommand, PutSecretValueCommand, RotateSecretCommand, SecretsManagerClient, UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { liveMinutePrefix } from '../../../../../lib/contract/live';
import { refused, type E2e } from '../../kit';
import { admitUser, Caller, WITH_KEY } from './caller';

export { notShown, unused } from './lists';

const OVER = '2026-01-01T00:00';

export async function drive(e2e: E2e): Promise<void> {
  await e2e.check('the index asks for the password that its secret has', () => admitUser(e2e));
  await writer(e2e);
  await reader(e2e);
  await invalidator(e2e);
  await operator(e2e);
  await imported(e2e);
  await elsewhere(e2e);
  await rotator(e2e);
  await keys(e2e);
  await sweeper(e2e);
}

const callerOf = async (e2e: E2e, role: string) => new Caller(e2e, await e2e.assume(e2e.outputs[`${role}RoleArn`]));
/** What a client says of what it found in the cache, or stored in it. */
const found = (status: string, stored: number) => ({ status, whole: true, errors: 0, stored });

async function writer(e2e: E2e): Promise<void> {
  const { check, outputs } = e2e;
  const caller = await callerOf(e2e, 'Writer');
  const s3 = caller.identity.as(S3Client);

  await check('grantReadWrite: all that the client does, for results in the bucket and in the index', async () => {
    for (const size of ['large', 'small'] as const) {
      deepStrictEqual(await caller.ask(size, size), found('miss', 1));
      deepStrictEqual(await caller.ask(size, size), found('hit', 0));
    }
  });

  await check('grantReadWrite: no plain object, no deletion, no other namespace or bucket', async () => {
    const Key = `${liveMinutePrefix(outputs.Namespace, OVER)}attempt/00000`;
    await s3.send(new PutObjectCommand({ Bucket: outputs.Bucket, Key, Body: 'x', ...WITH_KEY }));
    await refused(() => s3.send(new PutObjectCommand({ Bucket: outputs.Bucket, Key, Body: 'x' })), 's3:PutObject');
    await refused(() => s3.send(new DeleteObjectCommand({ Bucket: outputs.Bucket, Key })), 's3:DeleteObject');
    const other = `${liveMinutePrefix(`${outputs.Namespace}2`, OVER)}attempt/00000`;
    await refused(() => s3.send(new PutObjectCommand({ Bucket: outputs.Bucket, Key: other, Body: 'x', ...WITH_KEY })), 's3:PutObject');
    await refused(() => s3.send(new GetObjectCommand({ Bucket: outputs.Bucket, Key: other })), 's3:GetObject');
    await refused(() => s3.send(new PutObjectCommand({ Bucket: outputs.ForeignBucket, Key, Body: 'x', ...WITH_KEY })), 's3:PutObject');
  });
}

async function reader(e2e: E2e): Promise<void> {
  const { check, outputs } = e2e;
  const caller = await callerOf(e2e, 'Reader');
  const s3 = caller.identity.as(S3Client);

  await check('grantRead: results of others, from the bucket and from the index', async () => {
    for (const size of ['large', 'small'] as const) deepStrictEqual(await caller.ask(size, size), found('hit', 0));
  });

  await check('grantRead: what it executes itself reaches its caller, and others only through the index', async () => {
    deepStrictEqual(await caller.ask('own, small', 'small'), found('miss', 1));
    const { whole, stored } = await caller.ask('own, large', 'large');
    deepStrictEqual([whole, stored], [true, 0]);
    strictEqual((await (await callerOf(e2e, 'Writer')).ask('own, small', 'small')).status, 'hit');
  });

  await check('grantRead: no object is stored or deleted, and none of another namespace or bucket read', async () => {
    const Key = `${liveMinutePrefix(outputs.Namespace, OVER)}attempt/00000`;
    await refused(() => s3.send(new PutObjectCommand({ Bucket: outputs.Bucket, Key, Body: 'x', ...WITH_KEY })), 's3:PutObject');
    await refused(() => s3.send(new DeleteObjectCommand({ Bucket: outputs.Bucket, Key })), 's3:DeleteObject');
    await refused(() => s3.send(new GetObjectCommand({ Bucket: outputs.Bucket, Key: 'v1/another/x' })), 's3:GetObject');
    await refused(() => s3.send(new ListObjectsV2Command({ Bucket: outputs.ForeignBucket })), 's3:ListBucket');
    await refused(() => s3.send(new GetObjectCommand({ Bucket: outputs.ForeignBucket, Key })), 's3:GetObject');
  });
}

async function invalidator(e2e: E2e): Promise<void> {
  const { check, outputs } = e2e;
  const caller = await callerOf(e2e, 'Invalidator');
  const s3 = caller.identity.as(S3Client);

  await check('grantInvalidate: a tag at a terminal, and a look at the index and at the versions of the keys', async () => {
    const { code, stderr } = await caller.terminal(false, 'invalidate', '--tag', 'small');
    strictEqual(code, 0, stderr);
    strictEqual((await (await callerOf(e2e, 'Writer')).ask('small', 'small')).status, 'miss');
    match((await caller.terminal(false, 'status')).stdout, /keys +version 1/);
  });

  await check('grantInvalidate: nothing in the bucket is seen, read or deleted', async () => {
    const object = { Bucket: outputs.Bucket, Key: `v1/${outputs.Namespace}/x` };
    await refused(() => s3.send(new ListObjectsV2Command({ Bucket: outputs.Bucket })), 's3:ListBucket');
    await refused(() => s3.send(new GetObjectCommand(object)), 's3:GetObject');
    await refused(() => s3.send(new PutObjectCommand({ ...object, Body: 'x', ...WITH_KEY })), 's3:PutObject');
    await refused(() => s3.send(new DeleteObjectCommand(object)), 's3:DeleteObject');
  });
}

async function operator(e2e: E2e): Promise<void> {
  const { check, outputs } = e2e;
  const caller = await callerOf(e2e, 'Operator');
  const s3 = caller.identity.as(S3Client);
  const live = async (...args: string[]) => {
    const { code, stdout, stderr } = await caller.terminal(true, ...args);
    strictEqual(code, 0, `live ${args.join(' ')}: ${stderr}`);
    return stdout;
  };

  await check('grantOperate: status, ls, inspect, invalidate, rotate-key and purge at a terminal', async () => {
    match(await live('status'), /keys +version 1/);
    const { results } = JSON.parse(await live('ls', '--scope', 'tenant', '--json')) as { results: { id: string; objects: number }[] };
    const large = results.find(({ objects }) => objects > 0)!;
    match(await live('inspect', large.id), /stored +\d objects?; may be deleted after/);
    await live('invalidate', '--dataset', 'sales');
    match(await live('rotate-key', '--yes'), /version 2, in place of 1/);
    match(await live('purge', '--scope', 'tenant', '--yes'), /purged [1-9]\d* results? in the index, [1-9]/);
    deepStrictEqual(await (await callerOf(e2e, 'Writer')).ask('large', 'large'), found('miss', 1));
  });

  await check('grantOperate: results can be deleted, and not read or written; nothing beside the cache is listed', async () => {
    const Key = `${liveMinutePrefix(outputs.Namespace, OVER)}attempt/00000`;
    await refused(() => s3.send(new GetObjectCommand({ Bucket: outputs.Bucket, Key })), 's3:GetObject');
    await refused(() => s3.send(new PutObjectCommand({ Bucket: outputs.Bucket, Key, Body: 'x', ...WITH_KEY })), 's3:PutObject');
    await refused(() => s3.send(new ListObjectsV2Command({ Bucket: outputs.Bucket })), 's3:ListBucket');
    await refused(() => s3.send(new ListObjectsV2Command({ Bucket: outputs.Bucket, Prefix: `v1/${outputs.Namespace}2/` })), 's3:ListBucket');
    await refused(() => s3.send(new DeleteObjectCommand({ Bucket: outputs.Bucket, Key: 'v1/another/x' })), 's3:DeleteObject');
    await refused(() => s3.send(new DeleteObjectCommand({ Bucket: outputs.ForeignBucket, Key })), 's3:DeleteObject');
  });
}

async function imported(e2e: E2e): Promise<void> {
  const { check } = e2e;
  await check('the same grants on a cache that is known by its attributes', async () => {
    const [write, read] = [await callerOf(e2e, 'ImportedWriter'), await callerOf(e2e, 'ImportedReader')];
    deepStrictEqual(await write.ask('imported', 'large'), found('miss', 1));
    for (const caller of [read, write]) deepStrictEqual(await caller.ask('imported', 'large'), found('hit', 0));
    strictEqual((await (await callerOf(e2e, 'ImportedInvalidator')).terminal(false, 'invalidate', '--tag', 'imported')).code, 0);
    strictEqual((await write.ask('imported', 'large')).status, 'miss');
    const operates = await callerOf(e2e, 'ImportedOperator');
    for (const args of [['status'], ['rotate-key', '--yes'], ['purge', '--scope', 'tenant', '--yes']]) {
      const { code, stderr } = await operates.terminal(true, ...args);
      strictEqual(code, 0, `live ${args.join(' ')}: ${stderr}`);
    }
  });
}

/** Its access key decides what can be done there. */
async function elsewhere(e2e: E2e): Promise<void> {
  const { check, outputs } = e2e;
  const read = async (role: string, SecretId: string) =>
    (await callerOf(e2e, `Elsewhere${role}`)).identity.as(SecretsManagerClient).send(new GetSecretValueCommand({ SecretId }));

  await check('with another service\'s bucket its access key comes with each grant but grantInvalidate, and nothing on a bucket of AWS', async () => {
    for (const role of ['Reader', 'Writer', 'Operator']) ok((await read(role, outputs.CredentialsArn)).SecretString);
    await refused(() => read('Invalidator', outputs.CredentialsArn), 'secretsmanager:GetSecretValue');
    for (const role of ['Reader', 'Writer', 'Operator', 'Invalidator']) {
      for (const secret of [outputs.MasterKeyArn, outputs.PasswordArn]) ok((await read(role, secret)).SecretString);
      const s3 = (await callerOf(e2e, `Elsewhere${role}`)).identity.as(S3Client);
      await refused(() => s3.send(new ListObjectsV2Command({ Bucket: outputs.Bucket, Prefix: 'v1/elsewhere/' })), 's3:ListBucket');
    }
  });
}

async function rotator(e2e: E2e): Promise<void> {
  await e2e.check('grantOperate is not enough to rotate where the function that does is not known', async () => {
    const secrets = (await callerOf(e2e, 'ElsewhereOperator')).identity.as(SecretsManagerClient);
    await refused(() => secrets.send(new RotateSecretCommand({ SecretId: e2e.outputs.MasterKeyArn })), 'lambda:InvokeFunction');
  });
}

async function keys(e2e: E2e): Promise<void> {
  const { check, outputs, root } = e2e;

  await check('no grant permits to change the master keys, to read another cache\'s, or to use the key that encrypts them', async () => {
    const { CiphertextBlob } = await root.as(KMSClient).send(new EncryptCommand({ KeyId: outputs.KeyArn, Plaintext: Buffer.from('secret') }));
    for (const role of ['Reader', 'Writer', 'Invalidator', 'Operator'].flatMap((name) => [name, `Imported${name}`])) {
      const { identity } = await callerOf(e2e, role);
      const [secrets, kms] = [identity.as(SecretsManagerClient), identity.as(KMSClient)];
      const SecretId = outputs.MasterKeyArn;
      await refused(() => secrets.send(new PutSecretValueCommand({ SecretId, SecretString: '{}' })), 'secretsmanager:PutSecretValue');
      const move = { SecretId, VersionStage: 'AWSCURRENT', MoveToVersionId: 'x'.repeat(32) };
      await refused(() => secrets.send(new UpdateSecretVersionStageCommand(move)), 'secretsmanager:UpdateSecretVersionStage');
      if (!role.endsWith('Operator')) await refused(() => secrets.send(new RotateSecretCommand({ SecretId })), 'secretsmanager:RotateSecret');
      const foreign = { SecretId: outputs.ForeignMasterKeyArn };
      await refused(() => secrets.send(new GetSecretValueCommand(foreign)), 'secretsmanager:GetSecretValue');
      await refused(() => secrets.send(new RotateSecretCommand(foreign)), 'secretsmanager:RotateSecret');
      await refused(() => kms.send(new DecryptCommand({ KeyId: outputs.KeyArn, CiphertextBlob })), 'kms:Decrypt');
    }
  });
}

async function sweeper({ check, outputs, root, stack }: E2e): Promise<void> {
  await check('the sweeper deletes what is over in its own bucket, which it cannot read, and leaves another cache\'s alone', async () => {
    const [s3, lambda] = [root.as(S3Client), root.as(LambdaClient)];
    const object = (Bucket: string, namespace: string) => ({ Bucket, Key: `${liveMinutePrefix(namespace, OVER)}attempt/00001` });
    const [own, foreign] = [object(outputs.Bucket, outputs.Namespace), object(outputs.ForeignBucket, outputs.ForeignNamespace)];
    for (const each of [own, foreign]) await s3.send(new PutObjectCommand({ ...each, Body: 'x', ...WITH_KEY }));
    const { physicalId: FunctionName } = stack.find('AWS::Lambda::Function', 'LiveGrants/Cache/Sweeper/');
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const Variables = { ...Environment!.Variables, LIVE_GRACE: '0' }; // otherwise what was written just now would stay for ten minutes
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
    const { FunctionError } = await lambda.send(new InvokeCommand({ FunctionName }));
    strictEqual(FunctionError, undefined);
    const keysIn = async (Bucket: string) => ((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map(({ Key }) => Key!);
    ok(!(await keysIn(outputs.Bucket)).includes(own.Key));
    deepStrictEqual(await keysIn(outputs.ForeignBucket), [foreign.Key]);
  });
}
