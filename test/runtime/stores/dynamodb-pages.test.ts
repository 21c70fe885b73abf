import { text } from '../../../runtime/aws/attribute-values';
import type { DynamoDbClient, Item } from '../../../runtime/aws/dynamodb';
import { DynamoDbAuditReader } from '../../../runtime/config/audit/dynamodb-reader';
import { stateOfName } from '../../../runtime/config/audit/name-state';
import { namesBelow } from '../../../runtime/config/audit/names-below';
import { recordsOfActor, type Reading } from '../../../runtime/config/audit/partitions';
import { statesOfAll } from '../../../runtime/config/replay/states';
import { readRowsChangedSince } from '../../../runtime/config/restore/changed-rows';
import { laterEventsOf, recordsSince } from '../../../runtime/config/restore/later-events';
import { replicasOf } from '../../../runtime/config/restore/replicas';
import { DynamoDbRulesTable } from '../../../runtime/config/tables/dynamodb-rules-table';
import { itemPagesOf, pagesOf } from '../../../runtime/stores/dynamodb-pages';

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const each of stream) found.push(each);
  return found;
}

test('each page begins where the one before says; empty ones may stand between', async () => {
  const outputs = [{ Items: [{ n: text('a') }], LastEvaluatedKey: { n: text('a') } }, { LastEvaluatedKey: { n: text('b') } }, { Items: [] }];
  const asked: object[] = [];
  expect(await all(itemPagesOf(async (from) => { asked.push(from); return outputs[asked.length - 1]; }))).toEqual([[{ n: text('a') }], [], []]);
  expect(asked).toEqual([{}, { ExclusiveStartKey: { n: text('a') } }, { ExclusiveStartKey: { n: text('b') } }]);
});

test('who leaves causes no further read', async () => {
  const read = jest.fn(async (after = 0) => ({ next: after + 1 }));
  for await (const { next } of pagesOf(read)) if (next === 2) break;
  expect(read).toHaveBeenCalledTimes(2);
});

describe('a table that goes on where it was read from already is not read for ever:', () => {
  const name = '/app/a';
  let calls: number;
  /** Anew each time, as an answer is; ends a reader that would go on. */
  const call = async (): Promise<{ Items: Item[]; LastEvaluatedKey: Item }> => {
    if ((calls += 1) > 1_000) throw new Error('read for ever');
    return { Items: [], LastEvaluatedKey: { name: text(name), id: text('1') } };
  };
  const client = { call, destroy: () => undefined } as unknown as DynamoDbClient;
  const reader = new DynamoDbAuditReader({ client, tableName: 't' });
  const rules = new DynamoDbRulesTable({ client, tableName: 't' });
  const footprint = { replicationTable: 't', partition: 'aws', region: 'eu-central-1', account: '123456789012' } as Parameters<typeof replicasOf>[1];
  const reading = { reader, query: { since: 0, until: 9, order: 'oldest' }, values: false } as unknown as Reading;
  beforeEach(() => { calls = 0; });

  test.each<[string, () => Promise<unknown>]>([
    ['rows that have changed', () => readRowsChangedSince(client, 't', 0, () => undefined)],
    ['later events', () => laterEventsOf({ client, tableName: 't', namespaces: ['/app'], time: 0, until: 1 })],
    ['records of a name', () => all(recordsSince(reader, name, 0))],
    ['newest records', () => reader.newest(name, 9, 5)],
    ['state of a name', () => stateOfName(reader, name, 9)],
    ['records of an actor', () => all(recordsOfActor('/app', 'arn:a', reading))],
    ['states of all names', () => all(statesOfAll(reader, 9))],
    ['names of a path', () => namesBelow(client, 't', '/app')],
    ['rules of a destination', () => rules.rule(name)],
    ['all destinations', () => replicasOf(client, footprint)],
  ])('%s', async (_, read) => {
    await expect(read()).rejects.toMatchObject({ code: 'E_CONFIG_ENDLESS' });
  });
});
