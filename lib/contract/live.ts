/**
 * What the live tier's constructs, handlers and client must agree on: environment variables, the bucket's object keys, the form of
 * the key secret, metric names. Imports nothing.
 */

/** Environment variables that `LiveCache.environment` sets and the client reads. */
export const LIVE_ENVIRONMENT = {
  /** Name of the bucket. Unset: results are kept in memory only. */
  bucket: 'LIVE_BUCKET',
  /** Region of the bucket, where it is not the function's own, or of an endpoint that is not AWS's. */
  region: 'LIVE_BUCKET_REGION',
  /** URL of an S3-compatible service in place of Amazon S3. */
  endpoint: 'LIVE_S3_ENDPOINT',
  /** ARN of a secret with the access key of such a service: `{"accessKeyId": …, "secretAccessKey": …}`. Unset: AWS credentials. */
  credentials: 'LIVE_S3_CREDENTIALS',
  /** Keeps caches apart that share a bucket or an index. */
  namespace: 'LIVE_NAMESPACE',
  /** ARN of the secret that holds the master keys. */
  keySecret: 'LIVE_KEY_SECRET',
  /** URL of the index, without a password: `redis://host:6379`, or `rediss://` for TLS. */
  indexUrl: 'LIVE_INDEX_URL',
  /** ARN of the secret with the index's password: JSON with `password` and perhaps `username`, or the password alone. */
  indexSecret: 'LIVE_INDEX_SECRET',
  /** Time to live in seconds. */
  ttl: 'LIVE_TTL',
  /** `emf`: counters are written to standard output in CloudWatch's embedded metric format. */
  metrics: 'LIVE_METRICS',
} as const;

/** Value of `LIVE_METRICS` that switches the embedded metric format on. */
export const LIVE_METRICS_EMF = 'emf';

/** All in seconds. */
export const LIVE_TIME = {
  /** Default time to live, from the query's start (the seed's number). */
  ttl: 300,
  /** Longest that an entry may live, its time to live and what it may be served stale together: the bucket deletes objects after a day. */
  maxLife: 23 * 3600,
  /** Default for the longest that a query may run. */
  executionTimeout: 900,
  /** Kept beyond what its prefix says, before the sweeper deletes it: the longest read that began just before. */
  grace: 600,
  /** How long a client may go on with the master keys that it has read. */
  keyRefresh: 300,
} as const;

/** The first part of every object key. What is below is deleted without asking anybody. */
export const LIVE_OBJECT_PREFIX = 'v1/';

/** Namespaces are part of object keys and of index keys. */
export const LIVE_NAMESPACE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;

/** Name of a minute in UTC, from Unix epoch milliseconds, rounded up: `2026-11-21T20:05`. Names sort as the minutes do. */
export function liveMinute(time: number): string {
  return new Date(Math.ceil(time / 60_000) * 60_000).toISOString().slice(0, 16);
}

/** Prefix of all that may be deleted after a minute: `v1/<namespace>/<minute>/`. */
export function liveMinutePrefix(namespace: string, minute: string): string {
  return `${LIVE_OBJECT_PREFIX}${namespace}/${minute}/`;
}

/** Key of one segment of one attempt: `v1/<namespace>/<minute>/<attempt>/<index>`. No attempt writes where another one has written. */
export function liveObjectKey(namespace: string, minute: string, attempt: string, index: number): string {
  return `${liveMinutePrefix(namespace, minute)}${attempt}/${String(index).padStart(5, '0')}`;
}

/**
 * The secret with the master keys, as JSON:
 * - `current`: version that new objects are written under, a decimal number in a string;
 * - `key<version>`: master key of a version, at least 43 characters of ASCII, used as HKDF's input;
 * - `retired<version>`: when the version ceased to be current, in Unix epoch milliseconds, a decimal number in a string;
 * - `index`: what index keys are made with; absent before the first rotation, when it is HKDF of key 1. Never rotated.
 */
