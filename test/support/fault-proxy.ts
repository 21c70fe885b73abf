import { setMaxListeners } from 'node:events';
import { Agent, createServer, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { accessTo, listen, type DynamoDbAccess } from './dynamodb-server';
import { COMPLAINTS, skewComplaint, splitBatch, type Answer, type Complaint } from './faults';

/**
 * What happens to a request:
 * - `refused`: the port is closed (for every operation; connections that are open are reset)
 * - `silent`: accepted, read and never answered
 * - `reset`: the connection is reset once the request has been read
 * - `truncated`: the answer stops in its middle and the connection closes
 * - `garbled`: 200 with a body that is no JSON
 * - `slow`: carried out at once, answered after so many milliseconds
 * - `partial`: only the first `keep` keys or writes of a batch are carried out, the others come back as unprocessed
 * - `skewed`: the server's clock is so many milliseconds ahead; requests signed more than 5 minutes off are refused with its time
 * - the others: DynamoDB's own error of that name
 */
export type Fault = 'pass' | 'refused' | 'silent' | 'reset' | 'truncated' | 'garbled' | Complaint
  | { readonly slow: number } | { readonly partial: number } | { readonly skewed: number };

export interface FaultOptions {
  /** Only these operations. @default - all */
  readonly operations?: readonly string[];
  /** Only the next so many requests; then what applied before applies again. @default - until changed */
  readonly times?: number;
}

export interface RecordedRequest {
  /** `GetItem`, `BatchGetItem`… */
  readonly operation: string;
  readonly headers: IncomingHttpHeaders;
  readonly input: Readonly<Record<string, unknown>>;
  /** The fault it met. */
  readonly fault: Fault;
}

export interface FaultProxyOptions {
  /** The server behind. @default - none: `respond` answers what passes */
  readonly upstream?: Pick<DynamoDbAccess, 'endpoint' | 'tableName'>;
  /** Answers what passes when there is no server behind. @default - `{}` */
  readonly respond?: (request: RecordedRequest) => unknown;
}

interface Rule {
  readonly fault: Fault;
  readonly operations?: readonly string[];
  left: number;
}

export function startFaultProxy(options: FaultProxyOptions = {}): Promise<FaultProxy> {
  return FaultProxy.start(options);
}

/** An HTTP server with DynamoDB's protocol that fails as told and remembers what it was asked. */
export class FaultProxy {
  static async start(options: FaultProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    proxy.reached = accessTo(await listen(proxy.server), options.upstream?.tableName ?? 'memo-test');
    return proxy;
  }

  /** Every request that arrived, in order. */
  readonly requests: RecordedRequest[] = [];
  /** Connections accepted so far. */
  connections = 0;

  private reached!: DynamoDbAccess;
  private rules: Rule[] = [];
  private readonly server = createServer((request, response) => {
    // Whatever goes wrong between here and there is a broken connection to the client.
    this.handle(request, response).catch(() => response.destroy());
  });

  private readonly agent = new Agent({ keepAlive: true });
  private readonly stopped = new AbortController();

  private constructor(private readonly options: FaultProxyOptions) {
    setMaxListeners(0, this.stopped.signal); // any number of requests may be slow at once
    this.server.on('connection', () => { this.connections += 1; });
  }

  get access(): DynamoDbAccess { return this.reached; }
  get endpoint(): string { return this.reached.endpoint; }

  /** Sets a fault on top of those that are set. */
  async set(fault: Fault, options: FaultOptions = {}): Promise<void> {
    if (fault === 'refused' && (options.operations || options.times)) throw new Error('refused closes the port: it knows no operations and no times');
    if (fault === 'pass' && !options.operations && !options.times) this.rules = [];
    else this.rules.push({ fault, operations: options.operations, left: options.times ?? Infinity });
    await this.openOrClose();
  }

  /** Back to passing everything; what was recorded stays. */
  async heal(): Promise<void> {
    await this.set('pass');
  }

  /** Requests so far by operation: `{ GetItem: 1, PutItem: 1 }`. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { operation } of this.requests) counts[operation] = (counts[operation] ?? 0) + 1;
    return counts;
  }

  /** Forgets what was recorded. */
  forget(): void {
    this.requests.length = 0;
    this.connections = 0;
  }

  async close(): Promise<void> {
    this.stopped.abort();
    this.agent.destroy();
    await this.stopListening();
  }

  private async openOrClose(): Promise<void> {
    const refused = this.rules.at(-1)?.fault === 'refused';
    if (refused) await this.stopListening();
    else if (!this.server.listening) await listen(this.server, Number(new URL(this.endpoint).port));
  }

  private async stopListening(): Promise<void> {
    if (!this.server.listening) return;
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
    // Two turns of the event loop, in which clients of this process see that their connections are gone.
    await setImmediate();
    await setImmediate();
  }

  private faultOf(operation: string): Fault {
    const rule = this.rules.findLast(({ operations, left }) => left > 0 && (operations?.includes(operation) ?? true));
    if (!rule) return 'pass';
    rule.left -= 1;
    return rule.fault;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request);
    const operation = String(request.headers['x-amz-target']).replace(/^.*\./, '');
    const input = JSON.parse(body || '{}') as Record<string, unknown>;
    const recorded = { operation, headers: request.headers, input, fault: this.faultOf(operation) };
    this.requests.push(recorded);
    const { fault } = recorded;

    if (fault === 'silent') return;
    if (fault === 'reset') { request.socket.resetAndDestroy(); return; }
    const answer = await this.answerTo(recorded);
    if (typeof fault === 'object' && 'slow' in fault) await sleep(fault.slow, undefined, { signal: this.stopped.signal, ref: false });
    send(response, answer, fault === 'truncated');
  }

  private async answerTo(request: RecordedRequest): Promise<Answer> {
    const { fault, operation, input } = request;
    if (fault === 'garbled') return { status: 200, body: '<html>not what you asked for</html>' };
    if (typeof fault === 'string' && fault in COMPLAINTS) return COMPLAINTS[fault as Complaint];
    if (typeof fault === 'object') {
      if ('skewed' in fault) return skewComplaint(request.headers, fault.skewed) ?? { ...await this.pass(request), clock: fault.skewed };
      if ('partial' in fault) {
        const { kept, empty, finish } = splitBatch(operation, input, fault.partial);
        return finish(empty ? { status: 200, body: '{}' } : await this.pass({ ...request, input: kept }));
      }
    }
    return this.pass(request);
  }

  private async pass(request: RecordedRequest): Promise<Answer> {
    const { upstream, respond } = this.options;
    if (!upstream) return { status: 200, body: JSON.stringify(respond?.(request) ?? {}) };
    const { host, connection, 'content-length': length, ...headers } = request.headers;
    void [host, connection, length]; // belong to the client's connection
    const outgoing = httpRequest(upstream.endpoint, { method: 'POST', agent: this.agent, headers });
    const incoming = new Promise<IncomingMessage>((resolve, reject) => outgoing.on('response', resolve).on('error', reject));
    outgoing.end(JSON.stringify(request.input));
    const answer = await incoming;
    return { status: answer.statusCode ?? 500, body: await readAll(answer) };
  }
}

async function readAll(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, { status, body, clock = 0 }: Answer, truncated: boolean): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': bytes.length,
    date: new Date(Date.now() + clock).toUTCString(),
    'x-amzn-requestid': 'FAULTPROXY0000000000000000000000000000000000000000',
  });
  if (truncated) response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
  else response.end(bytes);
}
