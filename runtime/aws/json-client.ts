import type { AwsService, Endpoint } from './endpoint.js';
import { AwsError, classify } from './errors.js';
import type { HttpRequest, HttpResponse } from './http.js';
import { dateOf, ServiceClient, type AwsClientOptions } from './service-client.js';
import { JsonRequestSigner, type AwsCredentials } from './sign-v4.js';

/** What sets one service that speaks AWS's JSON protocol apart from another. */
export interface JsonService {
  /** Also the name that requests are signed for. */
  readonly service: AwsService;
  /** What `x-amz-target` has before the operation: `DynamoDB_20120810`. */
  readonly target: string;
  /** Version of the protocol. */
  readonly protocol: '1.0' | '1.1';
  /** Bytes of an answer at most. */
  readonly maxResponseBytes: number;
}

/** A service that speaks AWS's JSON protocol, one operation at a time, in the shapes of its own protocol. */
export interface JsonClient<Operation extends string> {
  /**
   * Calls an operation. A write whose answer was lost may be sent twice.
   *
   * @param input the operation's parameters
   * @param signal ends the call, retries and waiting included; without one, it ends after 30 seconds
   * @throws AwsError
   */
  call<O>(operation: Operation, input: object, signal?: AbortSignal): Promise<O>;

  /**
   * Loads credentials and opens a connection ahead of the first call, while a function starts, say.
   *
   * @throws AwsError if there are no credentials or no connection: the next call would then fail as well, and may be left to say so
   */
  connect?(signal?: AbortSignal): Promise<void>;

  /** Closes idle connections. The client can still be used, and opens new ones then. */
  destroy(): void;
}

/** A client that needs no SDK, for a service that speaks AWS's JSON protocol. */
export function jsonClient<Operation extends string>(
  { service: name, target, protocol, maxResponseBytes }: JsonService, options: AwsClientOptions = {},
): JsonClient<Operation> {
  const service = new ServiceClient(name, options);
  let signer: JsonRequestSigner | undefined; // there is one endpoint, and it is known with the first call

  const prepare = (operation: string, body: string) => (endpoint: Endpoint, credentials: AwsCredentials, time: number): HttpRequest => {
    signer ??= new JsonRequestSigner({ service: name, region: endpoint.region }, `application/x-amz-json-${protocol}`, endpoint.host, endpoint.path);
    return { method: 'POST', path: endpoint.path, headers: signer.sign(`${target}.${operation}`, body, credentials, time), body, maxResponseBytes };
  };

  return {
    async call<O>(operation: Operation, input: object, signal?: AbortSignal): Promise<O> {
      const body = JSON.stringify(input);
      const failureOf = (response: HttpResponse) => response.statusCode === 200 ? undefined : errorOf(operation, response);
      const response = await service.send({ prepare: prepare(operation, body), failureOf }, signal);
      return parse(operation, response) as O;
    },
    connect: (signal) => service.connect(undefined, signal),
    destroy: () => service.destroy(),
  };
}

function parse(operation: string, { body, statusCode, headers }: HttpResponse): unknown {
  let answer: unknown;
  try {
    answer = JSON.parse(body.toString('utf8'));
  } catch { /* what JSON.parse says repeats a piece of the answer, which may be secret */ }
  if (typeof answer === 'object' && answer !== null) return answer;
  throw new AwsError(`${operation}: the answer is ${answer === undefined ? 'not JSON' : 'no JSON object'}; is there a proxy in between?`, {
    failure: 'server', code: 'E_AWS_RESPONSE', statusCode, requestId: headers['x-amzn-requestid'] as string | undefined, retryable: false,
  });
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
