import {
  BatchWriteItemCommand, DeleteItemCommand, GetItemCommand, PutItemCommand, ScanCommand, UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DescribeParametersCommand, GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { changeShard } from '../../../../../lib/contract/config';
import { refused } from '../../kit';
import type { Target } from './target';
import { query, readNames } from './uses';

/** grantReadNames of the cache and of the footprint: which finds the footprint as well. */
export async function names(target: Target): Promise<void> {
  const { tables, elsewhere, footprint, names: { inPart, alike } } = target;

  await target.check('grantReadNames: names and changes of all namespaces; the footprint\'s also finds the footprint', async () => {
    for (const role of ['Names', 'Finder'] as const) {
      const { dynamo } = await target.as(role);
      for (const name of [inPart, alike]) await readNames(dynamo, tables.cache, name);
    }
    await (await target.as('Finder')).ssm.send(new GetParameterCommand({ Name: footprint }));
    await refused(async () => (await target.as('Names')).ssm.send(new GetParameterCommand({ Name: footprint })), 'ssm:GetParameter');
  });

  await target.check('grantReadNames: no write, no scan, no other table, no parameter, and the footprint is not theirs to write', async () => {
    for (const role of ['Names', 'Finder'] as const) {
      const { dynamo, ssm } = await target.as(role);
      const Key = { parameter_name: { S: inPart } };
      const TableName = tables.cache;
      await refused(() => dynamo.send(new PutItemCommand({ TableName, Item: Key })), 'dynamodb:PutItem');
      await refused(() => dynamo.send(new UpdateItemCommand({ TableName, Key })), 'dynamodb:UpdateItem');
      await refused(() => dynamo.send(new DeleteItemCommand({ TableName, Key })), 'dynamodb:DeleteItem');
      await refused(() => dynamo.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: [{ DeleteRequest: { Key } }] } })),
        'dynamodb:BatchWriteItem');
      await refused(() => dynamo.send(new ScanCommand({ TableName })), 'dynamodb:Scan');
      await refused(() => dynamo.send(new GetItemCommand({ TableName: elsewhere.cache, Key })), 'dynamodb:GetItem');
      await refused(() => query(dynamo, elsewhere.cache, ['change_shard', changeShard(inPart)], 'ChangesIndex'), 'dynamodb:Query');
      await refused(() => query(dynamo, tables.audit, ['parameter_name', inPart]), 'dynamodb:Query');
      await refused(() => query(dynamo, tables.rules, ['destination', inPart]), 'dynamodb:Query');
      await refused(() => ssm.send(new GetParameterCommand({ Name: inPart })), 'ssm:GetParameter');
      await refused(() => ssm.send(new PutParameterCommand({ Name: footprint, Value: '{}', Overwrite: true })), 'ssm:PutParameter');
      await refused(() => ssm.send(new DescribeParametersCommand({})), 'ssm:DescribeParameters');
    }
  });
}
