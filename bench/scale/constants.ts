// What the simulation counts with, each with where it is from and when somebody looked. Prices are in prices.ts.
import { CONFIG_CHANGE_SHARDS } from '../../lib/contract/config.js';
import { LIVE_TIME } from '../../lib/contract/live.js';

export interface Constant {
  readonly value: number;
  readonly unit: string;
  readonly source: string;
  /** When it was looked up. */
  readonly seen: string;
  /** Whether the source itself was read. If not, the figure is what is commonly known of it: check it before you rely on it. */
  readonly read: boolean;
}

const SEEN = '2026-11-22';
const from = (source: string, value: number, unit: string, read = true): Constant => ({ value, unit, source, seen: SEEN, read });

/** How the clients and handlers behave. `test/bench/scale.test.ts` holds the simulation, and so these, to the clients. */
export const PRODUCT = {
  memoTtl: from('runtime/memoize/README.md, ttl', 300, 's'),
  memoJitter: from('runtime/memoize/README.md, jitter', 0.1, 'of the ttl'),
  memoMemory: from('runtime/memoize/README.md, memory', 60, 's'),
  memoItems: from('runtime/memoize/README.md, maxItems', 10_000, 'values a process'),
  memoBytes: from('runtime/memoize/README.md, maxBytes', 64 * 1024 * 1024, 'bytes a process'),
  memoEntryOverhead: from('runtime/memoize/memory-entry.ts, size: 200 bytes, a key of 50 characters and two counters', 400, 'bytes a value'),
  memoConfirm: from('runtime/memoize/validity.ts: half of invalidationInterval', 5, 's'),
  memoScopes: from('runtime/memoize/memo-function.ts: the counters #all and #fn#<name>', 2, 'counters a function'),
  memoFirstPoll: from('runtime/memoize/lease-wait.ts, FIRST_PAUSE', 0.02, 's'),
  memoLastPoll: from('runtime/memoize/lease-wait.ts, LAST_PAUSE', 0.25, 's'),
  memoPollGrowth: from('runtime/memoize/lease-wait.ts, forValue', 1.5, 'times'),
  liveTtl: from('lib/contract/live.ts, LIVE_TIME.ttl', LIVE_TIME.ttl, 's'),
  liveGrace: from('lib/contract/live.ts, LIVE_TIME.grace', LIVE_TIME.grace, 's'),
  liveLongest: from('lib/contract/live.ts, LIVE_TIME.executionTimeout: objects are kept for it at the least', LIVE_TIME.executionTimeout, 's'),
  liveKeyRefresh: from('lib/contract/live.ts, LIVE_TIME.keyRefresh', LIVE_TIME.keyRefresh, 's'),
  liveInline: from('runtime/live/README.md, inlineBytes', 64 * 1024, 'bytes'),
  liveFirstSegment: from('runtime/live/flight/segment-sizes.ts, FIRST', 256 * 1024, 'bytes'),
  liveSegment: from('runtime/live/flight/segment-sizes.ts, SIZE', 6 * 1024 * 1024, 'bytes'),
  liveLease: from('runtime/live/README.md, lease: renewed every third of it', 12, 's'),
  liveConnections: from('runtime/live/index/redis-connection.ts: one for commands, one to listen', 2, 'connections a process'),
  liveEntry: from('lib/live-cache/README.md, Size', 1024, 'bytes an entry'),
  liveIndexRequests: from('lib/live-cache/README.md, Size: meant for less than that, not measured on ECS', 10_000, 'requests/s'),
  liveIndexMemory: from('lib/live-cache/README.md, Size: 80 percent of 2 GiB', 0.8 * 2 * 1024 ** 3, 'bytes'),
  configTtl: from('runtime/config/README.md, ttl', 60, 's'),
  configBatch: from('runtime/config/values/parameter-queue.ts, BATCH', 10, 'names a request'),
  configShards: from('lib/contract/config.ts, CONFIG_CHANGE_SHARDS', CONFIG_CHANGE_SHARDS, 'shards'),
  configConcurrency: from('lib/config-cache/queued-function.ts, DEFAULT_CONCURRENCY', 5, 'invocations a handler'),
  configMessages: from('lib/config-cache/README.md, batchSize', 10, 'messages an invocation'),
  configConsumers: from('lib/config-cache/README.md, ConfigFootprint: cache, log, replication', 3, 'queues'),
  tasksPacks: from('bench/README.md, requests of the small files: 5 up and 4 down, of which manifest and tree are 3 and 2', 2, 'packs'),
  tasksTries: from('runtime/tasks/folders/push.ts, ATTEMPTS', 20, 'tries of a push'),
} as const satisfies Record<string, Constant>;

/** What AWS documents. Quotas marked adjustable there can be raised. */
export const AWS = {
  partitionReads: from('Amazon DynamoDB Developer Guide, Best practices for designing and using partition keys', 3_000, 'read units/s'),
  partitionWrites: from('Amazon DynamoDB Developer Guide, Best practices for designing and using partition keys', 1_000, 'write units/s'),
  tableReads: from('Amazon DynamoDB Developer Guide, Quotas: table, adjustable', 40_000, 'read units/s'),
  tableWrites: from('Amazon DynamoDB Developer Guide, Quotas: table, adjustable', 40_000, 'write units/s'),
  s3Reads: from('Amazon S3 User Guide, Best practices design patterns: at least, per partitioned prefix', 5_500, 'GET/s'),
  s3Writes: from('Amazon S3 User Guide, Best practices design patterns: at least, per partitioned prefix', 3_500, 'PUT/s'),
  ssmReads: from('AWS General Reference, Systems Manager quotas: GetParameter, GetParameters and GetParametersByPath together', 40, 'requests/s'),
  ssmOneHigher: from('AWS General Reference, Systems Manager quotas: GetParameter with higher throughput', 10_000, 'requests/s', false),
  ssmSeveralHigher: from('AWS General Reference, Systems Manager quotas: GetParameters with higher throughput', 1_000, 'requests/s', false),
  ssmWrites: from('AWS General Reference, Systems Manager quotas: PutParameter', 3, 'requests/s', false),
  eventInvocations: from('Amazon EventBridge User Guide, Quotas: 18,750 in us-east-1, 750 in the smallest Regions, adjustable', 750, 'invocations/s'),
  secretReads: from('AWS Secrets Manager User Guide, Quotas: DescribeSecret and GetSecretValue together', 10_000, 'requests/s'),
  dragonflyClients: from('Dragonfly, Server flags: maxclients', 64_000, 'connections', false),
  fargateCpu: from('Amazon ECS Developer Guide, Task CPU and memory', 16, 'vCPU a task', false),
} as const satisfies Record<string, Constant>;

/** What was measured here, or is assumed of the application. All can be set. */
export const ASSUMED = {
  /** Between the read of a manifest and its replacement. */
  swapWindow: from('assumed: a GET of 20 ms and a PUT of 30 ms', 0.05, 's', false),
  /** Between the read of a folder's tree and the manifest that names its successor, when a push begins anew: five requests. */
  mergeWindow: from('assumed: two GET of 20 ms and three PUT of 30 ms', 0.13, 's', false),
  /** Handler's time for a batch of messages. */
  handling: from('assumed: calls of Parameter Store and the table for a batch of ten', 1, 's', false),
  /** Bytes of a look-up in the index and of its answer, without an inline result. */
  lookup: from('assumed: names of keys, and an entry of three segments', 1_024, 'bytes', false),
} as const satisfies Record<string, Constant>;
