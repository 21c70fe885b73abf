import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describeRulesTable } from './rules-table-contract';
import { DynamoDbRulesTable } from '../../../../runtime/config/tables/dynamodb-rules-table';
import { MemoryRulesTable } from '../../../support/config-tables/memory-rules-table';
import { CONFIG_RULE_ATTRIBUTE, CONFIG_RULE_INDEX } from '../../../../lib/contract/config';
import { type DynamoDbClient, dynamoDbClient } from '../../../../runtime/aws/dynamodb';
import { rulesTable } from '../../../support/config-tables/rules-table';
import { startDynamoDb, type DynamoDbServer } from '../../../support/dynamodb-server';

let server: DynamoDbServer;
let tables = 0;
beforeAll(async () => { server = await startDynamoDb({ createTable: false }); });
afterAll(() => server.close());

async function openTable(): Promise<{ readonly tableName: string; readonly table: DynamoDbRulesTable }> {
  const tableName = `rules-${tables += 1}`;
  await server.createTable(rulesTable(tableName));
  return { tableName, table: new DynamoDbRulesTable({ client: dynamoDbClient(server.clientConfig), tableName, pageSize: 2 }) };
}

describeRulesTable('MemoryRulesTable', async () => new MemoryRulesTable(2));
describeRulesTable('DynamoDbRulesTable', async () => (await openTable()).table);

test('a row whose attributes are no strings says which', async () => {
  const { tableName, table } = await openTable();
  await server.client.send(new PutItemCommand({ TableName: tableName, Item: {
    [CONFIG_RULE_ATTRIBUTE.destination]: { S: '/app/a' }, [CONFIG_RULE_ATTRIBUTE.source]: { S: '/shared/a' },
    [CONFIG_RULE_ATTRIBUTE.type]: { S: 'merge' }, [CONFIG_RULE_ATTRIBUTE.template]: { L: [{ S: 'figgy' }] }, other: { N: '1' },
  } }));
  expect(await table.rule('/app/a')).toEqual([{ destination: '/app/a', source: '/shared/a', type: 'merge', malformed: ['template'] }]);
});

test('a failure of the table is an error, and never no rule', async () => {
  const table = new DynamoDbRulesTable({ client: dynamoDbClient({ ...server.clientConfig, maxAttempts: 1 }), tableName: 'none' });
  for (const read of [table.rule('/app/a'), table.destinationsOf('/app/a'), table.page(), table.scopes(), table.declared('/app/a'),
    table.undeclare('/app/a', 'one'), table.removeScope(0, 'one')]) {
    await expect(read).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  }
});

test('what a rule is and what is allowed are read as they are at this moment', async () => {
  const inputs: { readonly ConsistentRead?: boolean; readonly IndexName?: string }[] = [];
  const client = { call: async (_: string, input: object) => { inputs.push(input); return {}; }, destroy: () => undefined };
  const table = new DynamoDbRulesTable({ client: client as unknown as DynamoDbClient, tableName: 't' });
  await Promise.all([table.rule('/app/a'), table.scopes(), table.declared('/app/a')]);
  expect(inputs.map(({ ConsistentRead }) => ConsistentRead)).toEqual([true, true, true]);
  await table.destinationsOf('/app/a'); // an index cannot be read so
  expect(inputs[3]).toMatchObject({ IndexName: CONFIG_RULE_INDEX.name });
  expect(inputs[3]).not.toHaveProperty('ConsistentRead');
});
