import { TierRun, runAll } from './chaos';
import { Book } from './kit/book';
import { Lane } from './kit/faults';
import { checkResources, haltAll } from './kit/programs';
import { Gone, Hangs, type Program } from './kit/program';
import { Random } from './kit/random';
import type { Fault, Tier } from './kit/tier';
import { parseOptions } from './options';
import { asJson, asTables, brokenOf, commandOf } from './report';

jest.mock('node:timers/promises', () => ({ ...jest.requireActual<object>('node:timers/promises'), setTimeout: () => Promise.resolve() }));

/** A tier of which only what is under test does anything. */
class FakeTier implements Tier {
  readonly name = 'memo';
  readonly book = new Book();
  closed = 0;
  constructor(readonly lanes: readonly (readonly Fault[])[], private readonly fails: Partial<Record<'start' | 'recover', Error>> = {}) {}
  async start(): Promise<void> { if (this.fails.start) throw this.fails.start; }
  async recover(): Promise<void> { if (this.fails.recover) throw this.fails.recover; }
  judge(): void { this.book.check('something holds', true, () => ''); }
  async close(): Promise<void> { this.closed += 1; }
}

function fault(kind: string, met: boolean, log: string[] = []): Fault {
  return { kind, begin: () => { log.push(`${kind} begins`); return { end: () => void log.push(`${kind} ends`), met: () => met }; } };
}

describe('a lane', () => {
  test('has every kind once at least, whatever the time; one after the other; in an order of the seed', async () => {
    const orders = await Promise.all([1, 1, 2, 3].map(async (seed) => {
      const log: string[] = [];
      const lane = new Lane(['a', 'b', 'c', 'd'].map((kind) => fault(kind, true, log)), new Random(seed));
      await lane.run(() => true);
      expect(lane.injected).toEqual({ a: 1, b: 1, c: 1, d: 1 });
      for (let i = 0; i < log.length; i += 2) expect(log[i + 1]).toBe(log[i]!.replace('begins', 'ends'));
      return log.join();
    }));
    expect(orders[0]).toBe(orders[1]);
    expect(new Set(orders).size).toBeGreaterThan(1);
  });

  test('does not count what nobody has met', async () => {
    const lane = new Lane([fault('met', true), fault('unmet', false)], new Random(1));
    await lane.run(() => true);
    expect(lane.injected).toEqual({ met: 1, unmet: 0 });
  });
});

describe('a run', () => {
  test('of a minute in which a kind of fault was not met is broken', async () => {
    const run = new TierRun(() => new FakeTier([[fault('unmet', false)]]), 1);
    jest.spyOn(performance, 'now').mockImplementation(() => (clock += 30_000));
    let clock = 0;
    expect(await runAll([run], { seconds: 60 })).toBe(false);
    jest.restoreAllMocks();
    expect(brokenOf([run.report()])).toEqual([expect.stringMatching(/^not ok memo: every kind of fault was met \(1 of 1\)\n {2}unmet$/)]);
  });

  test.each(['start', 'recover'] as const)('whose %s fails is broken, and closed', async (phase) => {
    const tier = new FakeTier([[fault('a', true)]], { [phase]: new Error('of a server') });
    const run = new TierRun(() => tier, 1);
    expect(await runAll([run], { seconds: 1 })).toBe(false);
    expect(tier.closed).toBe(1);
    expect(brokenOf([run.report()])[0]).toMatch(/^not ok memo: the run comes to its end \(1 of 1\)\n {2}Error: of a server/);
  });

  test('in which all holds is reported as such', async () => {
    const run = new TierRun(() => new FakeTier([[fault('a', true)]]), 1);
    expect(await runAll([run], { seconds: 1 })).toBe(true);
    const report = run.report();
    expect(brokenOf([report])).toEqual([]);
    expect(asTables([report])).toMatch(/memo.*something holds.*1.*0/);
    const options = { seconds: 1, seed: 5, tiers: ['memo'], json: true } as const;
    expect(asJson(options, [report])).toMatchObject({ ok: true, seed: 5, tiers: [{ tier: 'memo' }] });
    expect(commandOf(options)).toBe('npm run chaos -- --seconds 1 --seed 5 --tier memo');
  });
});

describe('processes', () => {
  const program = (answer: () => Promise<unknown>, ended?: string) => ({ name: 'one', ask: answer, ended }) as unknown as Program;

  test('one that does not end what it is at is broken', async () => {
    const book = new Book();
    await haltAll([program(() => Promise.reject(new Hangs('one answers halt: nothing for 120 s')))], book);
    expect(book.broken).toMatchObject([{ invariant: 'every call is answered', examples: ['one answers halt: nothing for 120 s'] }]);
    await expect(haltAll([program(() => Promise.reject(new Gone('one')))], book)).rejects.toThrow(Gone);
  });

  test('one that has ended by itself, or needs more and more, is broken', async () => {
    const book = new Book();
    await checkResources([program(async () => ({ heap: 1, handles: 1 }), 'one ended by itself (1)')], book);
    await checkResources([program(async () => ({ heap: 2 ** 30, handles: 1 }))], book);
    await checkResources([program(async () => ({ heap: 1, handles: 1000 }))], book);
    expect(book.broken).toMatchObject([
      { invariant: 'memory and handles are bounded', broken: 2 }, { invariant: 'no process ends by itself', broken: 1 },
    ]);
  });
});

describe('options', () => {
  test('have defaults, and a seed of their own', () => {
    expect(parseOptions([])).toMatchObject({
      seconds: 60, tiers: ['memo', 'config', 'live', 'tasks'], json: false, seed: expect.any(Number) as number,
    });
    expect(parseOptions(['--seconds', '600', '--seed', '7', '--tier', 'tasks', '--tier', 'memo', '--json']))
      .toEqual({ seconds: 600, seed: 7, tiers: ['memo', 'tasks'], json: true });
    expect(parseOptions(['--help'])).toBe('help');
  });

  test.each([
    [['--seconds', '0'], '--seconds must be a whole number from 1 to 3600, got \'0\''], [['--seed', 'x'], '--seed must be a whole number'],
    [['--tier', 'disk'], '--tier must be one of memo, config, live, tasks, got \'disk\''], [['--fast'], '--fast'],
  ])('%j is refused', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});
