import { setMaxListeners } from 'node:events';
import http, { type Agent, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AgentOptions } from 'node:https';
import type { Endpoint } from './endpoint.js';
import { abortedError, AwsError, connectionError, isReset } from './errors.js';
import { nodeUsesEnvProxy, proxyFor, warnOfIgnoredProxy } from './proxy.js';

export interface HttpOptions {
  /**
   * Takes the place of the pool's own agent; proxies, certificates and keep-alive are then its business.
   * @default - keep-alive, at most `maxSockets` connections
   */
  readonly agent?: Agent;
  /**
   * Requests under way at the same time.
   * @default 64
   */
  readonly maxSockets?: number;
  /**
   * Requests that wait for one under way to end; one more is refused at once.
   * @default 1024
   */
  readonly maxQueue?: number;
  /**
   * Whether a request is sent once more where the connection turned out to have been closed while it was idle. That it was not carried out
   * before is likely, not certain.
   * @default true
   */
  readonly replaceStale?: boolean;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
}

export interface HttpRequest {
  readonly method: string;
  /** Path and query as they go on the wire. */
  readonly path: string;
  /** Names and values in turn; `host` and `content-length` are added. */
  readonly headers: readonly string[];
  readonly body?: string | Uint8Array;
  /** Largest response body to accept, in bytes. */
  readonly maxResponseBytes: number;
}

export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * Sends requests over kept-alive connections, a bounded number at a time. Idle connections do not keep the process alive.
 *
 * `NODE_EXTRA_CA_CERTS` works as Node has it; `AWS_CA_BUNDLE` replaces the certificate authorities. Proxies of the environment are used where
 * Node's own support for them is on, otherwise they are ignored, as the SDK does, and a warning says so.
 */
export class HttpPool {
  private readonly maxSockets: number;
  private readonly maxQueue: number;
  private readonly env: NodeJS.ProcessEnv;
  private readonly waiting = new Set<() => void>();
  private readonly agents = new Map<string, Agent>();
  private active = 0;

  constructor(private readonly options: HttpOptions = {}) {
    this.maxSockets = options.maxSockets ?? 64;
    this.maxQueue = options.maxQueue ?? 1024;
    this.env = options.env ?? process.env;
  }

