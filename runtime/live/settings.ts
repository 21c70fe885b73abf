import { setMaxListeners } from 'node:events';
import { LIVE_ENVIRONMENT, LIVE_METRICS_EMF, LIVE_NAMESPACE, LIVE_TIME } from '../../lib/contract/live.js';
import { InvalidArgumentError, show } from '../errors.js';
import { isLambda } from '../lambda.js';
import { milliseconds } from '../resilience/duration.js';
import type { Ask } from './flight/ask.js';
import type { Keeping } from './flight/keeping.js';
import { segmentSize } from './flight/segment-sizes.js';
import { isNobody } from './identity.js';
import type { Execute, LiveClientOptions, LiveQuery, WhenAbandoned } from './options.js';

const CACHES: readonly unknown[] = ['default', 'reload', 'no-store', 'only-if-cached'];
const MEMBERS: readonly string[] = [
  'mode', 'scope', 'key', 'tags', 'datasets', 'ttl', 'staleWhileRevalidate', 'staleIfError', 'cache', 'signal', 'whenAbandoned', 'executionTimeout',
] satisfies readonly (keyof LiveQuery)[];
const POLICIES: readonly unknown[] = ['finish', 'abort', 'finish-if-awaited'];
/** Timers end at 24 days. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** A client's options, checked, with environment and defaults. Times are milliseconds. */
export interface Settings {
  readonly namespace: string;
  readonly keeping: Keeping;
  readonly executionTimeout: number;
  readonly whenAbandoned: WhenAbandoned;
  readonly indexTimeout: number;
  readonly bypassConcurrency: number;
  readonly maxLag: number;
  readonly directDownload: boolean;
  readonly publishBeforeEnd: boolean;
  readonly emf: boolean;
}

/** @throws InvalidArgumentError that names the option or the environment variable */
export function settingsOf(options: LiveClientOptions): Settings {
  const env = options.env ?? process.env;
  const ttl = options.ttl === undefined ? ttlOf(env[LIVE_ENVIRONMENT.ttl]) : milliseconds('ttl', options.ttl);
  const staleWhileRevalidate = milliseconds('staleWhileRevalidate', options.staleWhileRevalidate ?? 0);
  const staleIfError = milliseconds('staleIfError', options.staleIfError ?? 0);
  const namespace = options.namespace ?? (env[LIVE_ENVIRONMENT.namespace] || 'live');
  if (!LIVE_NAMESPACE.test(namespace)) {
    throw invalid(`namespace (or ${LIVE_ENVIRONMENT.namespace}) must be 1 to 63 letters, digits, _ or -, got ${show(namespace)}`);
  }
  const metrics = options.metrics ?? env[LIVE_ENVIRONMENT.metrics];
  if (metrics !== undefined && metrics !== '' && metrics !== LIVE_METRICS_EMF) {
    throw invalid(`metrics (or ${LIVE_ENVIRONMENT.metrics}) must be '${LIVE_METRICS_EMF}' or left out, got ${show(metrics)}`);
  }
  return {
    namespace,
    keeping: withLife({
      ttl, staleWhileRevalidate, staleIfError,
      minDuration: milliseconds('minDuration', options.minDuration ?? 0),
      maxBytes: count('maxBytes', options.maxBytes ?? 5 * 2 ** 30, 1),
      inlineBytes: count('inlineBytes', options.inlineBytes ?? 65_536, 0, segmentSize(0) - 1),
      lease: bounded('lease', milliseconds('lease', options.lease ?? '12s'), 1000),
      scopeLimit: options.maxEntriesPerScope === undefined ? undefined : count('maxEntriesPerScope', options.maxEntriesPerScope, 1),
      errorTtl: functionOf('errorTtl', options.errorTtl),
    }),
    executionTimeout: bounded('executionTimeout', milliseconds('executionTimeout', options.executionTimeout ?? LIVE_TIME.executionTimeout * 1000), 1),
    whenAbandoned: policy(options.whenAbandoned ?? 'finish-if-awaited'),
    indexTimeout: bounded('indexTimeout', milliseconds('indexTimeout', options.indexTimeout ?? 500), 1),
    bypassConcurrency: count('bypassConcurrency', options.bypassConcurrency ?? 16, 1),
    maxLag: count('maxLag', options.maxLag ?? 8 << 20, 0),
    directDownload: flag('directDownload', options.directDownload ?? false),
    publishBeforeEnd: flag('publishBeforeEnd', options.publishBeforeEnd ?? isLambda(env)),
    emf: metrics === LIVE_METRICS_EMF,
  };
}

