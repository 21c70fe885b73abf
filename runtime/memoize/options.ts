import type { AwsClientOptions, DynamoDbClient } from '../aws/dynamodb.js';
import type { Compression } from '../data/codec.js';
import type { Clock } from '../resilience/clock.js';
import type { Duration } from '../resilience/duration.js';
import type { EntryStore } from '../stores/entry-store.js';

/** `never[]` takes functions of any parameters: the wrapper never makes up arguments. */
export type AnyFunction = (...args: never[]) => unknown;
export type ResultOf<F extends AnyFunction> = Awaited<ReturnType<F>>;

/**
 * How a cached value is kept apart from the callers that get it:
 * - `freeze`: plain data is frozen once, and every caller gets the same frozen value; data that cannot be frozen (Date, Map, Set,
 *   binary) is copied for each caller. The default: a hit costs nothing, and a caller that mutates gets a TypeError instead of
 *   changing the next caller's value.
 * - `copy`: every caller gets a copy of its own.
 * - `share`: every caller gets the same value as the function returned it; any value can be kept in memory.
 */
export type Isolation = 'freeze' | 'copy' | 'share';

/** Options of one memoized function. */
export interface MemoizeOptions<F extends AnyFunction = AnyFunction> {
  /**
   * Name in the key, in the table and in metrics. Two processes that share a table share the values of equal names.
   * Give it where a minifier shortens function names.
   * @default - the function's own name
   */
  readonly name?: string;

  /** Deploy scope: values of another version are not seen. @default - the memoizer's */
  readonly version?: string;

  /** How long a value is fresh; up to 365 days. A function gets the value and the arguments. @default '5m' */
  readonly ttl?: Duration | ((value: ResultOf<F>, args: Parameters<F>) => Duration);

  /** Share of the ttl by which it is shortened at random, so that values computed together do not run out together. @default 0.1 */
  readonly jitter?: number;

  /** How long after its ttl a value is still served while it is computed anew in the background. @default 0 */
  readonly staleWhileRevalidate?: Duration;

  /** How long after its ttl a value is still served when the function fails. @default 0 */
  readonly staleIfError?: Duration;

  /** How long a rejection is remembered, in this process's memory. @default 0 - errors are not cached */
  readonly errorTtl?: Duration;

  /** Labels by which values are invalidated together: fixed ones, or made from the arguments and the value. @default - none */
  readonly tags?: readonly string[] | ((args: Parameters<F>, value: ResultOf<F>) => readonly string[]);

  /** What identifies a call. Its result, any structured-cloneable data, takes the arguments' place in the key. @default - all arguments */
  readonly key?: (...args: Parameters<F>) => unknown;

  /** Whether a value may be cached. @default - every value is */
  readonly shouldCache?: (value: ResultOf<F>, args: Parameters<F>) => boolean;

  /**
   * How long one process may compute a value while the others wait for it; extended while it computes, so it only runs out if
   * the process dies. Costs one small write a miss. `false`: every process computes for itself.
   * @default '5s'
   */
  readonly lease?: Duration | false;

  /** How long a caller waits for another process's value before it computes one itself. @default '30s' */
  readonly leaseWait?: Duration;

  /** How cached values are kept apart from callers. @default 'freeze' */
  readonly isolation?: Isolation;

  /**
   * How long a value stays in memory without the table being asked again: a deletion by another process is seen after that at the latest.
   * `false`: values are not kept in memory.
   * @default - '1m' with a table, the ttl without
   */
  readonly memory?: Duration | false;

  /** Whether values are kept in the table, if there is one. @default true */
  readonly table?: boolean;

  /** Executions of `many` at once. @default 16 */
  readonly concurrency?: number;
}

/** Options of a memoizer: what its memoized functions share. */
export interface MemoizerOptions {
  /** Name or ARN of the table. @default - environment variable CACHE_TABLE; without it values are kept in memory only */
  readonly table?: string;
  /** Region of the table. @default - CACHE_TABLE_REGION, that of the table's ARN, AWS_REGION */
  readonly region?: string;
  /** Bucket for values that do not fit an item. @default - environment variable CACHE_BUCKET; without it they are kept in parts */
  readonly bucket?: string;
  /** Endpoint of DynamoDB. @default - AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL, AWS's own */
  readonly endpoint?: string;
  /** Keys, or a function that gives them. @default - environment, profile, web identity, container or instance, in the SDK's order */
  readonly credentials?: AwsClientOptions['credentials'];
  /** Takes the place of the client's own pool of connections: for proxies and certificates. @default - keep-alive, at most 64 connections */
  readonly agent?: AwsClientOptions['agent'];
  /** The way to DynamoDB, such as `fromDynamoDBClient(client)` of `cdk-cache-tiers/aws-sdk`. @default - a small client without the AWS SDK */
  readonly client?: DynamoDbClient;
  /** The second layer itself, in place of a table: a test's, or your own. @default - the table */
  readonly store?: EntryStore;
  /** Deploy scope of all functions: a commit or schema version. @default '' */
  readonly version?: string;
  /** Values in memory at the most. @default 10000 */
  readonly maxItems?: number;
  /** Bytes of values in memory at the most, estimated. @default 67108864 - 64 MiB */
  readonly maxBytes?: number;
  /** Values larger than this, encoded, are not put into the table, in bytes. @default 16777216 - 16 MiB */
  readonly maxStoredBytes?: number;
  /** Compression of values from 1 KB in the table. @default 'gzip' */
  readonly compression?: Compression | false;
  /** How long a caller waits for the table in all before the function runs. @default '50ms' */
  readonly budget?: Duration;
  /** `clear` and `invalidateTag` of other processes are seen within this time. @default '10s' */
  readonly invalidationInterval?: Duration;
  /**
   * Takes work that goes on after the call was answered: writes and refreshes.
   * @default - Vercel's, where it is found; else writes are waited for in Lambda and run in the background elsewhere
   */
  readonly waitUntil?: (work: Promise<unknown>) => void;
  /** Write counters to standard output in CloudWatch's embedded metric format. @default - whether CACHE_METRICS is `emf` */
  readonly emf?: boolean;
  /** Open the connection before the first call. @default - true in Lambda, whose initialization phase is the time for it */
  readonly preconnect?: boolean;
  /** Where the time comes from; for tests. @default - the system */
  readonly clock?: Clock;
  /** Random numbers from 0 to 1; for tests. @default Math.random */
  readonly random?: () => number;
  /** Environment variables. @default process.env */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}
