// The live tier: queries whose results are shared through an index and a bucket.
import { ASSUMED, AWS, PRODUCT } from './constants.js';
import { tightest, type Estimate, type Use } from './estimate.js';
import { zipf } from './popularity.js';
import { HOURS_A_MONTH, SECONDS_A_MONTH, type Prices } from './prices.js';

export const LIVE = {
  /** Different queries, each with its scope. */
  queries: 10_000,
  /** Of Zipf's law. */
  skew: 1,
  /** Queries a second that one process serves. */
  perProcess: 20,
  resultBytes: 1024 ** 2,
  querySeconds: 2,
  ttl: PRODUCT.liveTtl.value,
  inlineBytes: PRODUCT.liveInline.value,
  /** Caches among which the queries are divided, each with an index and a bucket of its own. */
  caches: 1,
  /** Share of the processes that are in another zone than the index. */
  otherZones: 0.5,
};

export type LiveWorkload = typeof LIVE;

/** All a second, of all processes. */
export interface LiveLoad {
  readonly processes: number;
  readonly hits: number;
  readonly joined: number;
  readonly executions: number;
  /** Requests to the index: look-ups, and what those tell who execute. */
  readonly lookups: number;
  readonly tellings: number;
  /** Requests to the bucket. */
  readonly gets: number;
  readonly puts: number;
  /** Entries of the index at a time. */
  readonly entries: number;
}

/** Objects that a result is kept in. */
export function segmentsOf(bytes: number, inlineBytes: number): number {
  if (bytes <= inlineBytes) return 0;
  return 1 + Math.max(0, Math.ceil((bytes - PRODUCT.liveFirstSegment.value) / PRODUCT.liveSegment.value));
}

/** @param requests queries a second @param processes by default as many as `perProcess` asks for */
export function liveLoad(work: LiveWorkload, requests: number, processes = Math.max(1, Math.ceil(requests / work.perProcess))): LiveLoad {
  const segments = segmentsOf(work.resultBytes, work.inlineBytes);
  const runs = Math.min(work.querySeconds, work.ttl);
  const sum = { hits: 0, joined: 0, executions: 0, entries: 0 };
  for (const { keys, share } of zipf(work.queries, work.skew)) {
    const rate = requests * share;
    const times = keys / (work.ttl + 1 / rate); // the time to live counts from the query's start
    sum.executions += times;
    sum.joined += times * rate * runs;
    sum.hits += times * rate * (work.ttl - runs);
    sum.entries += times * (work.ttl - runs);
  }
  // Of those who share a run, callers in its own process have its bytes from memory.
  const elsewhere = sum.joined * (processes - 1) / processes;
  const beats = Math.floor(runs / (PRODUCT.liveLease.value / 3));
  return {
    processes, ...sum,
    lookups: requests, tellings: sum.executions * (segments + beats + 1),
    gets: segments * (sum.hits + elsewhere), puts: segments * sum.executions,
  };
}

export function live(work: LiveWorkload, prices: Prices, requests: number): Estimate {
  const load = liveLoad(work, requests);
  const { caches } = work;
  const inline = work.resultBytes <= work.inlineBytes ? work.resultBytes : 0;
  const indexRequests = (load.lookups + load.tellings) / caches;
  const indexMemory = load.entries * (PRODUCT.liveEntry.value + inline) / caches;
  const bucket: Use[] = [
    { what: 'prefix of the bucket, GET', load: load.gets / caches, limit: AWS.s3Reads.value, unit: AWS.s3Reads.unit,
      then: 'inlineBytes for results of up to 256 KiB; several caches with a bucket each, divided by tenant' },
    { what: 'prefix of the minute, PUT', load: load.puts / caches, limit: AWS.s3Writes.value, unit: AWS.s3Writes.unit,
      then: 'several caches with a bucket each, divided by tenant; minDuration, so that quick queries are not kept' },
  ];
  const uses: Use[] = [
    ...bucket,
    { what: 'index as it is by default, requests', load: indexRequests, limit: PRODUCT.liveIndexRequests.value, unit: PRODUCT.liveIndexRequests.unit,
      then: 'more cpu and proactorThreads of LiveIndex.dragonfly, measured by you; then several caches, divided by tenant' },
    { what: 'largest index on Fargate, requests', load: indexRequests, limit: PRODUCT.liveIndexRequests.value * AWS.fargateCpu.value,
      unit: PRODUCT.liveIndexRequests.unit, then: 'several caches, divided by tenant' },
    { what: 'index as it is by default, memory', load: indexMemory, limit: PRODUCT.liveIndexMemory.value, unit: 'bytes',
      then: 'more memory of the index; smaller inlineBytes; a shorter ttl' },
    { what: 'index, connections', load: load.processes * PRODUCT.liveConnections.value / caches, limit: AWS.dragonflyClients.value,
      unit: AWS.dragonflyClients.unit, then: 'fewer and larger processes; several caches, divided by tenant' },
    { what: 'Secrets Manager, reads of the keys', load: load.processes / PRODUCT.liveKeyRefresh.value, limit: AWS.secretReads.value,
      unit: AWS.secretReads.unit, then: 'fewer and larger processes' },
  ];
  return {
    requests, processes: load.processes,
    layers: { bucket: load.hits / requests, joined: load.joined / requests, executed: load.executions / requests },
    reads: load.gets + load.lookups, writes: load.puts + load.tellings,
    hottest: tightest(bucket), indexMemory,
    usdPerMonth: indexCost(prices, indexRequests, indexMemory) * caches
      + (load.gets * prices.s3Get + load.puts * prices.s3Put) / 1_000 * SECONDS_A_MONTH
      + load.executions * (segmentsOf(work.resultBytes, work.inlineBytes) > 0 ? work.resultBytes : 0) * keptFor(work) / 1e9 * prices.s3Storage
      + (load.lookups * ASSUMED.lookup.value + load.hits * inline) / 1e9 * SECONDS_A_MONTH * work.otherZones * 2 * prices.betweenZones,
    uses,
  };
}

/** As many processors as the requests need, if each serves as many as one does by default; what the entries need in memory, 2 GiB at least. */
function indexCost(prices: Prices, requests: number, bytes: number): number {
  const cpu = Math.max(1, Math.ceil(requests / PRODUCT.liveIndexRequests.value));
  const memory = Math.max(2, bytes / 0.8 / 1024 ** 3);
  return HOURS_A_MONTH * (cpu * prices.fargateCpu + memory * prices.fargateMemory);
}

/** Seconds until the sweeper takes an object: it lies below the minute in which it ends, or in which its query would at the latest. */
function keptFor({ ttl }: LiveWorkload): number {
  return Math.max(ttl, PRODUCT.liveLongest.value) + PRODUCT.liveGrace.value;
}
