// What is shown of this example once it is deployed: see CONTRIBUTING.md, "An example".
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { tableFromIPC } from 'apache-arrow';
import { assumeAsService, Builds, emptyQueues, eventually, type E2e, type HttpResponse } from '../../test/e2e/deployment/kit';

export { notShown, retained, unused } from './test/lists';

/** Nobody listens there: so it is while an index is away. The memo tier has more than 50 ms, as here all share a processor or two. */
export const context = { indexUrl: 'redis://127.0.0.1:9', tableBudget: '2000' };

const SOON = { within: '30s', every: '500ms' } as const;

export async function drive(e2e: E2e): Promise<void> {
  const ask = (month: string, headers: Readonly<Record<string, string>> = {}) =>
    e2e.http(`${e2e.outputs.Url}sales/${month}`, { headers, as: e2e.root });
  await withoutIndex(e2e, ask);
  await e2e.deploy({ indexUrl: e2e.redis });
  await memoAndLive(e2e, ask);
  await config(e2e, ask);
  await nightly(e2e);
  await e2e.check('all messages have been handled, and none is a dead letter', () => emptyQueues(e2e));
}

type Ask = (month: string, headers?: Readonly<Record<string, string>>) => Promise<HttpResponse>;

/** What a response says: where the result is from, how many rates its function had to ask for, and in which currency it is. */
function told({ status, headers, body, bytes }: HttpResponse) {
  strictEqual(status, 200, body);
  return { cache: headers['x-cache'], rates: headers['x-rates-asked'], currency: headers['x-currency'], sales: tableFromIPC(bytes).numRows };
}

async function withoutIndex({ check }: E2e, ask: Ask): Promise<void> {
  await check('without its index the live tier is passed by, and the answer is right', async () => {
    deepStrictEqual(told(await ask('2026-10')), { cache: 'bypass; reason=index', rates: '4', currency: 'EUR', sales: 20_000 });
  });
}

async function memoAndLive({ check, root, stack }: E2e, ask: Ask): Promise<void> {
  await check('a new release of the function has the rates from the memo tier\'s table; the live tier keeps what it answers', async () => {
    const [miss, hit] = [await ask('2026-10'), await ask('2026-10')];
    deepStrictEqual(told(miss), { cache: 'miss', rates: '0', currency: 'EUR', sales: 20_000 });
    deepStrictEqual(told(hit), { ...told(miss), cache: 'hit' });
    ok(hit.bytes.equals(miss.bytes));
    strictEqual(told(await ask('2026-10', { 'cache-control': 'no-cache' })).cache, 'miss');
  });

  await check('the sweeper runs, and deletes nothing that is in use', async () => {
    const { physicalId: FunctionName } = stack.find('AWS::Lambda::Function', 'Reports/Data/Live/Sweeper/');
    const { FunctionError, Payload } = await root.as(LambdaClient).send(new InvokeCommand({ FunctionName }));
    strictEqual(FunctionError, undefined, Buffer.from(Payload ?? []).toString());
    strictEqual(told(await ask('2026-10')).cache, 'hit');
  });
}

async function config({ check, outputs, root }: E2e, ask: Ask): Promise<void> {
  const name = '/reports/currency';
  const put = (Value: string) => root.as(SSMClient).send(new PutParameterCommand({ Name: name, Type: 'String', Value, Overwrite: true }));
  const records = async () => {
    const { Items = [] } = await root.as(DynamoDBClient).send(new QueryCommand({
      TableName: outputs.AuditTable, KeyConditionExpression: 'parameter_name = :name', ExpressionAttributeValues: { ':name': { S: name } },
    }));
    return Items.map(({ value }) => value.S);
  };

  await check('a setting that is changed makes another question of the same, for which new rates are asked', async () => {
    await put('JPY');
    const answer = await eventually(async () => {
      const now = told(await ask('2026-10'));
      strictEqual(now.currency, 'JPY');
      return now;
    }, SOON);
    deepStrictEqual([answer.cache, answer.rates], ['miss', '4']);
  });

  await check('taken back, it finds the former result', async () => {
    await put('EUR');
    const answer = await eventually(async () => {
      const now = told(await ask('2026-10'));
      strictEqual(now.currency, 'EUR');
      return now;
    }, SOON);
    deepStrictEqual([answer.cache, answer.rates], ['hit', '0']);
  });

  await check('both changes are in the log', async () => {
    await eventually(async () => deepStrictEqual(await records(), ['JPY', 'EUR']), SOON);
  });
}

/** Another commit: one month more. */
function withNovember(folder: string): void {
  const file = join(folder, 'months.json');
  writeFileSync(file, JSON.stringify([...JSON.parse(readFileSync(file, 'utf8')) as string[], '2026-11']));
}

async function nightly({ check, root, stack }: E2e): Promise<void> {
  const role = stack.find('AWS::IAM::Role', 'Reports/Service/Nightly/Role');
  const builds = new Builds(() => stack, 'Reports/Service/Nightly', await assumeAsService(root, role.physicalId));
  const build = async (change?: (folder: string) => void) => {
    const { succeeded, log } = await builds.build(change);
    ok(succeeded, log);
    return log;
  };
  try {
    await check('a month is closed in one night, and not again in the next', async () => {
      match(await build(), /3 months closed, 0 were/);
      match(await build(), /0 months closed, 3 were/);
      match(await build(withNovember), /1 months closed, 3 were/);
    });
  } finally {
    builds.close();
  }
}
