import { strictEqual } from 'node:assert';
import { randomUUID } from 'node:crypto';
import {
  BatchWriteItemCommand, DeleteItemCommand, GetItemCommand, PutItemCommand, ScanCommand, UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { CONFIG_ALLOWED } from '../../../../../lib/contract/config';
import { eventually, refused } from '../../kit';
import type { Target } from './target';
import { query, readRules, type Item } from './uses';

export async function rules(target: Target): Promise<void> {
  await reading(target);
  await writing(target);
}

const keyOf = ({ destination, source }: Item): Item => ({ destination, source });

async function reading(target: Target): Promise<void> {
  const { tables: { rules: TableName }, elsewhere, names } = target;

  await target.check('grantReadRules: all rules, by destination and by source; no write, no other table, no parameter', async () => {
    const { dynamo, ssm } = await target.as('Rules');
    await readRules(dynamo, TableName);
    const Item = rule(names.inPart, `${target.namespace}/copy`);
    await refused(() => dynamo.send(new PutItemCommand({ TableName, Item })), 'dynamodb:PutItem');
    await refused(() => dynamo.send(new UpdateItemCommand({ TableName, Key: keyOf(Item) })), 'dynamodb:UpdateItem');
    await refused(() => dynamo.send(new DeleteItemCommand({ TableName, Key: keyOf(Item) })), 'dynamodb:DeleteItem');
    await refused(() => dynamo.send(new ScanCommand({ TableName: elsewhere.rules })), 'dynamodb:Scan');
    await refused(() => query(dynamo, elsewhere.rules, ['source', names.inPart], 'BySourceIndex'), 'dynamodb:Query');
    await refused(() => ssm.send(new GetParameterCommand({ Name: names.inPart })), 'ssm:GetParameter');
  });
}

async function writing(target: Target): Promise<void> {
  const { tables: { rules: TableName }, elsewhere, names, namespace, e2e } = target;

  await target.check('grantWriteRules: a rule for the path is written, changed and deleted, and carried out', async () => {
    const { dynamo } = await target.as('RulesWriter');
    const Item = rule(names.inPart, `${namespace}/copy-${randomUUID()}`);
    await dynamo.send(new PutItemCommand({ TableName, Item }));
    const Name = Item.destination.S!;
    const value = async () => (await e2e.root.as(SSMClient).send(new GetParameterCommand({ Name }))).Parameter!.Value;
    await eventually(async () => strictEqual(await value(), names.inPart), { within: '20s' });
    await dynamo.send(new UpdateItemCommand({
      TableName, Key: keyOf(Item), UpdateExpression: 'SET written_by = :me', ExpressionAttributeValues: { ':me': { S: 'me' } },
    }));
    await dynamo.send(new DeleteItemCommand({ TableName, Key: keyOf(Item) }));
    await dynamo.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: [{ DeleteRequest: { Key: keyOf(Item) } }] } }));
  });

  await target.check('grantWriteRules: none for a path that begins alike, none that says what is allowed, no reading, no other table', async () => {
    const { dynamo } = await target.as('RulesWriter');
    const own = rule(names.inPart, `${namespace}/copy`);
    const others = [target.alike, `${target.alike}/copy`, `arn:aws:ssm:us-east-1:111111111111:parameter${namespace}/copy`]
      .map((destination) => rule(names.inPart, destination));
    for (const Item of [...others, rule('#0', CONFIG_ALLOWED.scope), rule(`#${namespace}/copy`, CONFIG_ALLOWED.declared)]) {
      const Key = keyOf(Item);
      await refused(() => dynamo.send(new PutItemCommand({ TableName, Item })), 'dynamodb:PutItem');
      await refused(() => dynamo.send(new UpdateItemCommand({ TableName, Key })), 'dynamodb:UpdateItem');
      await refused(() => dynamo.send(new DeleteItemCommand({ TableName, Key })), 'dynamodb:DeleteItem');
      const both = [own, Item].map((each) => ({ PutRequest: { Item: each } }));
      await refused(() => dynamo.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: both } })), 'dynamodb:BatchWriteItem');
    }
    await refused(() => dynamo.send(new GetItemCommand({ TableName, Key: keyOf(own) })), 'dynamodb:GetItem');
    await refused(() => dynamo.send(new ScanCommand({ TableName })), 'dynamodb:Scan');
    await refused(() => dynamo.send(new PutItemCommand({ TableName: elsewhere.rules, Item: own })), 'dynamodb:PutItem');
  });
}

function rule(source: string, destination: string): Item {
  return { destination: { S: destination }, source: { S: source }, type: { S: 'copy' } };
}
