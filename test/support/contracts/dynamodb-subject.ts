import { randomBytes } from 'node:crypto';
import type { DynamoDbClient, DynamoDbOperation, Item } from '../../../runtime/aws/dynamodb';

export interface Output {
  readonly Item?: Item;
  readonly Attributes?: Item;
  readonly Items?: readonly Item[];
  readonly Count?: number;
  readonly Responses?: Readonly<Record<string, readonly Item[]>>;
  readonly UnprocessedKeys?: Readonly<Record<string, { readonly Keys: readonly Item[] }>>;
  readonly UnprocessedItems?: object;
  readonly Table?: { readonly TableName: string; readonly CreationDateTime: number };
  readonly TableDescription?: { readonly TableName: string };
  readonly TimeToLiveDescription?: object;
  readonly LastEvaluatedKey?: Item;
}

/** A client of a server, and a table there with `pk` and `sk`. */
export interface DynamoDbSubject {
  readonly client: DynamoDbClient;
  readonly tableName: string;
  /** Takes the names of further tables, for who opened it to delete. */
  readonly created: string[];
}

export const outputOf = (subject: DynamoDbSubject, operation: DynamoDbOperation, input: object) => subject.client.call<Output>(operation, input);

export const keyOf = (pk: string, sk = 'V') => ({ pk: { S: pk }, sk: { S: sk } });

/** A key that nobody else has. */
export const freshKey = (name = 'k') => `${name}-${randomBytes(6).toString('hex')}`;
