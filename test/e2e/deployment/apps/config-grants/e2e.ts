// What each grant permits works; the nearest thing that it must not permit is refused.
import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DecryptCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { CONFIG_CACHE_META } from '../../../../../lib/contract/config';
import { emptyQueues, eventually, refused, type E2e } from '../../kit';
import { log } from './log';
import { names } from './names';
import { deletes, parameters } from './parameters';
import { rules } from './rules';
import { ROLES, targets, type Target } from './target';
import { query, readLog, readNames } from './uses';

export { notShown, retained, unused } from './lists';

export async function drive(e2e: E2e): Promise<void> {
  const all = targets(e2e);
  const [main, other] = all;
  await apart(e2e, main, other);
  await repaired(e2e, main, other);
  for (const target of all) {
    await names(target);
    await log(target);
    await rules(target);
    await parameters(target);
    await bound(target);
  }
  await keys(e2e, all);
  for (const target of all) await deletes(target);
  await rest(e2e);
}

async function apart(e2e: E2e, ...footprints: readonly [Target, Target]): Promise<void> {
  await e2e.check('two footprints in one stack follow their own namespaces, each in its own tables', async () => {
    const dynamo = e2e.root.as(DynamoDBClient);
    strictEqual(new Set(footprints.flatMap(({ tables, footprint }) => [...Object.values(tables), footprint])).size, 8);
    strictEqual(footprints[0].tables.audit, 'figgy-config-auditor');
    const all = footprints.flatMap((target) => Object.values(target.names).map((name) => ({ target, name })));
    await Promise.all(all.map(({ name }) => e2e.root.as(SSMClient).send(new PutParameterCommand({ Name: name, Value: name, Type: 'String' }))));
    for (const { target: { tables, elsewhere }, name } of all) {
      await eventually(() => readNames(dynamo, tables.cache, name), { within: '20s' });
      await eventually(() => readLog(dynamo, tables.audit, name), { within: '20s' });
      deepStrictEqual(await query(dynamo, elsewhere.cache, ['parameter_name', name]), []);
      deepStrictEqual(await query(dynamo, elsewhere.audit, ['parameter_name', name]), []);
    }
  });
}

async function repaired(e2e: E2e, ...footprints: readonly [Target, Target]): Promise<void> {
  await e2e.check('what is lost is repaired in its own tables, also in those that are defined elsewhere', async () => {
    const dynamo = e2e.root.as(DynamoDBClient);
    for (const { id, tables, names: { outside } } of footprints) {
      const { parameter_name, record_id } = await readLog(dynamo, tables.audit, outside);
      await dynamo.send(new DeleteItemCommand({ TableName: tables.audit, Key: { parameter_name, record_id } }));
      await dynamo.send(new DeleteItemCommand({ TableName: tables.cache, Key: { parameter_name } }));
      await e2e.root.as(SQSClient).send(new SendMessageCommand({ QueueUrl: e2e.outputs[`${id}ReconcilerQueue`], MessageBody: '{}' }));
    }
    for (const { tables, names: { outside } } of footprints) {
      await eventually(() => readNames(dynamo, tables.cache, outside), { within: '20s' });
      await eventually(() => readLog(dynamo, tables.audit, outside), { within: '20s' });
      await eventually(async () => {
        const [about] = await query(dynamo, tables.cache, ['parameter_name', CONFIG_CACHE_META.name]);
        ok(about.reconciled, 'the reconciliation has not ended');
      }, { within: '20s' });
    }
  });
}

async function bound(target: Target): Promise<void> {
  await target.check('bind: the function knows footprint, cache, log and rules by its environment, and reads them', async () => {
    const { e2e: { outputs, root }, tables } = target;
    const { Payload, FunctionError } = await root.as(LambdaClient).send(new InvokeCommand({ FunctionName: outputs[`${target.id}BoundFunction`] }));
    const text = Buffer.from(Payload!).toString();
    ok(FunctionError === undefined, text);
    const { cacheTable, auditTable, replicationTable } = JSON.parse(JSON.parse(text) as string) as Record<string, string>;
    deepStrictEqual({ cache: cacheTable, audit: auditTable, rules: replicationTable }, tables);
  });
}

async function keys({ check, outputs, root }: E2e, all: readonly Target[]): Promise<void> {
  await check('no grant permits to use the tables\' key itself: DynamoDB and S3 alone use it for who reads', async () => {
    const KeyId = outputs.EncryptionKeyArn;
    const { CiphertextBlob } = await root.as(KMSClient).send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('secret') }));
    for (const target of all) {
      for (const role of ROLES) {
        const kms = (await target.as(role)).identity.as(KMSClient);
        await refused(() => kms.send(new DecryptCommand({ KeyId, CiphertextBlob })), 'kms:Decrypt');
        await refused(() => kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') })), 'kms:Encrypt');
      }
    }
  });
}

async function rest(e2e: E2e): Promise<void> {
  await e2e.check('all messages have been handled, and none is a dead letter', () => emptyQueues(e2e));
}
