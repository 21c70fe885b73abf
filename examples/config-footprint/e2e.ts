// What is shown of this example once it is deployed: see CONTRIBUTING.md, "An example".
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import {
  DeleteParameterCommand, DeleteParametersCommand, LabelParameterVersionCommand, SSMClient,
} from '@aws-sdk/client-ssm';
import { emptyQueues, eventually, refused, type E2e } from '../../test/e2e/deployment/kit';
import { Account } from './test/account';

/** What no log and no row may ever show. */
const SECRET = 'correct horse battery staple';
const BULK = 2_000;
const SOON = { within: '20s' } as const;

export { notShown, retained, unused } from './test/lists';

export async function drive(e2e: E2e): Promise<void> {
  const account = new Account(e2e, e2e.root);
  await events(e2e, account);
  await replication(e2e, account);
  await people(e2e, account);
  await drift(e2e, account);
  await poison(e2e, account);
  await anotherNamespace(e2e, account);
  await e2e.check('all messages have been handled, and no other is a dead letter', () => emptyQueues(e2e));
  await secrecy(e2e, account);
}

async function events({ check }: E2e, account: Account): Promise<void> {
  const { ssm } = account;
  const name = '/app/shop/page-size';

  await check('a parameter that is written is a row of the cache, and a record of the log with its value', async () => {
    await account.put(name, '10');
    await account.put('/other/page-size', '1');
    const row = await eventually(() => account.known(name), SOON);
    deepStrictEqual([row.state.S, row.version.N, 'value' in row], ['ACTIVE', '1', false]);
    const [record] = await eventually(() => account.records(name, 1), SOON);
    deepStrictEqual([record.action.S, record.value.S, record.version.N], ['PutParameter', '10', '1']);
    match(record.user.S!, /^arn:/);
  });

  await check('two changes within a second are two records, each with its own value, and one row', async () => {
    await Promise.all([account.put(name, '20'), account.put(name, '30')]);
    const recorded = await eventually(() => account.records(name, 3), SOON);
    deepStrictEqual(recorded.map(({ version }) => version.N), ['1', '2', '3']);
    deepStrictEqual(recorded.map(({ value }) => value.S).sort(), ['10', '20', '30']);
    await eventually(async () => strictEqual((await account.row(name))?.version.N, '3'), SOON);
  });

  await check('of a SecureString the log has the ciphertext and the key', async () => {
    await account.put('/app/shop/token', SECRET, 'SecureString');
    const [record] = await eventually(() => account.records('/app/shop/token', 1), SOON);
    ok(record.value.S!.length > 0 && !record.value.S!.includes(SECRET));
    match(record.key_id.S!, /./);
  });

  await check('a label is a record', async () => {
    await ssm.send(new LabelParameterVersionCommand({ Name: name, ParameterVersion: 2, Labels: ['stable'] }));
    await eventually(async () => ok((await account.actions(name)).includes('LabelParameterVersion')), SOON);
  });

  await check('a deletion is a tombstone and a record, one by one and many at once', async () => {
    const names = ['/app/shop/a', '/app/shop/b', '/app/shop/c'];
    await Promise.all(names.map((each) => account.put(each, 'x')));
    await eventually(async () => strictEqual((await Promise.all(names.map((each) => account.records(each)))).flat().length, 3), SOON);
    await ssm.send(new DeleteParameterCommand({ Name: names[0] }));
    await ssm.send(new DeleteParametersCommand({ Names: [...names.slice(1), '/app/shop/none'] }));
    for (const each of names) {
      await eventually(async () => strictEqual((await account.row(each))?.state.S, 'DELETED'), SOON);
      const [, deletion] = await eventually(() => account.records(each, 2), SOON);
      match(deletion.action.S!, /^DeleteParameters?$/);
    }
    strictEqual(await account.row('/app/shop/none'), undefined);
  });

  await check('what is outside the namespaces is nowhere', async () => {
    strictEqual(await account.row('/other/page-size'), undefined);
    deepStrictEqual(await account.records('/other/page-size'), []);
  });
}