export const LIVE_SECRET = {
  current: 'current',
  key: (version: string): string => `key${version}`,
  retired: (version: string): string => `retired${version}`,
  index: 'index',
  /** Characters of a generated master key. */
  keyLength: 64,
} as const;

/** HKDF's `info` for each use of a master key. The salt is `<attempt>.<identifier of the query>`, and empty for `index`. */
export const LIVE_KEY_USE = {
  /** SSE-C key of an attempt's segments. */
  object: (namespace: string): string => `cache-tiers/live/${namespace}/object/v1`,
  /** AES-256-GCM key of a small result that is kept in the index. */
  inline: (namespace: string): string => `cache-tiers/live/${namespace}/inline/v1`,
  /** HMAC key of index keys. */
  index: 'cache-tiers/live/index/v1',
} as const;

/** Namespace of the tier's metrics in CloudWatch. */
export const LIVE_METRIC_NAMESPACE = 'CdkCacheTiers/Live';

/** Dimension of the metrics: the tier's namespace (`LIVE_NAMESPACE`). */
export const LIVE_METRIC_DIMENSION = 'Namespace';

/** Counters of the client, by name in CloudWatch. */
export const LIVE_METRIC = {
  /** Queries, without previews. */
  queries: 'Queries',
  hits: 'Hits',
  misses: 'Misses',
  /** Callers that shared an execution which was under way. */
  joined: 'Joined',
  stale: 'Stale',
  /** Queries that had nothing to do with the cache. */
  bypasses: 'Bypasses',
  bypassNoScope: 'BypassNoScope',
  bypassNoStore: 'BypassNoStore',
  bypassIndex: 'BypassIndex',
  bypassStorage: 'BypassStorage',
  bypassKeys: 'BypassKeys',
  previews: 'Previews',
  executions: 'Executions',
  executionErrors: 'ExecutionErrors',
  published: 'Published',
  /** Results that were complete, and not published: superseded, invalidated, too fast, too large, over a scope's limit. */
  unpublished: 'Unpublished',
  bytesServed: 'BytesServed',
  bytesStored: 'BytesStored',
  /** Bytes that were uploaded for a result that was not published then. */
  orphanBytes: 'OrphanBytes',
  /** Milliseconds that callers waited for another's execution to begin to answer. */
  lockWait: 'LockWait',
  /** Executions taken over from a holder that was gone. */
  takeovers: 'Takeovers',
  /** Results that somebody continued after their source in the cache was gone. */
  resumed: 'Resumed',
  indexErrors: 'IndexErrors',
  storageErrors: 'StorageErrors',
} as const;

/** Metrics of the sweeper. */
export const LIVE_SWEEPER_METRIC = {
  deletedObjects: 'SweptObjects',
  deletedBytes: 'SweptBytes',
  /** Seconds that the oldest object found was overdue. */
  lag: 'SweeperLag',
  failures: 'SweepFailures',
} as const;

/** Dimension of the metrics of the index's server. */
export const LIVE_INDEX_DIMENSION = 'Index';

/** Metrics of the index's server. */
export const LIVE_INDEX_METRIC = {
  memoryUsed: 'dragonfly_memory_used_bytes',
  memoryMax: 'dragonfly_memory_max_bytes',
  refusedConnections: 'dragonfly_listener_accept_error_total',
  outOfMemory: 'dragonfly_oom_errors_total',
  evictedKeys: 'dragonfly_evicted_keys_total',
  clients: 'dragonfly_connected_clients',
} as const;

/** Environment variables of the handlers alone. What they share with the client has its names in `LIVE_ENVIRONMENT`. */
export const LIVE_HANDLER_ENVIRONMENT = {
  /** Seconds that the sweeper keeps objects beyond their minute. */
  grace: 'LIVE_GRACE',
  /** Seconds that a retired master key is kept. */
  keyRetention: 'LIVE_KEY_RETENTION',
} as const;

/** The event that has the key handler remove keys that are no longer needed. */
export const LIVE_PRUNE_EVENT = { action: 'prune' } as const;
