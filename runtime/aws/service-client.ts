import { setMaxListeners } from 'node:events';
import type { Agent } from 'node:http';
import { credentialProvider, type AwsCredentials, type CredentialProvider, type CredentialSource } from './credentials.js';
import { resolveEndpoint, resolveRegion, type AwsService, type Endpoint, type EndpointOptions } from './endpoint.js';
import { abortedError, AwsError, isExpiredToken, mayBeClockSkew } from './errors.js';
import { HttpPool, type HttpRequest, type HttpResponse, type HttpStream } from './http.js';
import type { BodyOptions } from './http-body.js';
import { isStream } from './http-exchange.js';
import { limit } from './http-limit.js';

export interface AwsClientOptions extends EndpointOptions {
  /**
   * The region of the table or bucket.
   * @default - `AWS_REGION`, `AWS_DEFAULT_REGION`, or the region of the profile
   */
  readonly region?: string;
  /**
   * Keys, or a function that gives them, such as a provider of the SDK's.
   * @default - environment, profile, web identity, container or instance, in the order of the SDK's default chain
   */
  readonly credentials?: AwsCredentials | CredentialSource;
  /**
   * Takes the place of the client's own: an agent of `node:https`, or of `node:http` if the endpoint is plain. Proxies, certificates and
   * keep-alive are then its business.
   * @default - keep-alive, at most `maxSockets` connections
   */
  readonly agent?: Agent;
  /**
   * Requests under way at the same time; as many as 1,024 more wait.
   * @default 64
   */
  readonly maxSockets?: number;
  /**
   * Times that a request is sent at most, when the service throttles or fails or the connection breaks.
   * Beside these, it is sent once more after corrected time, after renewed credentials, and after an idle connection turned out to be closed.
   * @default 2
   */
  readonly maxAttempts?: number;
  /**
   * Longest wait before the second attempt, in milliseconds; doubled for each further one. How long it is, chance decides.
   * @default 25
   */
  readonly retryDelay?: number;
  /**
   * Whether a request is sent once more where the connection turned out to have been closed while it was idle. With `false` and one attempt, no
   * request is carried out twice: a lost answer is an error.
   * @default true
   */
  readonly replaceStale?: boolean;
  /** The current time in Unix epoch milliseconds. @default Date.now */
  readonly now?: () => number;
  /** Environment variables. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
}

/** One request to a service, as often as it has to be sent. */
export interface ServiceCall {
  /** Where to send it, given the service's endpoint. @default - there */
  at?(endpoint: Endpoint): Endpoint;
  /** Signs it, anew for each attempt. @param time in Unix epoch milliseconds, as the service has it */
  prepare(endpoint: Endpoint, credentials: AwsCredentials, time: number): HttpRequest;
  /** @returns the error that the response says, or `undefined` if it is a success */
  failureOf(response: HttpResponse): AwsError | undefined;
}

/** For calls without a signal, in milliseconds. */
const DEFAULT_DEADLINE = 30_000;
/** Clocks that differ by less are no reason for a signature to be refused, in milliseconds. */
const TOLERATED_SKEW = 60_000;
const RETRY_DELAY = 25;

export interface OpenOptions extends BodyOptions {
  /** How long to wait for the headers, in milliseconds, all attempts together. @default 30000 */
  readonly timeout?: number;
}

/** What a signature is made with. */
export interface Signing {
  readonly endpoint: Endpoint;
  readonly credentials: AwsCredentials;
  /** In Unix epoch milliseconds, as the service has it. */
  readonly time: number;
}

/** What the clients of all services share: endpoint, credentials, clock, retries. */
export class ServiceClient {
  private readonly http: HttpPool;
  private readonly credentials: CredentialProvider;
  private readonly now: () => number;
  private readonly maxAttempts: number;
  private readonly retryDelay: number;
  private endpoint?: Endpoint;
  /** The service's clock minus ours, in milliseconds. */
  private skew = 0;

  constructor(private readonly service: AwsService, private readonly options: AwsClientOptions) {
    this.http = new HttpPool(options);
    this.credentials = credentialProvider(options);
    this.now = options.now ?? Date.now;
    this.maxAttempts = options.maxAttempts ?? 2;
    this.retryDelay = options.retryDelay ?? RETRY_DELAY;
  }

  /**
   * Sends a call until it succeeds, fails for good, or the signal aborts.
   *
   * @throws AwsError
   */
  send(call: ServiceCall, signal: AbortSignal = AbortSignal.timeout(DEFAULT_DEADLINE)): Promise<HttpResponse> {
    return this.repeat(call, signal, (endpoint, request) => this.http.request(endpoint, request, signal));
  }