async function replication({ check, outputs }: E2e, account: Account): Promise<void> {
  await check('a source that is written is copied, and merged with another into a SecureString', async () => {
    await account.put('/shared/db/user', 'shop@eu');
    await account.put('/shared/db/password', SECRET, 'SecureString');
    const url = `postgres://shop%40eu:${encodeURIComponent(SECRET)}@db.example.internal/shop`;
    await eventually(async () => strictEqual(await account.value('/app/shop/db/url'), `SecureString ${url}`), SOON);
    await eventually(async () => strictEqual(await account.value('/app/shop/db/password'), `SecureString ${SECRET}`), SOON);
  });

  await check('the function reads it', async () => {
    const settings = await account.settings();
    deepStrictEqual([settings.database, settings.names.includes('db/password')], ['db.example.internal', true]);
    ok(['20', '30'].includes(String(settings.pageSize)), `page size ${settings.pageSize}`);
  });

  await check('what somebody writes over a replica does not stay', async () => {
    await account.put('/app/shop/db/password', 'wrong', 'SecureString');
    await eventually(async () => strictEqual(await account.value('/app/shop/db/password'), `SecureString ${SECRET}`), SOON);
  });

  await check('a rule that is written as a row is carried out at once, one out of scope is not', async () => {
    await account.put('/shared/public/motd', 'welcome');
    for (const [source, destination] of [['/shared/public/motd', '/app/shop/motd'], ['/shared/db/password', '/app/shop/stolen']]) {
      await account.dynamo.send(new PutItemCommand({ TableName: outputs.ReplicationTable, Item: {
        destination: { S: destination }, source: { S: source }, type: { S: 'copy' }, written_by: { S: 'app' },
      } }));
    }
    await eventually(async () => strictEqual(await account.value('/app/shop/motd'), 'String welcome'), SOON);
    await eventually(async () => ok((await account.logs('Replication')).some((line) => line.includes('/app/shop/stolen'))), SOON);
    strictEqual(await account.value('/app/shop/stolen'), undefined);
  });
}

async function people(e2e: E2e, root: Account): Promise<void> {
  const { check, outputs } = e2e;
  const developer = new Account(e2e, await e2e.assume(outputs.DeveloperRoleArn));

  await check('a developer reads the names of all, and the history of the shop alone', async () => {
    ok(await developer.row('/shared/db/user'));
    ok((await developer.records('/app/shop/page-size')).length >= 3);
    await refused(() => developer.records('/shared/db/user'), 'dynamodb:Query');
    await refused(() => developer.put('/shared/db/user', 'me'), 'ssm:PutParameter');
    await refused(() => developer.dynamo.send(new DeleteItemCommand({
      TableName: outputs.AuditTable, Key: { parameter_name: { S: '/app/shop/page-size' }, record_id: { S: 'x' } },
    })), 'dynamodb:DeleteItem');
  });

  await check('a developer adds a rule for the shop, and none for others', async () => {
    const rule = (destination: string) => new PutItemCommand({ TableName: outputs.ReplicationTable, Item: {
      destination: { S: destination }, source: { S: '/shared/public/motd' }, type: { S: 'copy' },
    } });
    await developer.dynamo.send(rule('/app/shop/motd-of-developer'));
    await eventually(async () => strictEqual(await root.value('/app/shop/motd-of-developer'), 'String welcome'), SOON);
    await refused(() => developer.dynamo.send(rule('/app/other/motd')), 'dynamodb:PutItem');
    await refused(() => developer.dynamo.send(rule('#declared')), 'dynamodb:PutItem');
  });

  await check('at a terminal a developer lists, writes, audits and restores, as the README says', async () => {
    const config = async (...args: string[]) => {
      const { code, stdout, stderr } = await e2e.terminal(developer.person, 'config', ...args, '--footprint', outputs.FootprintName);
      strictEqual(code, 0, stderr);
      return stdout;
    };
    const name = '/app/shop/limit';
    for (const value of ['50', '500']) await config('put', name, value, '--yes');
    await eventually(() => root.records(name, 2), SOON);
    match(await config('list', '/app/shop', '--long'), /^\/app\/shop\/limit +2 +String/m);
    match(await config('audit', name, '--values'), /PutParameter {2}\/app\/shop\/limit {2}version 2 .* value 500\n/);
    await config('restore', name, '--version', '1', '--yes');
    strictEqual(await config('get', name), '50\n');
    await config('share', '/shared/public/motd', '/app/shop/motd-by-command', '--yes');
    match(await config('share', '--list'), /^\/app\/shop\/motd-by-command +copy +\/shared\/public\/motd/m);
  });

  await check('who may not delete is refused, and the row stays as it is', async () => {
    const { revision } = (await root.row('/app/shop/token'))!;
    const stranger = await e2e.stranger();
    await refused(() => stranger.as(SSMClient).send(new DeleteParameterCommand({ Name: '/app/shop/token' })), 'ssm:DeleteParameter');
    await developer.put('/app/shop/marker', '1'); // its event comes after that of the refused call
    await eventually(() => root.known('/app/shop/marker'), SOON);
    const { state, revision: now } = (await root.row('/app/shop/token'))!;
    deepStrictEqual([state.S, now.N], ['ACTIVE', revision.N]);
  });
}

