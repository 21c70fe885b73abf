import { randomBytes } from 'node:crypto';
import type { Item } from '../../../runtime/aws/dynamodb';
import { row, type Check, type Row } from './contract';
import { freshKey, keyOf, outputOf, type DynamoDbSubject } from './dynamodb-subject';

const INVALID = { code: 'E_AWS_REQUEST', name: 'ValidationException', failure: 'request', retryable: false };

const writes = (tableName: string, items: readonly Item[]) => ({
  RequestItems: { [tableName]: items.map((each) => ({ PutRequest: { Item: each } })) },
});
function reads(tableName: string, Keys: readonly Item[]): { RequestItems: Record<string, { readonly Keys: readonly Item[] }> } {
  return { RequestItems: { [tableName]: { Keys } } };
}
const keys = (length: number, name = freshKey()) => Array.from({ length }, (_, i) => keyOf(`${name}-${i}`));
const byText = (a: Item, b: Item) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;

const largeBatch = (inRounds: boolean): Check<DynamoDbSubject> => async (subject) => {
  const { tableName } = subject;
  const all = keys(45, freshKey('large'));
  const v = { B: randomBytes(390_000).toString('base64') };
  for (const key of all) await outputOf(subject, 'PutItem', { TableName: tableName, Item: { ...key, v } });
  const given: Item[] = [];
  let rounds = 0;
  for (let request = reads(tableName, all).RequestItems; request[tableName] !== undefined && rounds < 45; rounds++) {
    const { Responses, UnprocessedKeys } = await outputOf(subject, 'BatchGetItem', { RequestItems: request });
    given.push(...Responses![tableName]!.map(({ pk, sk }) => ({ pk: pk!, sk: sk! })));
    request = { ...UnprocessedKeys };
  }
  expect(given.toSorted(byText)).toEqual(all.toSorted(byText));
  expect(rounds > 1).toBe(inRounds);
};

/** BatchGetItem and BatchWriteItem. */
export const BATCH_ROWS: readonly Row<DynamoDbSubject>[] = [
  row('BatchWriteItem and BatchGetItem', async (subject) => {
    const { tableName } = subject;
    const items = keys(3).map((key) => ({ ...key, b: { B: 'AAH/' } }));
    expect(await outputOf(subject, 'BatchWriteItem', writes(tableName, items))).toMatchObject({ UnprocessedItems: {} });
    const asked = [...items.slice(0, 2).map(({ pk, sk }) => ({ pk, sk })), keyOf(freshKey('none'))];
    const { Responses, UnprocessedKeys } = await outputOf(subject, 'BatchGetItem', reads(tableName, asked));
    expect(UnprocessedKeys).toEqual({});
    expect(Responses![tableName]!.toSorted(byText)).toEqual(items.slice(0, 2));
  }),

  row('100 keys are read at once, and no more', async (subject) => {
    const { tableName } = subject;
    const { Responses, UnprocessedKeys } = await outputOf(subject, 'BatchGetItem', reads(tableName, keys(100)));
    expect([Responses, UnprocessedKeys]).toEqual([{ [tableName]: [] }, {}]);
    await expect(outputOf(subject, 'BatchGetItem', reads(tableName, keys(101)))).rejects.toMatchObject(INVALID);
  }),

  row('25 items are written at once, and no more', async (subject) => {
    expect(await outputOf(subject, 'BatchWriteItem', writes(subject.tableName, keys(25)))).toMatchObject({ UnprocessedItems: {} });
    await expect(outputOf(subject, 'BatchWriteItem', writes(subject.tableName, keys(26)))).rejects.toMatchObject(INVALID);
  }),

  row('a batch has no key twice', async (subject) => {
    const [key] = keys(1);
    await expect(outputOf(subject, 'BatchGetItem', reads(subject.tableName, [key!, key!]))).rejects.toMatchObject(INVALID);
    await expect(outputOf(subject, 'BatchWriteItem', writes(subject.tableName, [key!, key!]))).rejects.toMatchObject(INVALID);
  }),

  row('a batch with a table that is missing', async (subject) => {
    const call = outputOf(subject, 'BatchGetItem', reads('missing', keys(1)));
    await expect(call).rejects.toMatchObject({ name: 'ResourceNotFoundException', failure: 'missing' });
  }),

  row('a batch gives 16 MB at most, and names the keys that are left in the form of the request', largeBatch(true), {
    ministack: { why: 'it gives everything at once', check: largeBatch(false) },
  }),
];
