import { LIVE_NAMESPACE } from '../../../lib/contract/live.js';
import { InvalidArgumentError, show } from '../../errors.js';
import { milliseconds, type Duration } from '../../resilience/duration.js';
import type { IndexError } from '../errors.js';
import type { RedisClientLike } from './redis-client.js';
import type { RedisCredentials } from './redis-credentials.js';

export interface RedisResultIndexOptions {
  /** `redis://host:6379`, or `rediss://` for TLS, perhaps with user, password and `/<number of the database>`. Not with `connection`. */
  readonly url?: string;
  /** @default - the URL's */
  readonly username?: string;
  /** The password, or what reads it from a secret, again when the server refuses it. @default - the URL's */
  readonly password?: string | (() => Promise<string | RedisCredentials>);
  /** A client of `@redis/client` in place of `url`, connected or about to be. Whoever gives it closes it. */
  readonly connection?: RedisClientLike;
  /** Keeps caches apart that share a server. @default live */
  readonly namespace?: string;
  /** Longest that a call may take. @default 500ms */
  readonly timeout?: Duration;
  /** Longest that a connection may take, with TLS and password. @default 2s */
  readonly connectTimeout?: Duration;
  /** Name of the connections in the server's list of clients. @default cdk-cache-tiers-live */
  readonly name?: string;
  /** Told what no call rejects with: connections that are lost or not to be had, values that cannot be read. @default - nobody is told */
  readonly onError?: (error: IndexError) => void;
  /** Loads the package. @default - an import of `@redis/client` */
  readonly load?: () => Promise<unknown>;
}

/** Options with their defaults, checked. */
export interface RedisSettings {
  readonly url: string;
  readonly connection?: RedisClientLike;
  readonly readCredentials: () => Promise<RedisCredentials>;
  readonly namespace: string;
  readonly timeout: number;
  readonly connectTimeout: number;
  readonly name: string;
  readonly onError: (error: IndexError) => void;
  readonly load?: () => Promise<unknown>;
}

/** @throws InvalidArgumentError `E_LIVE_INDEX_OPTIONS`, `E_DURATION` */
export function redisSettings(options: RedisResultIndexOptions): RedisSettings {
  const { connection, namespace = 'live', name = 'cdk-cache-tiers-live', onError = () => undefined } = options;
  if ((options.url === undefined) === (connection === undefined)) throw invalid('either url or connection must be given');
  if (!LIVE_NAMESPACE.test(namespace)) throw invalid(`namespace must be up to 63 letters, digits, '_' and '-', got ${show(namespace)}`);
  if (!/^[\x21-\x7e]+$/.test(name)) throw invalid(`name must be characters of ASCII without blanks, got ${show(name)}`);
  const { url, inUrl } = withoutCredentials(options.url ?? 'redis://connection');
  return {
    url, connection, namespace, name, onError, load: options.load,
    readCredentials: credentialsReader(options, inUrl),
    timeout: positive('timeout', options.timeout ?? '500ms'),
    connectTimeout: positive('connectTimeout', options.connectTimeout ?? '2s'),
  };
}

/** The password must not be in what messages show. */
function withoutCredentials(text: string): { readonly url: string; readonly inUrl: RedisCredentials } {
  if (!/^rediss?:\/\//.test(text) || !URL.canParse(text)) {
    const shown = text.replace(/\/\/.*@/s, '//…@');
    throw invalid(`url must be redis://host:port, or rediss://host:port for TLS, got ${show(shown)}${hint(shown, text)}`);
  }
  const url = new URL(text);
  if (url.hostname === '') throw invalid('url must name a host, as redis://host:port does');
  if (url.search !== '' || url.hash !== '') throw invalid('url must have neither a query nor a fragment: options are given beside it');
  if (!/^\/?\d*$/.test(url.pathname)) throw invalid(`url may end with the number of a database and nothing else, got ${show(url.pathname)}`);
  const inUrl = { username: decoded(url.username), password: decoded(url.password) };
  url.username = '';
  url.password = '';
  return { url: url.href, inUrl };
}

function hint(shown: string, text: string): string {
  return shown === text ? '' : '; characters such as / ? # @ in a password are percent-encoded';
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch { // its message would be of no help, and the part is not to be shown
    throw invalid('user and password in url must be percent-encoded: % is %25');
  }
}

function credentialsReader({ username, password }: RedisResultIndexOptions, inUrl: RedisCredentials): () => Promise<RedisCredentials> {
  return async () => {
    const given = typeof password === 'function' ? await password() : password;
    const read = typeof given === 'string' ? { password: given } : given;
    return {
      ...some('username', read?.username ?? username ?? inUrl.username),
      ...some('password', read?.password ?? inUrl.password),
    };
  };
}

function some<K extends string>(name: K, value: string | undefined): { readonly [P in K]?: string } {
  return value === undefined || value === '' ? {} : { [name]: value } as { readonly [P in K]: string };
}

function positive(option: string, value: Duration): number {
  const number = milliseconds(option, value);
  if (!(number > 0 && number < 2 ** 31)) throw invalid(`${option} must be longer than nothing and shorter than 24 days, got ${show(value)}`);
  return number;
}

function invalid(message: string): InvalidArgumentError {
  return new InvalidArgumentError('E_LIVE_INDEX_OPTIONS', `index: ${message}`);
}
