/**
 * What the memo tier's construct, handler and client must agree on: environment variables, the table's attributes,
 * the forms of its keys, metric names. Imports nothing.
 */

/** Environment variables that `MemoCache.environment` sets and the client reads. */
export const MEMO_ENVIRONMENT = {
  /** Name or ARN of the table. Unset: the client keeps values in memory only. */
  table: 'CACHE_TABLE',
  /** Region of the table, where it is not the function's own. */
  region: 'CACHE_TABLE_REGION',
  /** Name of the overflow bucket for values that do not fit an item. */
  bucket: 'CACHE_BUCKET',
  /** `emf`: counters are written to standard output in CloudWatch's embedded metric format. */
  metrics: 'CACHE_METRICS',
} as const;

/** Value of `CACHE_METRICS` that switches the embedded metric format on. */
export const MEMO_METRICS_EMF = 'emf';

/** The table's key attributes and its TTL attribute (the seed's names). */
export const MEMO_KEY = { partition: 'pk', sort: 'sk', ttl: 'ttl' } as const;

/**
 * Attributes of an item. Names are short because DynamoDB bills them in every read and write.
 * Times are Unix epoch milliseconds, except `ttl`, which DynamoDB reads in seconds.
 */
export const MEMO_ATTRIBUTE = {
  ...MEMO_KEY,
  /** Binary: the encoded value, where it fits the item. */
  payload: 'v',
  /** Number: parts that hold the encoded value, where it does not. */
  parts: 'n',
  /** String: object key in the overflow bucket, where the value is there. */
  object: 'o',
  /** Number: length of the encoded value in bytes, where it is outside the item. */
  length: 'l',
  /** String: revision of the entry; every write and every deletion gives a new one. */
  revision: 'r',
  /** Number: when the value was computed. */
  created: 'c',
  /** Number: milliseconds the function took. */
  duration: 'd',
  /** Number: fresh until. */
  expires: 'e',
  /** Number: may be served stale while a refresh runs, until. */
  staleWhileRevalidate: 'w',
  /** Number: may be served when the function fails, until. */
  staleIfError: 'i',
  /** Map of String to Number: the generation counters that the value was computed under. */
  generations: 'g',
  /** Number: a generation item's counter: the time at which it was raised, or one more than before where that is not later. */
  counter: 'k',
  /** Number: when a generation item's counter was last raised. */
  raised: 't',
  /** String: holder of a lease. */
  holder: 'h',
  /** Number: a lease runs out at. */
  leaseUntil: 'u',
} as const;

/** Sort keys. All items of one entry share its partition key. */
export const MEMO_SORT_KEY = {
  value: 'V',
  lease: 'L',
  generation: 'G',
  /** Parts of a large value: `C#<revision>#<index>`. */
  part: (revision: string, index: number): string => `C#${revision}#${index}`,
} as const;

/** Separates the fields of a partition key; neither a function's name nor a version may contain it. */
export const MEMO_SEPARATOR = '#';

/**
 * Partition keys:
 * - an entry: `<name>#<version>#=<arguments>`, or `<name>#<version>#~<SHA-256 of the arguments, base64url>` when they are long;
 * - a generation counter: `#all`, `#fn#<name>` or `#tag#<tag>` (an entry's name is never empty, so the two cannot meet).
 */
export const MEMO_GENERATION = {
  all: '#all',
  fn: (name: string): string => `#fn#${name}`,
  tag: (tag: string): string => `#tag#${tag}`,
} as const;

/** Prefix of all generation items' partition keys: what a principal needs to write in order to flush. */
export const MEMO_GENERATION_PREFIX = '#';

/** Prefix of the overflow bucket's object keys. */
export const MEMO_OBJECT_PREFIX = 'memo/';

/** A value is kept for a year at the most, so a generation counter outlives every value that was computed under it. */
export const MEMO_MAX_TTL_SECONDS = 365 * 24 * 3600;

/** CloudWatch namespace of the client's metrics. */
export const MEMO_METRIC_NAMESPACE = 'CdkCacheTiers/Memo';

/** The one dimension of the client's metrics: the table's name. */
export const MEMO_METRIC_DIMENSION = 'Table';

/** Metric names; all are counts but `LatencySaved`, in milliseconds. */
export const MEMO_METRIC = {
  /** Calls of memoized functions. */
  calls: 'Calls',
  /** Answered from memory. */
  memoryHits: 'MemoryHits',
  /** Answered from the table. */
  tableHits: 'TableHits',
  /** Answered by a call that was already running. */
  joins: 'Joins',
  /** Runs of the function itself. */
  executions: 'Executions',
  /** Runs of the function that failed. */
  executionErrors: 'ExecutionErrors',
  /** Answered with a value past its time to live. */
  staleHits: 'StaleHits',
  /** Waits for another process that held the lease. */
  leaseWaits: 'LeaseWaits',
  /** Values written to the table. */
  writes: 'Writes',
  /** Fills that lost against an invalidation or a newer fill and were dropped. */
  fenced: 'Fenced',
  /** Requests to the table that failed; the caller got the function's value. */
  tableErrors: 'TableErrors',
  /** Requests to the table that were not made because the breaker was open. */
  bypasses: 'Bypasses',
  /** Values that could not be stored: not structured-cloneable, or too large. */
  unstorable: 'Unstorable',
  /** Time that hits saved, taken from the time the function took when the value was computed. */
  latencySaved: 'LatencySaved',
} as const;
