import { IndexError } from '../errors.js';
import type { RedisClientLike } from './redis-client.js';
import { indexError } from './redis-errors.js';

export interface RedisLinkOptions {
  /** Makes a client that is connected, or rejects within a time of its own. */
  readonly open: () => Promise<RedisClientLike>;
  /** Gives up a client that is of no use any more. */
  readonly drop: (client: RedisClientLike) => void;
  /** Milliseconds that a call may take. */
  readonly timeout: number;
  /** Called with each client that has connected, before it is used. */
  readonly opened?: (client: RedisClientLike) => Promise<void>;
  /** Told why there is no connection, each time that it is lost or not to be had. */
  readonly failed: (error: IndexError) => void;
}

/** Longest pause between attempts to connect. */
const MAX_PAUSE = 2000;

/**
 * A connection that is kept up. Whoever calls while it is away is refused at once, not queued: the query that he could run instead is what he
 * waits for. Only the first call waits for the first connection. Neither the connection nor the attempts to have it back keep a process alive;
 * a call that is under way does.
 */
export class RedisLink {
  private client: RedisClientLike | undefined;
  private opening: Promise<RedisClientLike> | undefined;
  private away: IndexError | undefined;
  private pauses = 0;
  private openedAt = -Infinity;
  private heardAt = -Infinity;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(private readonly options: RedisLinkOptions) {}

  /** Whether a call would be refused at once. */
  get isAway(): boolean {
    return this.away !== undefined;
  }

  /** @throws IndexError */
  async use<T>(what: string, run: (client: RedisClientLike) => Promise<T>): Promise<T> {
    if (this.closed) throw new IndexError('connection', `index: ${what} failed: it was closed`);
    if (this.away !== undefined) throw new IndexError(this.away.failure, `index: ${what} was not tried: ${this.away.message}`, { cause: this.away });
    const began = performance.now();
    let used: RedisClientLike | undefined;
    const answer = this.ready().then(async (client) => {
      // Given up a moment ago: it would not even reject.
      if (this.client !== client) throw new IndexError('connection', `index: ${what} failed: the connection is gone`);
      used = client;
      const given = await run(client);
      this.heardAt = performance.now();
      return given;
    });
    try {
      return await within(this.options.timeout, what, answer);
    } catch (caught) {
      const error = indexError(caught, what);
      this.judge(error, used, began);
      throw error;
    }
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    if (this.client !== undefined) this.options.drop(this.client);
    this.client = undefined;
  }

  private ready(): Promise<RedisClientLike> {
    if (this.client?.isReady) return Promise.resolve(this.client);
    if (this.client !== undefined) this.lost(this.client, new IndexError('connection', 'index: the connection is gone'));
    if (this.away !== undefined) return Promise.reject(this.away);
    return this.open();
  }

  private open(): Promise<RedisClientLike> {
    this.opening ??= this.connected().finally(() => { this.opening = undefined; });
    // Whoever waited may have given up by now.
    this.opening.catch(() => undefined);
    return this.opening;
  }

  private async connected(): Promise<RedisClientLike> {
    let client: RedisClientLike | undefined;
    try {
      client = await this.options.open();
      await this.options.opened?.(client);
    } catch (caught) {
      if (client !== undefined) this.options.drop(client);
      const error = indexError(caught, 'connecting');
      this.retry(error);
      throw error;
    }
    if (this.closed) {
      this.options.drop(client);
      throw new IndexError('connection', 'index: it was closed');
    }
    client.on('error', (error) => this.lost(client, indexError(error, 'the connection')));
    this.client = client;
    this.openedAt = performance.now();
    this.away = undefined;
    return client;
  }

  /** After a call that failed: whether the connection is of any more use. */
  private judge(error: IndexError, client: RedisClientLike | undefined, began: number): void {
    if (error.failure === 'timeout' && client === undefined && this.client === undefined) this.away ??= error;
    if (client === undefined) return;
    // A server that has answered nothing since is silent, or the connection ends nowhere: a new one finds out which.
    const silent = error.failure === 'timeout' && this.heardAt < began;
    const elsewhere = /\b(READONLY|NOAUTH)\b/.test(error.message);
    if (silent || elsewhere) this.lost(client, error);
    else if (error.failure !== 'timeout' && error.failure !== 'connection') this.heardAt = performance.now();
  }

  private lost(client: RedisClientLike, error: IndexError): void {
    if (this.client !== client) return;
    this.client = undefined;
    this.options.drop(client);
    if (performance.now() - this.openedAt > 1000) this.pauses = 0;
    this.retry(error);
  }

  private retry(error: IndexError): void {
    if (this.closed) return;
    this.away = error;
    this.options.failed(error);
    const pause = Math.min(50 * 2 ** this.pauses, MAX_PAUSE) * (0.5 + Math.random() / 2);
    this.pauses += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { void this.open().catch(() => undefined); }, pause).unref();
  }
}

/** @throws IndexError `timeout` */
export async function within<T>(milliseconds: number, what: string, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new IndexError('timeout', `index: ${what} had no answer within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
