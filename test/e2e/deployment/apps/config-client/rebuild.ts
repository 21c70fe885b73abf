import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { BatchWriteItemCommand, DeleteItemCommand, DynamoDBClient, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { CONFIG_CACHE_META } from '../../../../../lib/contract/config';
import { eventually } from '../../kit';
import { SOON, type World } from './world';

/** The table of names is lost in part. */
export async function rebuild(world: World): Promise<void> {
  const { e2e: { check, note, outputs, root }, operator, reader } = world;

  await check('replay --rebuild-cache writes rows that are lost or wrong, from the log alone', async () => {
    const dynamo = root.as(DynamoDBClient);
    const TableName = outputs.CacheTable;
    const { parameters: before } = await reader.json<{ parameters: object[] }>('list');
    const names = (before as { name: string }[]).map(({ name }) => name);
    const lost = names.filter((_, i) => i % 3 === 0).slice(0, 100);
    for (let i = 0; i < lost.length; i += 25) {
      await dynamo.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: lost.slice(i, i + 25).map((name) => ({
        DeleteRequest: { Key: { parameter_name: { S: name } } },
      })) } }));
    }
    await dynamo.send(new UpdateItemCommand({
      TableName, Key: { parameter_name: { S: names[1] } }, UpdateExpression: 'SET version = :version, changed = :changed',
      ExpressionAttributeValues: { ':version': { N: '99' }, ':changed': { N: '1' } }, // what has changed only now is left alone
    }));
    const dry = await operator.json<{ restored: number }>('replay', '--rebuild-cache', '--dry-run');
    const done = await operator.json<{ restored: number; names: number }>('replay', '--rebuild-cache', '--yes');
    note(JSON.stringify(done));
    deepStrictEqual([dry.restored, done.restored], [lost.length + 1, lost.length + 1]);
    const { parameters: after } = await reader.json<{ parameters: object[] }>('list');
    deepStrictEqual(after, before);
    strictEqual((await operator.json<{ restored: number }>('replay', '--rebuild-cache', '--yes')).restored, 0);
    const states = await operator.lines<{ name: string }>('replay');
    deepStrictEqual(states.map(({ name }) => name).sort(), names.sort());
  });

  await check('sync --reconcile asks the reconciler, which repairs what the log has lost', async () => {
    const name = '/shop/web/logo';
    const dynamo = root.as(DynamoDBClient);
    const records = () => dynamo.send(new QueryCommand({
      TableName: outputs.AuditTable, KeyConditionExpression: 'parameter_name = :name', ExpressionAttributeValues: { ':name': { S: name } },
    }));
    const { parameter_name, record_id } = (await records()).Items![0];
    await dynamo.send(new DeleteItemCommand({ TableName: outputs.AuditTable, Key: { parameter_name, record_id } }));
    strictEqual((await operator.json<{ reconciling: boolean }>('sync', '--reconcile')).reconciling, true);
    await eventually(async () => deepStrictEqual((await records()).Items!.map((record) => record.record_id), [record_id]), SOON);
    await eventually(async () => ok((await world.row(CONFIG_CACHE_META.name))?.reconciled), SOON);
    const { kind } = await operator.json<{ kind: string }>('sync');
    ok(['incremental', 'full'].includes(kind));
  });
}
