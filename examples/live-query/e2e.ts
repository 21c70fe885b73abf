// What is shown of this example once it is deployed: see CONTRIBUTING.md, "An example".
import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from 'node:assert';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { eventually, newRole, refused, type E2e, type HttpResponse } from '../../test/e2e/deployment/kit';
import { checkPage } from './test/check-page';
import { Deployed, WITH_KEY } from './test/deployed';

export { notShown, retained, unused } from './test/lists';

/** As many as the page asks for, and not more: each of the function's processes makes its own table. */
export const context = { rows: '200000' };

const LARGE = 'SELECT * FROM sales ORDER BY id LIMIT 50000';
const SMALL = 'SELECT country, count(*) AS sales FROM sales GROUP BY country ORDER BY country';

export async function drive(e2e: E2e): Promise<void> {
  const deployed = new Deployed(e2e);
  await withoutIndex(e2e, deployed);
  await results(e2e, deployed);
  await terminal(e2e, deployed);
  await bucket(e2e, deployed);
  await page(e2e);
  await sweeper(e2e, deployed);
  await log(e2e, deployed);
  await rotation(e2e, deployed);
  await purge(e2e, deployed);
}

const cacheOf = ({ status, headers, body }: HttpResponse) => {
  strictEqual(status, 200, body);
  return headers['x-cache'];
};

/** Dragonfly's task is a stub here. So this is how it is while it is away. */
async function withoutIndex(e2e: E2e, deployed: Deployed): Promise<void> {
  const { check, note, root, stack } = e2e;

  await check('Dragonfly is deployed, and its task is not run here: queries are answered all the same, and nothing is kept', async () => {
    note(`not run: ${stack.find('AWS::ECS::Service').path}`);
    const caller = await callerOf(e2e);
    for (let i = 0; i < 2; i += 1) strictEqual(cacheOf(await deployed.ask(LARGE, { tenant: 'acme', as: caller })), 'bypass; reason=index');
    deepStrictEqual(await deployed.keys(), []);
  });

  await check('the function\'s URL lets in who may call it, and signs; nobody else', async () => {
    strictEqual((await deployed.ask(SMALL)).status, 403);
    strictEqual((await deployed.ask(SMALL, { as: await e2e.stranger() })).status, 403);
    strictEqual((await deployed.ask(SMALL, { as: root })).status, 200);
  });
}

