// The config tier: values that processes read by `ConfigClient`, and changes that the handlers carry out.
import { ASSUMED, AWS, PRODUCT } from './constants.js';
import { tightest, type Estimate, type Use } from './estimate.js';
import { zipf } from './popularity.js';
import { SECONDS_A_MONTH, type Prices } from './prices.js';

export const CONFIG = {
  /** Parameters that each process reads. */
  parameters: 20,
  /** Of Zipf's law. */
  skew: 0.5,
  /** Values a second that one process reads. */
  perProcess: 100,
  ttl: PRODUCT.configTtl.value,
  /** Names that are asked for together, ten at the most. */
  together: 1,
  /** Changes of parameters for each million reads. */
  changesPerMillion: 1,
  /** Of a record of the log, with its value. */
  recordBytes: 1_500,
  /** 1: Parameter Store's higher throughput is switched on. */
  higherThroughput: 0,
  /** Parameters of all namespaces, which the reconciler walks through. */
  allParameters: 10_000,
  /** Seconds between two reconciliations. */
  reconcileEvery: 1_800,
};

export type ConfigWorkload = typeof CONFIG;

/** All a second, of all processes. */
export interface ConfigLoad {
  readonly processes: number;
  /** Answered from the process's memory. */
  readonly hits: number;
  readonly misses: number;
  /** `GetParameter`, or `GetParameters` where several are asked for together. */
  readonly requests: number;
}

/** Names that DescribeParameters and BatchGetItem take or give at once. */
const PAGE = 50;
/** Write units of a row of names: the row, and its old and new place in ChangesIndex. */
const NAME_WRITES = 3;
/** A record of the log, and its two indexes. */
const RECORD_WRITES = 3;
/** Reads of the tables for a change: the row of names, the record, the rules of a source; consistent or not, one unit each. */
const CHANGE_READS = 3;
/** Messages are received, and deleted, in batches; an idle queue is asked about five times in 20 seconds. */
const SQS_REQUESTS = 3;

/** @param requests values a second @param processes by default as many as `perProcess` asks for */
export function configLoad(work: ConfigWorkload, requests: number, processes = Math.max(1, Math.ceil(requests / work.perProcess))): ConfigLoad {
  let misses = 0;
  for (const { keys, share } of zipf(work.parameters, work.skew)) {
    const rate = requests / processes * share;
    misses += processes * keys / (work.ttl + 1 / rate);
  }
  return { processes, misses, hits: requests - misses, requests: misses / Math.min(work.together, PRODUCT.configBatch.value) };
}

export function config(work: ConfigWorkload, prices: Prices, requests: number): Estimate {
  const load = configLoad(work, requests);
  const changes = requests * work.changesPerMillion / 1e6;
  const recordUnits = Math.ceil(work.recordBytes / 1024);
  const invocations = changes * PRODUCT.configConsumers.value;
  const pages = work.allParameters / PAGE / work.reconcileEvery;
  const limit = !work.higherThroughput ? AWS.ssmReads : work.together > 1 ? AWS.ssmSeveralHigher : AWS.ssmOneHigher;
  const handlers = PRODUCT.configConcurrency.value * PRODUCT.configMessages.value / ASSUMED.handling.value;
  const day: Use = {
    what: 'ByTimeIndex, the day of a namespace', load: changes * recordUnits, limit: AWS.partitionWrites.value,
    unit: AWS.partitionWrites.unit, then: 'more namespaces, each with a partition of its own; auditValues: false where values are large',
  };
  const shard: Use = {
    what: 'ChangesIndex, one of its shards', load: changes * 2 / PRODUCT.configShards.value, limit: AWS.partitionWrites.value,
    unit: AWS.partitionWrites.unit, then: 'a footprint for each part of the namespaces',
  };
  const uses: Use[] = [
    { what: 'Parameter Store, reads', load: load.requests, limit: limit.value, unit: limit.unit,
      then: work.higherThroughput
        ? 'a longer ttl of ConfigClient; fewer and larger processes; values of many readers through the memo tier'
        : 'get([…]) of names that are wanted together; a longer ttl; Parameter Store\'s higher throughput (--set higherThroughput=1)' },
    { what: 'Parameter Store, PutParameter', load: changes, limit: AWS.ssmWrites.value, unit: AWS.ssmWrites.unit,
      then: 'nothing here: who writes is held up by Parameter Store' },
    day, shard,
    { what: 'handlers as they are by default', load: changes, limit: handlers, unit: 'events/s',
      then: 'maxConcurrency; a backlog is only late, and the reconciler repairs what is lost' },
    { what: 'EventBridge in the smallest Regions', load: invocations, limit: AWS.eventInvocations.value, unit: AWS.eventInvocations.unit,
      then: 'a higher quota' },
  ];
  const lambdaSeconds = invocations / PRODUCT.configMessages.value * ASSUMED.handling.value;
  return {
    requests, processes: load.processes,
    layers: { memory: load.hits / requests, 'Parameter Store': load.misses / requests },
    reads: load.requests + pages, writes: changes * (1 + NAME_WRITES + RECORD_WRITES * recordUnits),
    hottest: tightest([day, shard]), events: changes,
    usdPerMonth: (work.higherThroughput ? load.requests * prices.ssmHigher / 1e4 * SECONDS_A_MONTH : 0)
      + changes * ((NAME_WRITES + RECORD_WRITES * recordUnits) * prices.writeUnits + CHANGE_READS * prices.readUnits) / 1e6 * SECONDS_A_MONTH
      + invocations * SQS_REQUESTS * prices.sqs / 1e6 * SECONDS_A_MONTH
      + (lambdaSeconds * 0.25 * prices.lambdaTime + invocations * prices.lambdaRequests / 1e6) * SECONDS_A_MONTH,
    uses,
  };
}