  /**
   * As `send` does, until there are headers; the body of a success is a stream, as `HttpPool.open` says. The signal ends the one and the other.
   *
   * @throws AwsError
   */
  async open(call: ServiceCall, { timeout = DEFAULT_DEADLINE, ...body }: OpenOptions = {}): Promise<HttpResponse | HttpStream> {
    const { signal, close } = limit(timeout, body.signal);
    try {
      return await this.repeat(call, signal, (endpoint, request) => this.http.open(endpoint, request, signal, body));
    } finally {
      close();
    }
  }

  /** What to sign with, for what is sent by somebody else. @throws AwsError */
  async signing(at?: ServiceCall['at'], signal: AbortSignal = AbortSignal.timeout(DEFAULT_DEADLINE)): Promise<Signing> {
    const located = this.endpoint ?? await within(this.locate(), this.service, signal);
    const endpoint = at?.(located) ?? located;
    const credentials = this.credentials.current() ?? await within(this.credentials.get(), endpoint.host, signal);
    return { endpoint, credentials, time: this.now() + this.skew };
  }

  private async repeat<R extends HttpResponse | HttpStream>(
    call: ServiceCall, signal: AbortSignal, send: (endpoint: Endpoint, request: HttpRequest) => Promise<R>,
  ): Promise<R> {
    const located = this.endpoint ?? await within(this.locate(), this.service, signal);
    const endpoint = call.at?.(located) ?? located;
    let timeCorrected = false;
    let credentialsRenewed = false;
    let attempts = 0; // that came to nothing for want of luck: what is mended does not count
    for (;;) {
      const credentials = this.credentials.current() ?? await within(this.credentials.get(), endpoint.host, signal);
      const { skew } = this;
      const answer = await attempt(call, () => send(endpoint, call.prepare(endpoint, credentials, this.now() + skew)));
      if (!(answer instanceof AwsError)) return answer;

      if (!credentialsRenewed && isExpiredToken(answer)) {
        credentialsRenewed = true;
        if (await within(this.credentials.renew(credentials), endpoint.host, signal)) continue;
      } else if (!timeCorrected && mayBeClockSkew(answer) && this.correctTime(answer, skew)) {
        timeCorrected = true;
        continue;
      } else if (answer.retryable && ++attempts < this.maxAttempts && await pause(Math.random() * this.retryDelay * 2 ** (attempts - 1), signal)) {
        continue;
      }
      throw answer;
    }
  }

  /** Loads credentials and opens a connection, so that the first call finds both. @throws AwsError */
  async connect(at?: ServiceCall['at'], signal: AbortSignal = AbortSignal.timeout(DEFAULT_DEADLINE)): Promise<void> {
    const located = this.endpoint ?? await within(this.locate(), this.service, signal);
    const endpoint = at?.(located) ?? located;
    await Promise.all([
      within(this.credentials.get(), endpoint.host, signal),
      // unsigned: whatever the answer, the connection is there
      this.http.request(endpoint, { method: 'GET', path: endpoint.path, headers: [], maxResponseBytes: 1 << 20 }, signal),
    ]);
  }

  destroy(): void {
    this.http.destroy();
  }

  private async locate(): Promise<Endpoint> {
    this.endpoint ??= resolveEndpoint(this.service, await resolveRegion(this.options.region, this.options.env), this.options, this.options.env);
    return this.endpoint;
  }

  /** Sets the clock by which to sign to the service's. @returns false if the one used was right */
  private correctTime({ serverTime }: AwsError, used: number): boolean {
    if (serverTime === undefined) return false;
    const skew = serverTime - this.now();
    if (Math.abs(skew - used) < TOLERATED_SKEW) return false;
    this.skew = skew;
    return true;
  }
}

/** @returns what came back: a success, or why it is none */
async function attempt<R extends HttpResponse | HttpStream>(call: ServiceCall, send: () => Promise<R>): Promise<R | AwsError> {
  try {
    const response = await send();
    // The body of a success is still to come, and nothing in it makes it a failure.
    return (isStream(response) ? undefined : call.failureOf(response)) ?? response;
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
}

/**
 * A wait for something that others wait for too, so it is left rather than ended when the signal aborts.
 *
 * @param what named by the error
 * @throws AwsError `E_AWS_TIMEOUT` or `E_AWS_ABORTED`
 */
export function within<T>(promise: Promise<T>, what: string, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => {}); // whatever becomes of it, nobody here will know
    return Promise.reject(abortedError(what, signal.reason));
  }
  setMaxListeners(0, signal); // many calls may share one, and Node 20 warns of the eleventh
  return new Promise((resolve, reject) => {
    const abort = () => reject(abortedError(what, signal.reason));
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** @returns false at once when the signal aborts */
function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const end = (whole: boolean) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      resolve(whole);
    };
    const abort = () => end(false);
    const timer = setTimeout(() => end(true), ms);
    signal.addEventListener('abort', abort, { once: true });
  });
}

/** `Date` of a response, in Unix epoch milliseconds. */
export function dateOf({ headers }: HttpResponse): number | undefined {
  const time = Date.parse(headers.date ?? '');
  return Number.isNaN(time) ? undefined : time;
}
