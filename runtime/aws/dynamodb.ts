import { jsonClient, type JsonClient } from './json-client.js';
import type { AwsClientOptions } from './service-client.js';

export type { AwsClientOptions };

/** A value as DynamoDB's protocol has it. Numbers are decimal strings, binary is base64. */
export type AttributeValue
  = | { readonly S: string }
    | { readonly N: string }
    | { readonly B: string }
    | { readonly BOOL: boolean }
    | { readonly NULL: true }
    | { readonly M: Item }
    | { readonly L: readonly AttributeValue[] }
    | { readonly SS: readonly string[] }
    | { readonly NS: readonly string[] }
    | { readonly BS: readonly string[] };

export interface Item {
  readonly [attribute: string]: AttributeValue;
}

export type DynamoDbOperation
  = | 'GetItem' | 'BatchGetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'BatchWriteItem' | 'Query' | 'Scan'
    | 'DescribeTable' | 'DescribeTimeToLive' | 'CreateTable' | 'UpdateTimeToLive';

/**
 * DynamoDB, one operation at a time, in the shapes of its own protocol.
 *
 * What the service leaves unprocessed in a batch is the caller's to send again. `TableName` may be an ARN, the region must then be its own
 * (`regionOfArn`).
 */
export type DynamoDbClient = JsonClient<DynamoDbOperation>;

/** A BatchGetItem gives 16 MB, binary counted before base64; in bytes. */
const MAX_RESPONSE = 32 << 20;

/** A client for DynamoDB that needs no SDK. */
export function dynamoDbClient(options: AwsClientOptions = {}): DynamoDbClient {
  return jsonClient({ service: 'dynamodb', target: 'DynamoDB_20120810', protocol: '1.0', maxResponseBytes: MAX_RESPONSE }, options);
}