/** @throws InvalidArgumentError that names the member of the query */
export function askOf(query: LiveQuery, execute: Execute, settings: Settings, askedAt: number): Ask {
  checkExecute(execute);
  if (typeof query !== 'object' || query === null) throw invalid(`the query must be an object with scope and key, got ${show(query)}`);
  if (query.mode !== undefined && query.mode !== 'live') throw invalid(`mode must be 'live' or 'preview', got ${show(query.mode)}`);
  // A misspelt `tags` would leave a result that no invalidation reaches.
  const unknown = Object.keys(query).find((name) => !MEMBERS.includes(name));
  if (unknown !== undefined) throw invalid(`a query has no ${show(unknown)}: it may have ${MEMBERS.join(', ')}`);
  const cache = query.cache ?? 'default';
  if (!CACHES.includes(cache)) throw invalid(`cache must be one of ${CACHES.map(show).join(', ')}, got ${show(cache)}`);
  const { key, tags, datasets } = query;
  const scope = isNobody(query.scope) ? undefined : query.scope;
  if (scope !== undefined && key === undefined) throw invalid('key must say what is asked, got undefined');
  const time = (name: 'ttl' | 'staleWhileRevalidate' | 'staleIfError') => {
    const own = query[name];
    return own === undefined ? settings.keeping[name] : milliseconds(name, own);
  };
  const keeping = withLife({
    ...settings.keeping, ttl: time('ttl'), staleWhileRevalidate: time('staleWhileRevalidate'), staleIfError: time('staleIfError'),
  });
  return {
    identified: { scope, key, tags, datasets }, execute, cache, keeping, signal: signalOf(query), askedAt,
    executionTimeout: executionTimeoutOf(query, settings),
    whenAbandoned: query.whenAbandoned === undefined ? settings.whenAbandoned : policy(query.whenAbandoned),
  };
}

/** @throws InvalidArgumentError */
export function executionTimeoutOf({ executionTimeout }: Pick<LiveQuery, 'executionTimeout'>, settings: Settings): number {
  if (executionTimeout === undefined) return settings.executionTimeout;
  return bounded('executionTimeout', milliseconds('executionTimeout', executionTimeout), 1);
}

/** @throws InvalidArgumentError */
export function signalOf({ signal }: Pick<LiveQuery, 'signal'>): AbortSignal | undefined {
  if (signal instanceof EventTarget) setMaxListeners(0, signal); // many queries may share one, and Node 20 warns of the eleventh
  if (signal === undefined || typeof signal?.throwIfAborted === 'function') return signal; // perhaps of another realm
  throw invalid(`signal must be an AbortSignal, got ${show(signal)}`);
}

export function checkExecute(execute: unknown): asserts execute is Execute {
  if (typeof execute !== 'function') throw invalid(`execute must be a function that runs the query, got ${show(execute)}`);
}

function withLife(keeping: Omit<Keeping, 'life'>): Keeping {
  const { ttl, staleWhileRevalidate, staleIfError } = keeping;
  const life = ttl + Math.max(staleWhileRevalidate, staleIfError);
  if (ttl < 1) throw invalid(`ttl must be at least a millisecond, got ${ttl}: to cache nothing, give cache: 'no-store'`);
  if (life > LIVE_TIME.maxLife * 1000) {
    throw invalid(`ttl and the longer of staleWhileRevalidate and staleIfError must be ${LIVE_TIME.maxLife / 3600} hours together at most, `
      + `as objects are deleted after a day, got ${life / 3_600_000} hours`);
  }
  return { ...keeping, life };
}

function ttlOf(seconds: string | undefined): number {
  if (seconds === undefined || seconds === '') return LIVE_TIME.ttl * 1000;
  if (/^\d+(\.\d+)?$/.test(seconds)) return Number(seconds) * 1000;
  throw invalid(`${LIVE_ENVIRONMENT.ttl} must be a number of seconds, got ${show(seconds)}`);
}

function policy(value: WhenAbandoned): WhenAbandoned {
  if (POLICIES.includes(value)) return value;
  throw invalid(`whenAbandoned must be one of ${POLICIES.map(show).join(', ')}, got ${show(value)}`);
}

function flag(name: string, value: boolean): boolean {
  if (typeof value === 'boolean') return value;
  throw invalid(`${name} must be true or false, got ${show(value)}`);
}

function functionOf(name: string, value: LiveClientOptions['errorTtl']): LiveClientOptions['errorTtl'] {
  if (value === undefined || typeof value === 'function') return value;
  throw invalid(`${name} must be a function that says how long an error is remembered, got ${show(value)}`);
}

function count(name: string, value: number, least: number, most: number = Number.MAX_SAFE_INTEGER): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw invalid(`${name} must be a whole number from ${least}${most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`}, got ${show(value)}`);
}

function bounded(name: string, value: number, least: number): number {
  if (value >= least && value <= MAX_TIMEOUT) return value;
  throw invalid(`${name} must be from ${least} ms to 24 days, got ${value} ms`);
}

function invalid(message: string): InvalidArgumentError {
  return new InvalidArgumentError('E_LIVE_OPTION', message);
}
