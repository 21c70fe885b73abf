import type { DynamoDbClient, DynamoDbOperation } from '../aws/dynamodb.js';
import { regionOfArn } from '../aws/endpoint.js';

/** What of a call's input says which table it is about. */
interface AboutTables {
  readonly TableName?: string;
  readonly RequestItems?: Readonly<Record<string, unknown>>;
}

/**
 * DynamoDB in as many Regions as there are tables: a call goes to the Region of the table's ARN, or to the connection's own for a table
 * that is given by its name.
 *
 * @param open a client for a Region; `undefined` is the connection's own
 */
export function regionalDynamoDb(open: (region: string | undefined) => DynamoDbClient): DynamoDbClient {
  const clients = new Map<string | undefined, DynamoDbClient>();
  const clientOf = (region: string | undefined): DynamoDbClient => {
    let client = clients.get(region);
    if (client === undefined) clients.set(region, client = open(region));
    return client;
  };
  return {
    call: <O>(operation: DynamoDbOperation, input: AboutTables, signal?: AbortSignal) =>
      clientOf(regionOfInput(input)).call<O>(operation, input, signal),
    connect: async (signal) => clientOf(undefined).connect?.(signal),
    destroy: () => { for (const client of clients.values()) client.destroy(); },
  };
}

/** All tables of a batch are in one Region: it is one request. */
function regionOfInput({ TableName, RequestItems = {} }: AboutTables): string | undefined {
  return regionOfArn(TableName ?? Object.keys(RequestItems)[0] ?? '');
}