async function callerOf({ root, stack }: E2e) {
  const { physicalId } = stack.find('AWS::Lambda::Function', 'LiveQuery/Query');
  const Resource = `arn:aws:lambda:*:*:function:${physicalId}`;
  return newRole(root, 'caller', [{ Effect: 'Allow', Action: ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'], Resource }]);
}

async function results(e2e: E2e, deployed: Deployed): Promise<void> {
  const { check, note } = e2e;

  await check('an index is named, and the function\'s URL opened', async () => {
    await e2e.deploy({ indexUrl: e2e.redis, open: 'true' });
    note('what is deployed from here on has the leg\'s redis-server for its index');
  });

  await check('a result is executed once, is the same from the cache, and lies in the bucket in several objects', async () => {
    const [first, second] = [await deployed.ask(LARGE, { tenant: 'acme' }), await deployed.ask(LARGE, { tenant: 'acme' })];
    deepStrictEqual([cacheOf(first), cacheOf(second)], ['miss', 'hit']);
    strictEqual(first.headers['content-type'], 'application/vnd.apache.arrow.stream');
    ok(first.bytes.equals(second.bytes), 'the hit has other bytes');
    strictEqual(Number(second.headers['content-length']), first.bytes.length);
    const objects = await deployed.objects();
    strictEqual(objects.reduce((sum, { Size = 0 }) => sum + Size, 0), first.bytes.length);
    ok(objects.length > 1, `${objects.length} objects`);
    ok(objects.every(({ Key }) => Key!.startsWith(`v1/${deployed.namespace}/`)));
  });

  await check('a small result is in the index, and not in the bucket', async () => {
    const before = await deployed.keys();
    for (const expected of ['miss', 'hit']) strictEqual(cacheOf(await deployed.ask(SMALL, { tenant: 'acme' })), expected);
    deepStrictEqual(await deployed.keys(), before);
  });

  await check('processes of the function share one execution', async () => {
    const sql = `${LARGE} -- shared`;
    const answers = await Promise.all([1, 2, 3].map(() => deployed.ask(sql, { tenant: 'acme' })));
    const found = answers.map(cacheOf).sort();
    note(found.join(', '));
    strictEqual(found.filter((each) => each === 'miss').length, 1);
    ok(found.every((each) => ['hit', 'joined', 'miss'].includes(String(each))));
    for (const { bytes } of answers) ok(bytes.equals(answers[0].bytes));
  });

  await check('another tenant does not share it, and without a tenant nothing is kept', async () => {
    strictEqual(cacheOf(await deployed.ask(LARGE, { tenant: 'other' })), 'miss');
    for (let i = 0; i < 2; i += 1) strictEqual(cacheOf(await deployed.ask(LARGE)), 'bypass; reason=no-scope');
  });

  await check('a preview leaves no trace in bucket and index', async () => {
    const before = [await deployed.keys(), await listed(e2e, deployed)];
    for (let i = 0; i < 2; i += 1) match(String(cacheOf(await deployed.ask(LARGE, { tenant: 'acme', path: 'preview' }))), /^bypass/);
    deepStrictEqual([await deployed.keys(), await listed(e2e, deployed)], before);
  });

  await check('a query that is wrong is told as DuckDB tells it, and nothing is kept', async () => {
    const { status, body } = await deployed.ask('SELECT amuont FROM sales', { tenant: 'acme' });
    strictEqual(status, 400);
    match(body, /amuont/);
  });

  await check('an invalidation by tag reaches that tenant only, one by dataset all', async () => {
    strictEqual((await deployed.post('invalidate', { tags: ['tenant:acme'] })).status, 200);
    const both = async () => [cacheOf(await deployed.ask(LARGE, { tenant: 'acme' })), cacheOf(await deployed.ask(LARGE, { tenant: 'other' }))];
    deepStrictEqual(await both(), ['miss', 'hit']);
    strictEqual((await deployed.post('invalidate', { dataset: 'sales' })).status, 200);
    deepStrictEqual(await both(), ['miss', 'miss']);
  });
}

interface Listed {
  readonly id: string;
  readonly state: string;
  readonly objects: number;
  readonly keyVersion?: string;
}

async function listed(e2e: E2e, deployed: Deployed, ...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await deployed.terminal(await e2e.assume(e2e.outputs.InvalidatorRoleArn), 'ls', '--json', ...args);
  strictEqual(code, 0, stderr);
  return (JSON.parse(stdout) as { results: Listed[] }).results.map(({ id }) => id).sort();
}

async function terminal(e2e: E2e, deployed: Deployed): Promise<void> {
  const { check, outputs, root } = e2e;
  const invalidator = await e2e.assume(outputs.InvalidatorRoleArn);
  const live = async (...args: string[]) => {
    const { code, stdout, stderr } = await deployed.terminal(invalidator, ...args);
    strictEqual(code, 0, stderr);
    return stdout;
  };

  await check('at a terminal who may invalidate lists, inspects and invalidates; the bucket he cannot look into', async () => {
    cacheOf(await deployed.ask(LARGE, { tenant: 'shown' }));
    const [id, ...others] = await listed(e2e, deployed, '--scope', 'shown');
    deepStrictEqual(others, []);
    const { state, keyVersion } = JSON.parse(await live('inspect', id, '--json')) as Listed;
    deepStrictEqual([state, keyVersion], ['fresh', '1']);
    match(await live('invalidate', '--scope', 'shown'), /invalidated scope "shown"/);
    strictEqual(cacheOf(await deployed.ask(LARGE, { tenant: 'shown' })), 'miss');
    match(await live('status'), /bucket +none is named/);
    await refused(() => invalidator.as(S3Client).send(new ListObjectsV2Command({ Bucket: deployed.bucket })), 's3:ListBucket');
    await refused(() => invalidator.as(S3Client).send(new GetObjectCommand({ Bucket: deployed.bucket, Key: 'v1/any' })), 's3:GetObject');
  });

  await check('at a terminal the account sees index, results, bucket and keys, and is warned of nothing', async () => {
    const { code, stdout, stderr } = await deployed.terminal(root, 'status', '--json');
    strictEqual(code, 0, stderr);
    const { results, bucket, keys, warnings } = JSON.parse(stdout) as {
      results: { entries: { count: number } }; bucket: { objects: number }; keys: { current: string }; warnings: string[];
    };
    ok(results.entries.count > 0 && bucket.objects === (await deployed.keys()).length);
    deepStrictEqual([keys.current, warnings], ['1', []]);
  });
}

async function bucket(e2e: E2e, deployed: Deployed): Promise<void> {
  const { check, root } = e2e;

  await check('no object of the bucket can be read without its key', async () => {
    const keys = await deployed.keys();
    ok(keys.length > 0);
    for (const key of keys) strictEqual(await deployed.statusWithoutKey(key), 400, key);
  });

  await check('who has all rights on the bucket cannot store anything in it without a key', async () => {
    const Resource = `arn:aws:s3:::${deployed.bucket}/*`;
    const s3 = (await newRole(root, 'storer', [{ Effect: 'Allow', Action: 's3:*', Resource }])).as(S3Client);
    const put = { Bucket: deployed.bucket, Key: 'v1/by-hand', Body: 'x' };
    await refused(() => s3.send(new PutObjectCommand(put)), 's3:PutObject');
    await s3.send(new PutObjectCommand({ ...put, ...WITH_KEY }));
  });
}

/** The emulator answers when the function has ended: how the page shows a stream while it comes is not seen here. */
async function page({ check, note, outputs, root }: E2e): Promise<void> {
  const { host } = new URL(root.endpoint);
  const args = [`--host-resolver-rules=MAP ${new URL(outputs.Url).host} ${host}`, '--ignore-certificate-errors'];
  await checkPage(outputs.Url, check, { args });
  note('by the function\'s URL');
}

async function sweeper({ check }: E2e, deployed: Deployed): Promise<void> {
  await check('the sweeper deletes what is below minutes that are over, and nothing else', async () => {
    const of = (namespace: string, minute: string) => `v1/${namespace}/${minute}/attempt/00000`;
    const over = [of(deployed.namespace, '2026-01-01T00:00'), of(deployed.namespace, '2026-01-01T00:01')];
    const others = [
      of('another', '2026-01-01T00:00'), of(`${deployed.namespace}2`, '2026-01-01T00:00'), of(deployed.namespace, '2099-01-01T00:00'),
      `v1/${deployed.namespace}/notes/attempt/00000`, 'elsewhere',
    ];
    const before = await deployed.keys();
    for (const key of [...over, ...others]) await deployed.store(key);
    await deployed.call('Sweeper', {});
    deepStrictEqual(await deployed.keys(), [...before, ...over, ...others].sort(), 'what is younger than the grace has been deleted');
    await deployed.set('Cache/Sweeper/Handler', { LIVE_GRACE: '0' });
    await deployed.call('Sweeper', {});
    deepStrictEqual(await deployed.keys(), [...before, ...others].sort());
    await deployed.call('Sweeper', {});
    deepStrictEqual(await deployed.keys(), [...before, ...others].sort(), 'a second run finds something to do');
  });
}

async function log(e2e: E2e, deployed: Deployed): Promise<void> {
  const { check } = e2e;
  await check('the function writes its counters into its log, and no query, tenant or key', async () => {
    const lines = await eventually(async () => {
      cacheOf(await deployed.ask(SMALL, { tenant: 'acme' }));
      const all = await e2e.logs(deployed.function);
      ok(all.some((line) => line.includes('"Queries"') && line.includes('CdkCacheTiers/Live')), 'no counters: they are written once a minute');
      return all;
    }, { within: '75s', every: '2s' });
    const shown = ['FROM sales', 'acme', (await deployed.secretValue()).key1].filter((text) => lines.some((line) => line.includes(text)));
    deepStrictEqual(shown, []);
  });
}

async function rotation(e2e: E2e, deployed: Deployed): Promise<void> {
  const { check, note, root } = e2e;
  const version = async (tenant: string) => {
    const [id] = await listed(e2e, deployed, '--scope', tenant);
    return (JSON.parse((await deployed.terminal(root, 'inspect', id, '--json')).stdout) as Listed).keyVersion;
  };
  /** Another process of the function: it reads the keys, as one that is there does after five minutes. */
  const anew = () => deployed.set('Query', { ANEW: String(Math.random()) });

  await check('a rotation by the shipped function gives a new master key, and keeps the old one', async () => {
    strictEqual(cacheOf(await deployed.ask(LARGE, { tenant: 'before' })), 'miss');
    const before = await deployed.secretValue();
    const { code, stdout, stderr } = await deployed.terminal(root, 'rotate-key', '--yes');
    strictEqual(code, 0, stderr);
    match(stdout, /version 2, in place of 1/);
    const { current, key1, key2, retired1 } = await deployed.secretValue();
    deepStrictEqual([current, key1], ['2', before.key1]);
    ok(key2.length >= 43 && key2 !== key1 && Number(retired1) > 0);
  });

  await check('clients go on with results of the old key, and write with the new one', async () => {
    await anew();
    strictEqual(cacheOf(await deployed.ask(LARGE, { tenant: 'before' })), 'hit');
    strictEqual(cacheOf(await deployed.ask(LARGE, { tenant: 'after' })), 'miss');
    deepStrictEqual([await version('before'), await version('after')], ['1', '2']);
    strictEqual(cacheOf(await deployed.ask(LARGE, { tenant: 'after' })), 'hit');
  });

  await check('an old key is kept until nothing needs it, and is gone then; results that have it are executed again', async () => {
    await deployed.call('KeyRotation', { action: 'prune' });
    ok('key1' in await deployed.secretValue(), 'removed too early');
    await deployed.set('Cache/KeyRotation/Handler', { LIVE_KEY_RETENTION: '1' });
    await eventually(async () => {
      await deployed.call('KeyRotation', { action: 'prune' });
      deepStrictEqual(Object.keys(await deployed.secretValue()).sort(), ['current', 'index', 'key2']);
    }, { within: '15s', every: '1s' });
    await anew();
    const again = cacheOf(await deployed.ask(LARGE, { tenant: 'before' }));
    note(`result of the key that is gone: ${again}`);
    notStrictEqual(again, 'hit');
    strictEqual(cacheOf(await deployed.ask(LARGE, { tenant: 'after' })), 'hit');
  });
}

async function purge({ check, root }: E2e, deployed: Deployed): Promise<void> {
  await check('a purge at a terminal leaves nothing of the cache, and asks for a yes', async () => {
    strictEqual((await deployed.terminal(root, 'purge', '--all')).code, 2);
    const { code, stdout, stderr } = await deployed.terminal(root, 'purge', '--all', '--yes', '--json');
    strictEqual(code, 0, stderr);
    ok((JSON.parse(stdout) as { objects: number }).objects > 0);
    deepStrictEqual((await deployed.keys()).filter((key) => key.startsWith(`v1/${deployed.namespace}/`)), []);
    strictEqual(cacheOf(await deployed.ask(LARGE, { tenant: 'after' })), 'miss');
  });
}
