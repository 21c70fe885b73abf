import { IndexError } from '../errors.js';
import { createRedisClient, preload, type RedisClientLike } from './redis-client.js';
import { CredentialSource } from './redis-credentials.js';
import { indexError, isNoScript } from './redis-errors.js';
import { RedisLink, within } from './redis-link.js';
import type { RedisSettings } from './redis-options.js';
import type { Script } from './script.js';

/** Told a message of a channel; nothing, when messages may have been lost. */
export type ChannelListener = (message?: string) => void;

/** Two connections to a server: one for commands, and one to listen with, that is opened when somebody listens first. */
export class RedisConnection {
  /** Commands sent so far. What connections begin with is not counted. */
  commands = 0;

  private readonly main: RedisLink;
  private readonly listening: RedisLink;
  private readonly channels = new Map<string, Set<ChannelListener>>();
  /** What the connection of now listens to, or is about to. */
  private subscribed = new Map<string, Promise<unknown>>();
  private hasListened = false;
  private readonly credentials: CredentialSource;

  constructor(private readonly settings: RedisSettings) {
    this.credentials = new CredentialSource(settings.readCredentials);
    const { timeout, connection, onError, load } = settings;
    if (connection === undefined) preload(load);
    const owned = { timeout, failed: onError, drop: destroy };
    this.main = connection === undefined
      ? new RedisLink({ ...owned, open: () => this.open() })
      // Another's client connects by itself, and is not ours to close.
      : new RedisLink({ ...owned, open: () => given(connection), drop: () => undefined });
    this.listening = new RedisLink({
      ...owned,
      open: () => connection === undefined ? this.open() : this.prepare(connection.duplicate()),
      opened: (client) => this.listenAgain(client),
    });
  }

  /** Opens the connection for commands. @throws IndexError */
  async connect(): Promise<void> {
    await this.command(['PING']);
  }

  /** @throws IndexError */
  command(args: string[]): Promise<unknown> {
    return this.main.use(args[0], (client) => {
      this.commands += 1;
      return client.sendCommand(args);
    });
  }

  /** Runs a script by its name, and by its text where the server does not know it. @throws IndexError */
  run({ name, lua, sha }: Script, keys: readonly string[], args: readonly string[]): Promise<string[]> {
    const rest = [String(keys.length), ...keys, ...args];
    return this.main.use(name, async (client) => {
      this.commands += 1;
      const answer = await client.sendCommand(['EVALSHA', sha, ...rest]).catch((error: unknown) => {
        if (!isNoScript(error)) throw error;
        this.commands += 1;
        return client.sendCommand(['EVAL', lua, ...rest]);
      });
      if (!Array.isArray(answer) || !answer.every((each) => typeof each === 'string')) {
        throw new IndexError('server', `index: ${name} gave what it never gives: is something between here and the server?`);
      }
      return answer as string[];
    });
  }

  /** Resolves once messages arrive. @returns ends it @throws IndexError */
  async listen(channel: string, listener: ChannelListener): Promise<() => void> {
    const listeners = this.channels.get(channel) ?? new Set();
    listeners.add(listener);
    this.channels.set(channel, listeners);
    const leave = () => this.leave(channel, listener);
    try {
      await this.listening.use('SUBSCRIBE', (client) => this.subscribe(client, channel));
    } catch (error) {
      leave();
      throw error;
    }
    return leave;
  }

  close(): void {
    this.channels.clear();
    this.main.close();
    this.listening.close();
  }

  private leave(channel: string, listener: ChannelListener): void {
    const listeners = this.channels.get(channel);
    if (listeners?.delete(listener) !== true || listeners.size > 0) return;
    this.channels.delete(channel);
    if (this.listening.isAway) return;
    // What fails here fails for the next caller too, who is told.
    this.listening.use('UNSUBSCRIBE', (client) => {
      // Somebody else may listen by now.
      if (this.channels.has(channel) || !this.subscribed.delete(channel)) return Promise.resolve();
      this.commands += 1;
      return client.unsubscribe(channel);
    }).catch(() => undefined);
  }

  /** Once for each channel, whoever comes while it is under way. */
  private subscribe(client: RedisClientLike, channel: string): Promise<unknown> {
    const known = this.subscribed.get(channel);
    if (known !== undefined) return known;
    this.commands += 1;
    const { subscribed } = this;
    const answer = client.subscribe(channel, (message) => {
      for (const listener of [...this.channels.get(channel) ?? []]) listener(message);
    });
    subscribed.set(channel, answer);
    answer.catch(() => subscribed.delete(channel));
    return answer;
  }

  /** On a new connection nothing is listened to yet; and while there was none, messages were lost. */
  private async listenAgain(client: RedisClientLike): Promise<void> {
    const again = this.hasListened;
    this.hasListened = true;
    this.subscribed = new Map();
    await Promise.all([...this.channels.keys()].map((channel) => this.subscribe(client, channel)));
    if (again) for (const listeners of [...this.channels.values()]) for (const listener of [...listeners]) listener();
  }

  private async open(): Promise<RedisClientLike> {
    const { url, connectTimeout, load } = this.settings;
    return this.prepare(await createRedisClient({ url, connectTimeout, load, credentials: await this.credentials.get() }));
  }

  private async prepare(client: RedisClientLike): Promise<RedisClientLike> {
    // An error that nobody listens to would end the process; the calls that it concerns reject by themselves.
    client.on('error', () => undefined);
    client.unref();
    try {
      await within(this.settings.connectTimeout, 'connecting', client.connect().then(() => this.greet(client)));
      return client;
    } catch (caught) {
      destroy(client);
      const error = indexError(caught, `connecting to ${this.settings.connection === undefined ? this.settings.url : 'the given connection'}`);
      if (error.failure === 'denied') this.credentials.refused();
      throw error;
    }
  }

  /** The first answer shows that somebody is there. Some servers and users may not set names, which is no matter. */
  private async greet(client: RedisClientLike): Promise<void> {
    await client.sendCommand(['CLIENT', 'SETNAME', this.settings.name]).catch((error: unknown) => {
      const { failure, message } = indexError(error, 'connecting');
      if (failure !== 'request' && !message.includes('NOPERM')) throw error;
    });
  }
}

function given(client: RedisClientLike): Promise<RedisClientLike> {
  return client.isReady ? Promise.resolve(client) : Promise.reject(new IndexError('connection', 'index: the given connection is not connected'));
}

function destroy(client: RedisClientLike): void {
  try {
    client.destroy();
  } catch {
    // It has ended already.
  }
}
