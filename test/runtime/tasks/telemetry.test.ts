import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { TaskTelemetry } from '../../../runtime/tasks/telemetry';
import { TestClock } from '../../support/tasks/test-clock';
import { counting, world } from './running/world';

function telemetry(emf: boolean) {
  const clock = new TestClock();
  const lines: string[] = [];
  return { clock, lines, own: new TaskTelemetry({ scope: 'main', namespace: 'builds', emf, clock, write: (line) => lines.push(line) }) };
}

test('counters are written in the embedded metric format, with their units, once they have changed', () => {
  const { own, clock, lines } = telemetry(true);
  own.add('hits', 2);
  own.add('savedTime', 1500);
  own.tick();
  expect(lines).toEqual([]); // not yet
  clock.time += 60_000;
  own.tick();
  own.flush();
  expect(lines.map((line) => JSON.parse(line))).toEqual([{
    _aws: {
      Timestamp: clock.time,
      CloudWatchMetrics: [{
        Namespace: 'CdkCacheTiers/Tasks', Dimensions: [['Scope', 'Namespace']],
        Metrics: [{ Name: 'Hits', Unit: 'Count' }, { Name: 'SavedTime', Unit: 'Milliseconds' }],
      }],
    },
    Scope: 'main', Namespace: 'builds', Hits: 2, SavedTime: 1500,
  }]);
});

test('nothing is written without it', () => {
  const { own, clock, lines } = telemetry(false);
  own.add('hits');
  clock.time += 120_000;
  own.tick();
  own.flush();
  expect(lines).toEqual([]);
  expect(own.stats().hits).toBe(1);
});

describe('OpenTelemetry', () => {
  const api = Symbol.for('opentelemetry.js.api.1');
  const globals = globalThis as unknown as Record<symbol, unknown>;
  afterEach(() => { delete globals[api]; });

  test('sees the counters once there is an SDK', () => {
    const { own } = telemetry(false);
    own.tick(); // none yet
    const read = new Map<string, () => unknown>();
    globals[api] = {
      metrics: {
        getMeter: () => ({
          createObservableCounter: (name: string, { unit }: { unit: string }) => ({
            addCallback: (callback: (result: { observe(value: number, attributes: object): void }) => void) => read.set(name, () => {
              let seen: unknown;
              callback({ observe: (value, attributes) => { seen = { value, unit, attributes }; } });
              return seen;
            }),
          }),
        }),
      },
    };
    own.tick();
    own.add('savedTime', 7);
    expect(read.get('cache_tiers.tasks.saved_time')!()).toEqual({ value: 7, unit: 'ms', attributes: { scope: 'main', namespace: 'builds' } });
    expect(read.get('cache_tiers.tasks.hits')!()).toMatchObject({ value: 0, unit: '1' });
  });

  test('that is broken is told, once, and breaks nobody', () => {
    const { own } = telemetry(false);
    const told: unknown[] = [];
    const listen = (message: unknown) => told.push(message);
    subscribe('cdk-cache-tiers:tasks:error', listen);
    try {
      globals[api] = { metrics: { getMeter: () => { throw new Error('broken SDK'); } } };
      own.tick();
      own.tick();
      expect(told).toMatchObject([{ place: 'OpenTelemetry', error: { message: 'broken SDK' } }]);
    } finally {
      unsubscribe('cdk-cache-tiers:tasks:error', listen);
    }
  });
});

test('failures of stores are counted, told, and the last ten remembered', () => {
  const { own } = telemetry(false);
  const told: unknown[] = [];
  const listen = (message: unknown) => told.push(message);
  subscribe('cdk-cache-tiers:tasks:error', listen);
  try {
    for (let i = 0; i < 12; i++) own.storeError('s3://bucket/', 'keep', new Error(`failure ${i}`));
    own.storeError('s3://bucket/', 'find', 'no error');
  } finally {
    unsubscribe('cdk-cache-tiers:tasks:error', listen);
  }
  expect(told).toHaveLength(13);
  expect(own.stats().storeErrors).toBe(13);
  expect(own.lastStoreErrors(2)).toEqual(['keep in s3://bucket/: failure 11', 'find in s3://bucket/: \'no error\'']);
  expect(own.lastStoreErrors(100)).toHaveLength(10);
  expect(own.lastStoreErrors(0)).toEqual([]);
});

test('the events of a run are published, and are enough to follow it', async () => {
  const names = ['begin', 'start', 'attempt', 'made', 'finish', 'end'];
  const published: string[] = [];
  const listeners = names.map((name) => [`cdk-cache-tiers:tasks:${name}`, () => published.push(name)] as const);
  for (const [name, listen] of listeners) subscribe(name, listen);
  try {
    const { task } = counting('Work');
    const { runner, events } = world();
    await runner.run([task({ n: 1 })]);
    expect(published).toEqual(names);
    expect(events.map(({ event }) => event)).toEqual(names);
    expect(events[0]).toEqual({ event: 'begin', runId: 'test', tasks: [{ id: task({ n: 1 }).id, family: 'Work' }], workers: 8 });
    expect(events[4]).toMatchObject({ event: 'finish', runId: 'test', id: task({ n: 1 }).id, outcome: { status: 'ran' }, done: 1, total: 1 });
  } finally {
    for (const [name, listen] of listeners) unsubscribe(name, listen);
  }
});
