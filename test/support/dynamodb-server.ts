import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient, type CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';

/** Accepted by every embedded server; they check that a request is signed, not by whom. */
export const TEST_CREDENTIALS = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' } as const;
export const TEST_REGION = 'us-east-1';

export interface DynamoDbOptions {
  /** @default - a table named `memo-test` */
  readonly table?: { readonly name?: string };
  /**
   * Without any table: for the test of a missing one, and for who creates his own.
   * @default true
   */
  readonly createTable?: boolean;
}

/** What a client needs to reach a server: settings for the SDK, variables for a process. */
export interface DynamoDbAccess {
  readonly endpoint: string;
  readonly tableName: string;
  readonly clientConfig: { readonly endpoint: string; readonly region: string; readonly credentials: typeof TEST_CREDENTIALS };
  /** Environment for a child process, or for a client that reads it. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface DynamoDbServer extends DynamoDbAccess {
  /** An SDK client of its own, destroyed with the server. */
  readonly client: DynamoDBClient;
  createTable(definition: CreateTableCommandInput): Promise<void>;
  close(): Promise<void>;
}

export function accessTo(endpoint: string, tableName: string): DynamoDbAccess {
  return {
    endpoint,
    tableName,
    clientConfig: { endpoint, region: TEST_REGION, credentials: TEST_CREDENTIALS },
    environment: {
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      AWS_REGION: TEST_REGION,
      AWS_ACCESS_KEY_ID: TEST_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: TEST_CREDENTIALS.secretAccessKey,
      CACHE_TABLE: tableName,
    },
  };
}

/** A table as `MemoCache` defines it. */
export function memoTable(name: string): CreateTableCommandInput {
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'sk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
  };
}

/**
 * A DynamoDB server in this process, on 127.0.0.1 and a free port, empty but for one table.
 *
 * It is dynalite, which knows no transactions, no `UpdateTimeToLive`, no streams and no `ReturnValuesOnConditionCheckFailure`,
 * and never deletes an expired item.
 */
export async function startDynamoDb(options: DynamoDbOptions = {}): Promise<DynamoDbServer> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  server.prependListener('request', ignoreLeavingClients);
  const endpoint = await listen(server);

  const access = accessTo(endpoint, options.table?.name ?? 'memo-test');
  const client = new DynamoDBClient(access.clientConfig);
  const createTable = async (definition: CreateTableCommandInput) => {
    await client.send(new CreateTableCommand(definition));
    const { TableName } = definition;
    while ((await client.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus !== 'ACTIVE') await pause(5);
  };
  let closing: Promise<void> | undefined;
  const close = () => closing ??= new Promise<void>((resolve, reject) => {
    client.destroy();
    server.close((error) => error ? reject(error) : resolve());
    server.closeAllConnections();
  });

  if (options.createTable ?? true) await createTable(memoTable(access.tableName));
  return { ...access, client, createTable, close };
}

export async function listen(server: Server, port = 0): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** dynalite throws when a client leaves before its answer, as every client with a deadline does; nobody could catch that. */
function ignoreLeavingClients(request: IncomingMessage): void {
  const { on } = request;
  request.on = function (this: IncomingMessage, event: string, listener: (...args: unknown[]) => void) {
    return on.call(this, event, event === 'error' ? () => {} : listener);
  } as IncomingMessage['on'];
}
