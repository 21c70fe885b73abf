import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen, TEST_CREDENTIALS, TEST_REGION } from '../dynamodb-server';
import { ParameterStoreError } from './errors';
import { ParameterStoreModel, type ParameterStoreOptions } from './model';
import { isOperation } from './operations';
import type { Caller } from './state';

export interface ParameterStoreServerOptions extends ParameterStoreOptions {
  /** What the server shows. @default - a model of its own, with these options */
  readonly model?: ParameterStoreModel;
  /** Who calls, by the access key that signs. @default - the model's caller for every key */
  readonly callers?: { readonly [accessKeyId: string]: Caller };
}

export interface ParameterStoreServer {
  readonly endpoint: string;
  readonly clientConfig: { readonly endpoint: string; readonly region: string; readonly credentials: typeof TEST_CREDENTIALS };
  /** Environment for a child process, or for a client that reads it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly model: ParameterStoreModel;
  close(): Promise<void>;
}

const TARGET = 'AmazonSSM.';

/**
 * A server of Parameter Store in this process, on 127.0.0.1 and a free port, empty.
 *
 * It checks that a request is signed, not by whom. It keeps the list in contracts/ssm.ts. It knows no IAM, no KMS, no shared parameters and
 * no other part of Systems Manager.
 */
export async function startParameterStore(options: ParameterStoreServerOptions = {}): Promise<ParameterStoreServer> {
  const model = options.model ?? new ParameterStoreModel({ region: TEST_REGION, ...options });
  const server = createServer((request, response) => {
    // Whatever is no answer of the service is a broken connection to the client: a hook's crash too.
    handle(model, options.callers ?? {}, request, response).catch(() => response.destroy());
  });
  const endpoint = await listen(server);
  let closing: Promise<void> | undefined;
  return {
    endpoint, model,
    clientConfig: { endpoint, region: model.place.region, credentials: TEST_CREDENTIALS },
    environment: {
      AWS_ENDPOINT_URL_SSM: endpoint,
      AWS_REGION: model.place.region,
      AWS_ACCESS_KEY_ID: TEST_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: TEST_CREDENTIALS.secretAccessKey,
    },
    close: () => closing ??= new Promise<void>((resolve, reject) => {
      server.close((error) => error ? reject(error) : resolve());
      server.closeAllConnections();
    }),
  };
}

async function handle(
  model: ParameterStoreModel, callers: Readonly<Record<string, Caller>>, request: IncomingMessage, response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    const input = inputOf(Buffer.concat(chunks).toString('utf8'));
    const { operation, key } = addressOf(request);
    reply(response, 200, await model.call(operation, input as never, callers[key]));
  } catch (error) {
    if (!(error instanceof ParameterStoreError)) throw error;
    reply(response, error.status, { __type: error.name, message: error.message });
  }
}

function addressOf({ headers }: IncomingMessage) {
  const key = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/[^/]+\/ssm\/aws4_request, /.exec(headers.authorization ?? '')?.[1];
  if (key === undefined) throw new ParameterStoreError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const target = String(headers['x-amz-target']);
  const operation = target.startsWith(TARGET) ? target.slice(TARGET.length) : '';
  if (!isOperation(operation)) throw new ParameterStoreError('UnknownOperationException', `The simulator has no ${target}`);
  return { operation, key };
}

function inputOf(body: string): object {
  try {
    const input: unknown = JSON.parse(body);
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input;
  } catch {
    // It is refused like anything else that is no object.
  }
  throw new ParameterStoreError('SerializationException', 'The request is no JSON object.');
}

function reply(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body, function (this: Record<string, unknown>, name: string, value: unknown) {
    const whole = this[name];
    return whole instanceof Date ? whole.getTime() / 1000 : value;
  });
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID(), 'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
