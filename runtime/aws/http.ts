import { setMaxListeners } from 'node:events';
import type { Agent } from 'node:http';
import type { AgentOptions } from 'node:https';
import type { Endpoint } from './endpoint.js';
import { abortedError, AwsError, connectionError } from './errors.js';
import { watchBody, type BodyOptions } from './http-body.js';
import { exchange, isStream, moduleFor, StaleConnection, type HttpRequest, type HttpResponse, type HttpStream } from './http-exchange.js';
import { nodeUsesEnvProxy, proxyFor, warnOfIgnoredProxy } from './proxy.js';

export type { HttpRequest, HttpResponse, HttpStream };

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
    await this.enter(endpoint, signal);
    try {
      return await this.send(endpoint, request, signal, false) as HttpResponse;
    } finally {
      this.leave();
    }
  }

  /**
   * Sends one request; a success resolves with its headers, and its body as a stream, any other response is read whole.
   *
   * The request's place is taken until the body has been read, or destroyed, which closes its connection. A body whose connection breaks, whose
   * signal aborts or whose server falls silent ends with an error. If nobody listens by then, whoever takes the body later is told:
   * by `for await` and `pipeline`, that is.
   *
   * @param signal ends the request until there are headers
   * @throws AwsError as `request` does
   */
  async open(endpoint: Endpoint, request: HttpRequest, signal: AbortSignal | undefined, body: BodyOptions = {}): Promise<HttpResponse | HttpStream> {
    await this.enter(endpoint, signal);
    let response: HttpResponse | HttpStream | undefined;
    try {
      response = await this.send(endpoint, request, signal, true);
      if (isStream(response) && !response.body.closed) {
        watchBody(response.body, endpoint.host, body);
        response.body.once('close', () => this.leave());
      } else this.leave();
      return response;
    } catch (error) {
      this.leave();
      throw error;
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

  /** Takes a place, at once or in turn. */
  private async enter(endpoint: Endpoint, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) throw abortedError(endpoint.host, signal.reason);
    if (signal && this.active + this.waiting.size >= 10) setMaxListeners(0, signal); // calls may share one, and Node 20 warns of the eleventh
    if (this.active >= this.maxSockets) await this.turn(endpoint, signal);
    else this.active++;
  }

  private leave(): void {
    const [next] = this.waiting;
    if (next === undefined) this.active--;
    else next();
  }

  private async send(
    endpoint: Endpoint, request: HttpRequest, signal: AbortSignal | undefined, streamed: boolean,
  ): Promise<HttpResponse | HttpStream> {
    const agent = this.options.agent ?? this.agents.get(endpoint.host) ?? this.openAgent(endpoint);
    // A silent peer may be silent on the others too.
    const once = () => exchange(agent, endpoint, request, { signal, streamed, whenSilent: () => this.dropIdle(agent, endpoint) });
    try {
      return await once();
    } catch (error) {
      if (error instanceof AwsError) throw error;
      if (!(error instanceof StaleConnection)) throw connectionError(endpoint.host, error); // an agent for the other protocol, say
      this.dropIdle(agent, endpoint); // the others have been idle for longer
      if (this.options.replaceStale === false) throw connectionError(endpoint.host, error.cause);
      return once();
    }
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

  private openAgent(endpoint: Endpoint): Agent {
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

  private dropIdle(agent: Agent, endpoint: Endpoint): void {
    const prefix = `${endpoint.hostname}:${endpoint.port}:`;
    for (const [name, sockets] of Object.entries(agent.freeSockets ?? {})) {
      if (name.startsWith(prefix)) sockets?.slice().forEach((socket) => socket.destroy());
    }
  }
}

function readBundle(path: string): Buffer {
  try {
    return process.getBuiltinModule('node:fs').readFileSync(path);
  } catch (cause) {
    throw new AwsError(`AWS_CA_BUNDLE cannot be read: ${JSON.stringify(path)}`, { failure: 'connection', code: 'E_AWS_CA_BUNDLE', cause });
  }
}
