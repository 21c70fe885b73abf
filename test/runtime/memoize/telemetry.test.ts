import { metrics } from '@opentelemetry/api';
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { MEMO_METRIC, MEMO_METRIC_NAMESPACE } from '../../../lib/contract/memo';
import { createMemoizer, memoize as shared, type MemoStats } from '../../../runtime/memoize';
import { idle, memoryOnly, world } from './worlds';

describe('counters', () => {
  test('a function has its own, the memoizer has the sums', async () => {
    const { memoize } = memoryOnly();
    const [a, b] = [memoize(async function a() { return 1; }), memoize(async function b() { return 2; })];
    await a();
    await a();
    await b();
    expect(a.stats()).toMatchObject({ calls: 2, executions: 1, memoryHits: 1 });
    expect(memoize.stats()).toMatchObject({ calls: 3, executions: 2, memoryHits: 1 });
  });

  test('every counter of the contract is there', () => {
    expect(Object.keys(memoryOnly().memoize.stats()).sort()).toEqual(Object.keys(MEMO_METRIC).sort());
  });

  test('hits save the time that the value took', async () => {
    const { memoize } = memoryOnly();
    const memoized = memoize(async function slow() { await new Promise((resolve) => setTimeout(resolve, 20)); return 1; });
    await memoized();
    for (let i = 0; i < 10; i++) await memoized();
    expect(memoized.stats().latencySaved).toBeGreaterThanOrEqual(190);
  });

  test('every answered call is a hit, a join or an execution', async () => {
    const { process } = world();
    const memoized = process()(async function get(n: number) { await idle(1); return n; });
    await Promise.all(Array.from({ length: 100 }, (_, i) => memoized(i % 7)));
    await Promise.all(Array.from({ length: 100 }, (_, i) => memoized(i % 11)));
    const { calls, memoryHits, tableHits, joins, executions } = memoized.stats();
    expect([calls, memoryHits + tableHits + joins + executions]).toEqual([200, 200]);
    expect(executions).toBe(11);
  });
});

describe('diagnostics channels', () => {
  test('tell of hits, executions, errors and invalidations, on the hot path too', async () => {
    const events: string[] = [];
    const channels = ['hit', 'execute', 'invalidate', 'unstorable'].map((event) => [`cdk-cache-tiers:memo:${event}`, (message: unknown) => {
      const { layer } = message as { layer?: string };
      events.push(layer ? `${event}:${layer}` : event);
    }] as const);
    for (const [name, listener] of channels) subscribe(name, listener);
    const { memoize } = memoryOnly();
    const memoized = memoize(async function get(id: string) { return id === 'f' ? () => 1 : id; });
    await Promise.all([memoized('a'), memoized('a')]);
    await memoized('a');
    await memoized('f');
    await memoized.clear();
    for (const [name, listener] of channels) unsubscribe(name, listener);
    expect(events).toEqual(['hit:joined', 'execute', 'hit:memory', 'execute', 'unstorable', 'invalidate']);
  });
});

describe('CloudWatch', () => {
  test('gets counters in its embedded metric format, once a minute and when settled', async () => {
    const lines: string[] = [];
    const write = jest.spyOn(process.stdout, 'write').mockImplementation((line) => { lines.push(String(line)); return true; });
    try {
      const { process: open, clock, store } = world();
      const memoize = open({ environment: { CACHE_METRICS: 'emf' } });
      const memoized = memoize(async function get(n: number) { return n; });
      await memoized(1);
      await memoized(1);
      expect(lines).toEqual([]);
      await clock.advance(60_000);
      await memoized(2);
      expect(lines).toHaveLength(1);
      await memoize.settled();
      expect(lines).toHaveLength(2);
      await memoize.settled();
      expect(lines).toHaveLength(2); // nothing new

      type Line = Record<string, unknown> & { _aws: { CloudWatchMetrics: Record<string, unknown>[] } };
      const [first, second] = lines.map((line) => JSON.parse(line) as Line);
      expect(first).toMatchObject({ Table: store.name, Calls: 3, MemoryHits: 1, Executions: 1, Writes: 1 });
      expect(second).toMatchObject({ Executions: 1, Writes: 1 });
      expect(second.Calls).toBeUndefined();
      const [directive] = first._aws.CloudWatchMetrics;
      expect(directive).toMatchObject({ Namespace: MEMO_METRIC_NAMESPACE, Dimensions: [['Table']] });
      expect(directive.Metrics).toContainEqual({ Name: 'Calls', Unit: 'Count' });
    } finally {
      write.mockRestore();
    }
  });
});

describe('OpenTelemetry', () => {
  test('gets counters when its SDK is there, also when that comes later', async () => {
    const { memoize } = memoryOnly();
    const memoized = memoize(async function get(n: number) { return n; });
    await memoized(1);
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })] });
    metrics.setGlobalMeterProvider(provider);
    try {
      await memoized(2);
      await memoized(2);
      await provider.forceFlush();
      const found = exporter.getMetrics()[0].scopeMetrics[0].metrics;
      const value = (name: string) => found.find(({ descriptor }) => descriptor.name === name)?.dataPoints[0].value;
      expect([value('cache_tiers.memo.calls'), value('cache_tiers.memo.memory_hits'), value('cache_tiers.memo.executions')]).toEqual([3, 1, 2]);
    } finally {
      metrics.disable();
      await provider.shutdown();
    }
  });
});

describe('the shared memoizer', () => {
  test('is made from the environment with the first function: in memory where CACHE_TABLE is not set', async () => {
    const before = process.env.CACHE_TABLE;
    delete process.env.CACHE_TABLE;
    try {
      const memoized = shared(async function inEnvironment(n: number) { return n + 1; });
      expect([await memoized(1), await memoized(1)]).toEqual([2, 2]);
      const stats: MemoStats = memoized.stats();
      expect(stats).toMatchObject({ executions: 1, tableErrors: 0, bypasses: 0 });
      await shared.settled();
      shared.close();
    } finally {
      if (before !== undefined) process.env.CACHE_TABLE = before;
    }
  });

  test('fails with an empty CACHE_TABLE, and says how to do without', () => {
    expect(() => createMemoizer({ environment: { CACHE_TABLE: '' } })).toThrow(/table is empty.*unset CACHE_TABLE/);
  });
});
