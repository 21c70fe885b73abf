import { AwsError, classify } from './errors.js';
import type { HttpRequest, HttpResponse } from './http.js';
import { dateOf, ServiceClient, type AwsClientOptions } from './service-client.js';
import { JsonRequestSigner, type AwsCredentials } from './sign-v4.js';
import type { Endpoint } from './endpoint.js';

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

/** DynamoDB, one operation at a time, in the shapes of its own protocol. */
export interface DynamoDbClient {
  /**
   * Calls an operation.
   *
   * What the service leaves unprocessed in a batch is the caller's to send again. A write whose answer was lost may be sent twice.
   *
   * @param input the operation's parameters; `TableName` may be an ARN, the region must then be its own (`regionOfArn`)
   * @param signal ends the call, retries and waiting included; without one, it ends after 30 seconds
   * @throws AwsError
   */
  call<O>(operation: DynamoDbOperation, input: object, signal?: AbortSignal): Promise<O>;

  /**
   * Loads credentials and opens a connection ahead of the first call, while a function starts, say.
   *
   * @throws AwsError if there are no credentials or no connection: the next call would then fail as well, and may be left to say so
   */
  connect?(signal?: AbortSignal): Promise<void>;

  /** Closes idle connections. The client can still be used, and opens new ones then. */
  destroy(): void;
}

const CONTENT_TYPE = 'application/x-amz-json-1.0';
/** A BatchGetItem gives 16 MB, binary counted before base64; in bytes. */
const MAX_RESPONSE = 32 << 20;

/** A client for DynamoDB that needs no SDK. */
export function dynamoDbClient(options: AwsClientOptions = {}): DynamoDbClient {
  const service = new ServiceClient('dynamodb', options);
  let signer: JsonRequestSigner | undefined; // there is one endpoint, and it is known with the first call

  const prepare = (target: string, body: string) => (endpoint: Endpoint, credentials: AwsCredentials, time: number): HttpRequest => {
    signer ??= new JsonRequestSigner({ service: 'dynamodb', region: endpoint.region }, CONTENT_TYPE, endpoint.host, endpoint.path);
    return { method: 'POST', path: endpoint.path, headers: signer.sign(target, body, credentials, time), body, maxResponseBytes: MAX_RESPONSE };
  };

  return {
    async call<O>(operation: DynamoDbOperation, input: object, signal?: AbortSignal): Promise<O> {
      const body = JSON.stringify(input);
      const failureOf = (response: HttpResponse) => response.statusCode === 200 ? undefined : errorOf(operation, response);
      const response = await service.send({ prepare: prepare(`DynamoDB_20120810.${operation}`, body), failureOf }, signal);
      return parse(operation, response) as O;
    },
    connect: (signal) => service.connect(undefined, signal),
    destroy: () => service.destroy(),
  };
}

function parse(operation: string, { body, statusCode, headers }: HttpResponse): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new AwsError(`${operation}: the answer is not JSON; is there a proxy in between?`, {
      failure: 'server', code: 'E_AWS_RESPONSE', statusCode, requestId: headers['x-amzn-requestid'] as string | undefined, retryable: false, cause,
    });
  }
}

function errorOf(operation: string, response: HttpResponse): AwsError {
  const { statusCode, headers } = response;
  const detail = fieldsOf(response.body);
  const type = detail.__type ?? headers['x-amzn-errortype'];
  const name = typeof type === 'string' ? type.replace(/^.*#/, '').replace(/:.*$/, '') : `Http${statusCode}`;
  const message = detail.message ?? detail.Message ?? 'no message';
  return new AwsError(`${operation}: ${name}: ${String(message)}`, {
    failure: classify(name, statusCode), name, statusCode, detail,
    requestId: headers['x-amzn-requestid'] as string | undefined, serverTime: dateOf(response),
  });
}

/** An error's body, which is not JSON when something before the service has answered. */
function fieldsOf(body: Buffer): Record<string, unknown> {
  try {
    return { ...JSON.parse(body.toString('utf8')) as object };
  } catch {
    return {};
  }
}
