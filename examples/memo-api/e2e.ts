// What is shown of this example once it is deployed: see CONTRIBUTING.md, "An example".
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteTableCommand, DynamoDBClient, QueryCommand, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { eventually, type E2e, type HttpResponse } from '../../test/e2e/deployment/kit';
import type { Product } from './get-product';

/** How a product's id ends its key in the table. */
const ARGUMENTS = (id: string) => `=s${id.length}:${id}`;
const REQUESTS = 200;
const IDS = ['p1', 'p2', 'p3', 'p4', 'p5'];

/** More than the default of 50 ms: here all instances of the function share a processor or two with the table. */
export const context = { tableBudget: '2000' };

export const unused = [
  {
    role: 'MemoApi/GetProduct', actions: ['dynamodb:BatchWriteItem'],
    why: 'parts of values that are too large for an item: here they go to the overflow bucket',
  },
  {
    role: 'MemoApi/GetProduct', actions: ['dynamodb:DeleteItem', 'dynamodb:UpdateItem'],
    why: 'a function that invalidates: here the terminal does; DeleteItem also gives a lease back after an error',
  },
  {
    role: 'MemoApi/GetProduct', actions: ['s3:ListBucket'],
    why: 'S3 says of a missing object that it is missing only to who may list; the emulator says it to everybody',
  },
];

export const retained = ['MemoApi/GetProductLogs'];