  /**
   * Sends one request and reads its response whole. A connection that turns out to have been closed while it was idle is replaced once.
   *
   * @throws AwsError of the class `timeout`, `connection`, `throttled` (`E_AWS_QUEUE_FULL`) or `request` (`E_AWS_RESPONSE_TOO_LARGE`)
   */
  async request(endpoint: Endpoint, request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse> {
    if (signal?.aborted) throw abortedError(endpoint.host, signal.reason);
    if (signal && this.active + this.waiting.size >= 10) setMaxListeners(0, signal); // calls may share one, and Node 20 warns of the eleventh
    if (this.active >= this.maxSockets) await this.turn(endpoint, signal);
    else this.active++;
    try {
      const agent = this.options.agent ?? this.agents.get(endpoint.host) ?? this.open(endpoint);
      try {
        return await this.exchange(agent, endpoint, request, signal);
      } catch (error) {
        if (error instanceof AwsError) throw error;
        if (!(error instanceof StaleConnection)) throw connectionError(endpoint.host, error); // an agent for the other protocol, say
        this.dropIdle(agent, endpoint); // the others have been idle for longer
        if (this.options.replaceStale === false) throw connectionError(endpoint.host, error.cause);
        return await this.exchange(agent, endpoint, request, signal);
      }
    } finally {
      const [next] = this.waiting;
      if (next === undefined) this.active--;
      else next();
    }
  }

  /** Closes idle connections; those in use are closed when what is under way ends. */
  destroy(): void {
    for (const agent of this.agents.values()) {
      (agent as Agent & { keepAlive: boolean }).keepAlive = false;
      for (const sockets of Object.values(agent.freeSockets ?? {})) sockets?.slice().forEach((socket) => socket.destroy());
    }
    this.agents.clear();
  }

  /** Waits for a place that another request hands over. */
  private turn(endpoint: Endpoint, signal?: AbortSignal): Promise<void> {
    if (this.waiting.size >= this.maxQueue) {
      return Promise.reject(new AwsError(`${endpoint.host}: ${this.active} requests under way and ${this.waiting.size} waiting; not sent`, {
        failure: 'throttled', code: 'E_AWS_QUEUE_FULL', retryable: false,
      }));
    }
    return new Promise((resolve, reject) => {
      const leave = () => { this.waiting.delete(start); signal?.removeEventListener('abort', giveUp); };
      const start = () => { leave(); resolve(); };
      const giveUp = () => { leave(); reject(abortedError(endpoint.host, signal!.reason)); };
      this.waiting.add(start);
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  }

  private open(endpoint: Endpoint): Agent {
    const settings: AgentOptions & { proxyEnv?: NodeJS.ProcessEnv } = { keepAlive: true, maxSockets: this.maxSockets };
    if (proxyFor(endpoint, this.env) !== undefined) {
      if (nodeUsesEnvProxy(this.env)) settings.proxyEnv = this.env;
      else warnOfIgnoredProxy(endpoint.host);
    }
    if (endpoint.protocol === 'https:' && this.env.AWS_CA_BUNDLE) settings.ca = readBundle(this.env.AWS_CA_BUNDLE);
    const agent = new (moduleFor(endpoint).Agent)(settings);
    this.agents.set(endpoint.host, agent);
    return agent;
  }

  private exchange(agent: Agent, endpoint: Endpoint, request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      const { body } = request;
      const headers = ['host', endpoint.host, ...request.headers];
      if (body !== undefined) headers.push('content-length', String(Buffer.byteLength(body)));
      const outgoing = moduleFor(endpoint).request({
        agent, protocol: endpoint.protocol, host: endpoint.hostname, port: endpoint.port, method: request.method, path: request.path,
        headers: headers as unknown as http.OutgoingHttpHeaders, // a flat list is taken as it is, without a map in between
      });
      let answered = false;
      const abort = () => {
        fail(abortedError(endpoint.host, signal!.reason));
        if (outgoing.reusedSocket) this.dropIdle(agent, endpoint); // a silent peer may be silent on the others too
        outgoing.destroy();
      };
      const done = () => signal?.removeEventListener('abort', abort);
      const fail = (error: unknown) => { done(); reject(error instanceof AwsError ? error : connectionError(endpoint.host, error)); };
      signal?.addEventListener('abort', abort, { once: true });
      outgoing.on('error', (error) => {
        if (!outgoing.reusedSocket || answered || !isReset(error)) return fail(error);
        done();
        reject(new StaleConnection('closed while idle', { cause: error }));
      });
      outgoing.on('response', (incoming) => {
        answered = true;
        readBody(incoming, request.maxResponseBytes, fail, (received) => {
          done();
          resolve({ statusCode: incoming.statusCode!, headers: incoming.headers, body: received });
        });
      });
      outgoing.end(body);
    });
  }

  private dropIdle(agent: Agent, endpoint: Endpoint): void {
    const prefix = `${endpoint.hostname}:${endpoint.port}:`;
    for (const [name, sockets] of Object.entries(agent.freeSockets ?? {})) {
      if (name.startsWith(prefix)) sockets?.slice().forEach((socket) => socket.destroy());
    }
  }
}

/** A kept-alive connection was closed before it was used again: the request was not answered on it. */
class StaleConnection extends Error {}

function readBody(incoming: IncomingMessage, maxBytes: number, fail: (error: unknown) => void, done: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  incoming.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes > maxBytes) {
      incoming.destroy(new AwsError(`the response is larger than ${maxBytes} bytes`, { failure: 'request', code: 'E_AWS_RESPONSE_TOO_LARGE' }));
    }
  });
  incoming.on('end', () => done(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
  incoming.on('error', fail);
}

/** `node:https` takes its time to load, and plain endpoints do without. */
function moduleFor({ protocol }: Endpoint) {
  return protocol === 'https:' ? process.getBuiltinModule('node:https') : http;
}

function readBundle(path: string): Buffer {
  try {
    return process.getBuiltinModule('node:fs').readFileSync(path);
  } catch (cause) {
    throw new AwsError(`AWS_CA_BUNDLE cannot be read: ${JSON.stringify(path)}`, { failure: 'connection', code: 'E_AWS_CA_BUNDLE', cause });
  }
}
