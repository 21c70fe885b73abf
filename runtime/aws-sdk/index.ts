import {
  BatchGetItemCommand, BatchWriteItemCommand, CreateTableCommand, DeleteItemCommand, DescribeTableCommand, DescribeTimeToLiveCommand, GetItemCommand,
  PutItemCommand, QueryCommand, ScanCommand, UpdateItemCommand, UpdateTimeToLiveCommand, type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDbClient, DynamoDbOperation } from '../aws/dynamodb.js';
import { abortedError, AwsError, classify } from '../aws/errors.js';

export type { DynamoDbClient, DynamoDbOperation };
export { AwsError };

const COMMANDS = {
  GetItem: GetItemCommand,
  BatchGetItem: BatchGetItemCommand,
  PutItem: PutItemCommand,
  UpdateItem: UpdateItemCommand,
  DeleteItem: DeleteItemCommand,
  BatchWriteItem: BatchWriteItemCommand,
  Query: QueryCommand,
  Scan: ScanCommand,
  DescribeTable: DescribeTableCommand,
  DescribeTimeToLive: DescribeTimeToLiveCommand,
  CreateTable: CreateTableCommand,
  UpdateTimeToLive: UpdateTimeToLiveCommand,
} satisfies Record<DynamoDbOperation, unknown>;

/**
 * Lets a cache use a client of the AWS SDK for JavaScript v3: with its middleware, its credentials, its own retries.
 *
 * The SDK takes some three times the CPU of the client that is built in. Its default of three retries goes far beyond a cache's deadline:
 * `new DynamoDBClient({ maxAttempts: 2 })` is what the built-in client does.
 *
 * @param client stays the caller's: `destroy()` of what is returned leaves it open
 */
export function fromDynamoDBClient(client: DynamoDBClient): DynamoDbClient {
  return {
    async call<O>(operation: DynamoDbOperation, input: object, signal?: AbortSignal): Promise<O> {
      const Command = COMMANDS[operation] as new (input: unknown) => GetItemCommand; // send() is typed by command, what goes through it is not
      try {
        return plainFields(await client.send(new Command(toSdk(input)), { abortSignal: signal })) as O;
      } catch (error) {
        throw asAwsError(operation, error, signal);
      }
    },
    async connect() {
      await client.config.credentials();
    },
    destroy() { /* the client is not ours to close */ },
  };
}

/** Binary values are base64 in DynamoDB's protocol, and bytes to the SDK. Only an attribute value has a string or strings under `B` or `BS`. */
function toSdk(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSdk);
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Record<string, unknown>;
  if (typeof fields.B === 'string') return { B: Buffer.from(fields.B, 'base64') };
  if (Array.isArray(fields.BS)) return { BS: fields.BS.map((binary) => Buffer.from(binary as string, 'base64')) };
  return mapValues(fields, toSdk);
}

function toWire(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toWire);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  if (value instanceof Date) return value.getTime() / 1000;
  return mapValues(value as Record<string, unknown>, toWire);
}

function mapValues(fields: Record<string, unknown>, convert: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined).map(([name, value]) => [name, convert(value)]));
}

/** Without what the SDK adds to an output or an error. */
function plainFields(fields: object): Record<string, unknown> {
  return toWire(Object.fromEntries(Object.entries(fields).filter(([name]) => !name.startsWith('$')))) as Record<string, unknown>;
}

/** What the SDK's errors carry, as far as it is used. */
interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

function asAwsError(operation: string, cause: unknown, signal?: AbortSignal): AwsError {
  const { name = 'Error', message, code, $metadata, ...fields } = cause as SdkError;
  if (signal?.aborted) return abortedError(operation, signal.reason);
  if ($metadata?.httpStatusCode !== undefined) {
    const statusCode = $metadata.httpStatusCode;
    return new AwsError(`${operation}: ${name}: ${message ?? 'no message'}`, {
      failure: classify(name, statusCode), name, statusCode, requestId: $metadata.requestId, detail: plainFields(fields), cause,
    });
  }
  if (name === 'TimeoutError') return abortedError(operation, cause);
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') {
    return new AwsError(`${operation}: ${message}`, { failure: 'denied', code: 'E_AWS_CREDENTIALS', name, cause });
  }
  if (code !== undefined || $metadata !== undefined) { // it was sent; where `instanceof Error` fails, as in Jest, the SDK wraps it and loses the code
    const retryable = /ECONNRESET|EPIPE|socket hang up/.test(`${String(code)} ${message}`);
    return new AwsError(`${operation}: ${message ?? name}`, { failure: 'connection', retryable, cause });
  }
  return new AwsError(`${operation}: ${message ?? name}`, { failure: 'request', name, cause });
}