export const notShown = {
  'MemoApi/Cache/Overflow.BucketEncryption': {
    ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
  },
  'MemoApi/Cache/Overflow.LifecycleConfiguration': {
    Rules: [
      { Id: 'expire', Prefix: 'memo/', ExpirationInDays: 30, Status: 'Enabled' },
      { Id: 'abort-uploads', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' },
    ],
  },
};

export async function drive(e2e: E2e): Promise<void> {
  const { check, note, root } = e2e;
  const table = () => e2e.outputs.TableName;
  const bucket = e2e.stack.find('AWS::S3::Bucket', 'MemoApi/Cache').physicalId;
  const get = (path: string) => e2e.http(`${e2e.outputs.Url}/products/${path}`);
  const isHit = ({ headers }: HttpResponse) => headers['x-cache'] === 'hit';
  const loadedAt = ({ body }: HttpResponse) => (JSON.parse(body) as Product).loadedAt;

  await check('instances of the function share one execution for a cold key', async () => {
    const atOnce = (id: string) => Promise.all(Array.from({ length: 4 }, () => get(id)));
    const answers = await atOnce('p100');
    deepStrictEqual(answers.map(({ status }) => status), [200, 200, 200, 200]);
    const instances = new Set(answers.map(({ headers }) => headers['x-instance'])).size;
    note(`${instances} instances`);
    ok(instances >= 2, 'all were answered by one instance: nothing was shared');
    strictEqual(answers.filter((answer) => !isHit(answer)).length, 1, 'more than one of them asked the catalogue');
    strictEqual(new Set(answers.map(loadedAt)).size, 1);
  });

  await check(`${REQUESTS} requests for ${IDS.length} products are answered from the cache but for the first of each`, async () => {
    const answers: HttpResponse[] = [];
    for (let i = 0; i < REQUESTS / 4; i += 1) {
      answers.push(...await Promise.all([0, 1, 2, 3].map((n) => get(IDS[(4 * i + n) % IDS.length]))));
    }
    deepStrictEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    const misses = answers.filter((answer) => !isHit(answer)).length;
    note(`${REQUESTS - misses} hits, ${misses} misses`);
    strictEqual(misses, IDS.length);
    strictEqual(new Set(answers.map(({ body }) => body)).size, IDS.length, 'a product was loaded twice');
  });

  await check('a product that does not exist is remembered too', async () => {
    deepStrictEqual([await get('none'), await get('none')].map((answer) => [answer.status, isHit(answer)]), [[404, false], [404, true]]);
  });

  await check('a picture of 600 KB is kept in the overflow bucket', async () => {
    const first = await get('p1/picture');
    const { Contents = [] } = await root.as(S3Client).send(new ListObjectsV2Command({ Bucket: bucket }));
    deepStrictEqual(Contents.map(({ Key }) => Key!.split('/')[0]), ['memo']);
    ok(Contents[0].Size! >= 600_000, `${Contents[0].Size} bytes`);
    const again = await get('p1/picture');
    deepStrictEqual([isHit(first), isHit(again)], [false, true]);
    strictEqual(again.body, first.body);
  });

  await check('the values stay when the function is deployed anew, and DynamoDB has removed what has expired', async () => {
    await expire(root.as(DynamoDBClient), table(), 'p2');
    await eventually(async () => (await keys(root.as(DynamoDBClient), table())).every((key) => !key.endsWith(ARGUMENTS('p2'))), { within: '20s' });
    const before = await Promise.all(['p1', 'p2'].map(get));
    await e2e.deploy({ catalogueDelay: '50' });
    const after = await Promise.all(['p1', 'p2'].map(get));
    deepStrictEqual(after.map(isHit), [true, false]);
    strictEqual(loadedAt(after[0]), loadedAt(before[0]));
    ok(isHit(await get('p1/picture')), 'the new instance has the picture from the bucket');
  });

  await check('a deployment that changes the schema flushes the cache', async () => {
    const before = await get('p3');
    await e2e.deploy({ catalogueDelay: '50', schema: '2' });
    const after = await eventually(async () => {
      const answer = await get('p3');
      ok(loadedAt(answer) !== loadedAt(before), 'still the value from before');
      return answer;
    });
    strictEqual(after.status, 200);
    ok((await e2e.logs(flushHandler(e2e))).some((line) => line.includes('"notice":"flushed"')));
  });

  await check('who has grantFlush flushes from the terminal, and everybody sees it', async () => {
    const before = await get('p1');
    const flusher = await e2e.assume(e2e.outputs.FlusherRoleArn);
    const flushed = await e2e.terminal(flusher, 'memo', 'flush', '--tag', 'brand:acme', '--yes', '--table', table());
    strictEqual(flushed.code, 0, flushed.stderr);
    await eventually(async () => loadedAt(await get('p1')) !== loadedAt(before), { within: '15s' });
  });

  await check('who has not is refused, and told what is missing', async () => {
    const { code, stderr } = await e2e.terminal(await e2e.stranger(), 'memo', 'flush', '--yes', '--table', table());
    ok(code !== 0, 'it was not refused');
    match(stderr, /dynamodb:UpdateItem/);
  });

  await check('the table is deleted under load, and the API still answers', async () => {
    const answers: HttpResponse[] = [];
    let deleted = false;
    const load = async (worker: number) => {
      for (let i = 0; !deleted || i < 30; i += 1) answers.push(await get(`p${200 + (2 * i + worker) % 40}`));
    };
    const deletion = async () => {
      await sleep(500);
      await root.as(DynamoDBClient).send(new DeleteTableCommand({ TableName: table() })).finally(() => { deleted = true; });
    };
    await Promise.all([load(0), load(1), deletion()]);
    const fresh = await get('p999');
    deepStrictEqual([...new Set([...answers, fresh].map(({ status }) => status))], [200]);
    note(`${answers.length} requests, all answered`);
  });
}

const flushHandler = ({ stack }: E2e) => stack.find('AWS::Lambda::Function', 'MemoApi/Flush').physicalId;

async function keys(dynamo: DynamoDBClient, TableName: string): Promise<string[]> {
  const { Items = [] } = await dynamo.send(new ScanCommand({ TableName, ProjectionExpression: 'pk' }));
  return Items.map(({ pk }) => pk.S!);
}

/** Moves a product's items into the past. */
async function expire(dynamo: DynamoDBClient, TableName: string, id: string): Promise<void> {
  const pk = (await keys(dynamo, TableName)).find((key) => key.startsWith('loadProduct#') && key.endsWith(ARGUMENTS(id)));
  ok(pk, `no item of ${id} in the table`);
  const { Items = [] } = await dynamo.send(new QueryCommand({
    TableName, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: pk } },
  }));
  for (const { pk: partition, sk } of Items) {
    await dynamo.send(new UpdateItemCommand({
      TableName, Key: { pk: partition, sk }, UpdateExpression: 'SET #ttl = :past',
      ExpressionAttributeNames: { '#ttl': 'ttl' }, ExpressionAttributeValues: { ':past': { N: String(Math.floor(Date.now() / 1000) - 60) } },
    }));
  }
}
