// The memo tier: calls of one memoized function, answered from memory, from the table, by a run of somebody else, or by a run.
import { AWS, PRODUCT } from './constants.js';
import { looks, residence } from './cycles.js';
import { tightest, type Estimate, type Use } from './estimate.js';
import { zipf } from './popularity.js';
import { SECONDS_A_MONTH, type Prices } from './prices.js';

export const MEMO = {
  keys: 100_000,
  /** Of Zipf's law. */
  skew: 1,
  /** Calls a second that one process serves. */
  perProcess: 100,
  /** As it is stored, compressed. */
  valueBytes: 2_048,
  functionSeconds: 0.2,
  ttl: PRODUCT.memoTtl.value,
  memory: PRODUCT.memoMemory.value,
  jitter: PRODUCT.memoJitter.value,
  items: PRODUCT.memoItems.value,
};

export type MemoWorkload = typeof MEMO;

/** All a second, of all processes. */
export interface MemoLoad {
  readonly processes: number;
  readonly memoryHits: number;
  readonly tableHits: number;
  /** Answered by a run that was under way, here or elsewhere. */
  readonly joins: number;
  readonly executions: number;
  /** Reads of entries. */
  readonly reads: number;
  /** Looks of those who wait for another process's run. */
  readonly polls: number;
  /** Reads of counters alone. */
  readonly confirmations: number;
  readonly leases: number;
  readonly writes: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Read units of the counter `#all`. */
  readonly counterUnits: number;
  /** Units of the hottest key in the second in which it expires. */
  readonly expiry: { readonly reads: number; readonly writes: number };
  readonly stored: number;
}

const KB = 1024;
/** DynamoDB deletes what has expired within days. */
const DELETED_AFTER = 2 * 24 * 3600;

/** @param requests calls a second @param processes by default as many as `perProcess` asks for */
export function memoLoad(work: MemoWorkload, requests: number, processes = Math.max(1, Math.ceil(requests / work.perProcess))): MemoLoad {
  const { functionSeconds: runs, valueBytes } = work;
  const lasts = work.ttl * (1 - work.jitter / 2);
  const ranks = zipf(work.keys, work.skew);
  const room = Math.min(work.items, PRODUCT.memoBytes.value / (valueBytes + PRODUCT.memoEntryOverhead.value));
  const stays = residence(ranks.map(({ keys, share }) => ({ keys, rate: requests / processes * share })), room);
  const readSize = Math.ceil((valueBytes + 200) / (4 * KB));
  const writeSize = Math.ceil((valueBytes + 200) / KB);
  const sum = { memoryHits: 0, tableHits: 0, joins: 0, executions: 0, reads: 0, polls: 0, leases: 0, stored: 0 };

  for (const { keys, share } of ranks) {
    const all = requests * share;
    const rate = all / processes;
    const alone = Math.min(work.memory, Math.expm1(Math.min(50, rate * stays)) / rate);
    const cycle = lasts + 1 / all;
    // While the function runs, other processes find the lease taken and wait; so do further calls in each of them.
    const waiting = (processes - 1) * -Math.expm1(-rate * runs);
    const joins = waiting + rate * runs + waiting * rate * runs / 2;
    const tableHits = Math.max(0, (processes - 1) * looks(rate, lasts, alone, false) + looks(rate, lasts, alone, true) - waiting);
    const times = keys / cycle;
    sum.executions += times;
    sum.joins += times * joins;
    sum.tableHits += times * tableHits;
    sum.memoryHits += times * Math.max(0, all * cycle - 1 - joins - tableHits);
    sum.reads += times * (1 + waiting + tableHits);
    sum.polls += times * waiting * pollsIn(runs / 2);
    sum.leases += times * (1 + waiting);
    sum.stored += keys * -Math.expm1(-all * DELETED_AFTER);
  }

  // A busy process asks for the function's counters every five seconds: along with an entry that it reads anyway, or else by themselves.
  const rounds = processes / (PRODUCT.memoConfirm.value + processes / requests);
  // A value that it still has is served or renewed only after a look at them, if nobody has looked for ten.
  const late = Math.exp(-requests / processes * PRODUCT.memoConfirm.value);
  const held = ranks.reduce((all, { keys, share }) => all + keys * share * -Math.expm1(-requests / processes * share * stays), 0);
  const along = Math.min(1, sum.reads / requests) * (1 - late * held);
  const confirmations = rounds * (1 - along);
  const counterUnits = confirmations + rounds * along / 2; // by themselves they are read consistently
  const hot = requests * ranks[0]!.share / processes;
  const herd = (processes - 1) * -Math.expm1(-hot * runs);
  return {
    processes, ...sum, confirmations, counterUnits, writes: sum.executions,
    readUnits: sum.reads * readSize / 2 + sum.polls * (readSize + 1) + counterUnits * PRODUCT.memoScopes.value,
    writeUnits: sum.leases + sum.executions * writeSize,
    expiry: {
      reads: processes * -Math.expm1(-hot) * readSize / 2 + herd * pollsIn(Math.min(1, runs / 2)) * (readSize + 1),
      writes: 1 + herd + writeSize,
    },
  };
}

/** Looks of one who waits for so many seconds. */
export function pollsIn(seconds: number): number {
  let [polls, pause, at] = [0, PRODUCT.memoFirstPoll.value, 0];
  while (at < seconds && polls < 1_000) {
    at += pause;
    pause = Math.min(pause * PRODUCT.memoPollGrowth.value, PRODUCT.memoLastPoll.value);
    polls++;
  }
  return polls;
}

export function memo(work: MemoWorkload, prices: Prices, requests: number): Estimate {
  const load = memoLoad(work, requests);
  const hottest: Use[] = [
    { what: 'counter #all, reads', load: load.counterUnits, limit: AWS.partitionReads.value, unit: AWS.partitionReads.unit,
      then: 'a longer invalidationInterval, or fewer and larger processes; a table for each application' },
    { what: 'hottest key when it expires, writes', load: load.expiry.writes, limit: AWS.partitionWrites.value, unit: AWS.partitionWrites.unit,
      then: 'one process that calls refresh() for the hottest keys before their ttl ends; fewer and larger processes' },
    { what: 'hottest key when it expires, reads', load: load.expiry.reads, limit: AWS.partitionReads.value, unit: AWS.partitionReads.unit,
      then: 'staleWhileRevalidate, so that nobody waits and looks; one process that calls refresh() for the hottest keys' },
  ];
  const uses: Use[] = [
    ...hottest,
    { what: 'table, reads', load: load.readUnits, limit: AWS.tableReads.value, unit: AWS.tableReads.unit,
      then: 'a higher quota of the table; a longer memory; one table for each application' },
    { what: 'table, writes', load: load.writeUnits, limit: AWS.tableWrites.value, unit: AWS.tableWrites.unit,
      then: 'a higher quota of the table; a longer ttl; lease: false where a run is cheap; one table for each application' },
  ];
  const units = (load.readUnits * prices.readUnits + load.writeUnits * prices.writeUnits) / 1e6 * SECONDS_A_MONTH;
  return {
    requests, processes: load.processes,
    layers: {
      memory: load.memoryHits / requests, table: load.tableHits / requests, joined: load.joins / requests, executed: load.executions / requests,
    },
    reads: load.reads + load.polls + load.confirmations, writes: load.leases + load.writes,
    hottest: tightest(hottest),
    usdPerMonth: units + load.stored * (work.valueBytes + 200) / 1e9 * prices.tableStorage,
    uses,
  };
}