async function drift({ check, outputs }: E2e, account: Account): Promise<void> {
  await check('what was made wrong by hand is right after a reconciliation', async () => {
    const { dynamo } = account;
    const TableName = outputs.CacheTable;
    const key = (name: string) => ({ parameter_name: { S: name } });
    const before = (await account.row('/app/shop/token'))!;
    const [lost] = await account.records('/app/shop/token');
    await dynamo.send(new DeleteItemCommand({ TableName, Key: key('/app/shop/token') }));
    await dynamo.send(new DeleteItemCommand({
      TableName: outputs.AuditTable, Key: { ...key('/app/shop/token'), record_id: { S: lost.record_id.S! } },
    }));
    await dynamo.send(new UpdateItemCommand({
      TableName, Key: key('/app/shop/page-size'), UpdateExpression: 'SET version = :v', ExpressionAttributeValues: { ':v': { N: '1' } },
    }));
    await dynamo.send(new PutItemCommand({ TableName, Item: { ...before, parameter_name: { S: '/app/shop/ghost' } } as never }));

    await account.reconcile();
    await eventually(async () => strictEqual((await account.row('/app/shop/ghost'))?.state.S, 'DELETED'), SOON);
    strictEqual((await account.row('/app/shop/token'))?.version.N, before.version.N);
    strictEqual((await account.row('/app/shop/page-size'))?.version.N, '3');
    const [again] = await account.records('/app/shop/token');
    deepStrictEqual([again.record_id, again.value], [lost.record_id, lost.value]);
  });
}

async function poison({ check, root, stack }: E2e, account: Account): Promise<void> {
  await check('a message that is no event goes to the dead letters with its reason, and holds nobody back', async () => {
    const sqs = root.as(SQSClient);
    const urlOf = (name: string) => stack.find('AWS::SQS::Queue', `ConfigFootprint/Config/Auditor/Consumer/${name}`).physicalId;
    await sqs.send(new SendMessageCommand({ QueueUrl: urlOf('Queue'), MessageBody: '{"detail":[' }));
    const QueueUrl = urlOf('DeadLetterQueue');
    const [letter] = await eventually(async () => {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'], WaitTimeSeconds: 1 }));
      ok(Messages.length > 0, 'nothing in the dead letters');
      return Messages;
    }, SOON);
    match(letter.MessageAttributes!.reason.StringValue!, /JSON/);
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: letter.ReceiptHandle }));
    await account.put('/app/shop/marker', '2');
    await eventually(() => account.records('/app/shop/marker', 2), SOON);
  });
}

async function anotherNamespace(e2e: E2e, account: Account): Promise<void> {
  const { check, note } = e2e;

  await check(`a namespace that is added is imported: ${BULK} parameters`, async () => {
    const names = Array.from({ length: BULK }, (_, i) => `/bulk/${i % 20}/${i}`);
    for (let i = 0; i < BULK; i += 50) await Promise.all(names.slice(i, i + 50).map((name) => account.put(name, `value of ${name}`)));
    const start = Date.now();
    await e2e.deploy({ namespaces: '/app,/shared,/bulk', source: 'cloudtrail' });
    const deployed = Date.now();
    await eventually(async () => strictEqual(await account.imported(names), BULK), { within: '90s', every: '1500ms' });
    note(`deployed in ${Math.round((deployed - start) / 1000)} s, all there ${((Date.now() - deployed) / 1000).toFixed(1)} s later`);
    for (const name of [names[0], names[BULK - 1]]) {
      strictEqual((await eventually(() => account.records(name, 1), SOON))[0].value.S, `value of ${name}`);
    }
  });

  await check('with CloudTrail the log says who has deleted', async () => {
    const developer = new Account(e2e, await e2e.assume(e2e.outputs.DeveloperRoleArn));
    await developer.ssm.send(new DeleteParameterCommand({ Name: '/app/shop/marker' }));
    const deletion = await eventually(async () => {
      const last = (await account.records('/app/shop/marker')).at(-1)!;
      strictEqual(last.action.S, 'DeleteParameter');
      return last;
    }, SOON);
    match(deletion.user.S!, /Developer/);
    match(deletion.source_ip.S!, /./);
  });
}

async function secrecy({ check, note }: E2e, account: Account): Promise<void> {
  await check('no function has logged a value', async () => {
    const lines = await account.logs();
    note(`${lines.length} lines`);
    ok(lines.length > 0);
    const values = [SECRET, encodeURIComponent(SECRET), 'shop@eu', 'value of /bulk'];
    deepStrictEqual(lines.filter((line) => values.some((value) => line.includes(value))), []);
  });
}
