import { Pacer, type PacerOptions } from '../../../runtime/resilience/pacer';

/** A pacer, and a clock that goes on only while somebody waits. */
function paced(options: Omit<PacerOptions, 'now' | 'sleep'>) {
  let time = 0;
  const pacer = new Pacer({ ...options, now: () => time, sleep: async (ms) => { time += ms; } });
  return { pacer, time: () => time, pass: (ms: number) => { time += ms; } };
}

test('calls are spread evenly over a second', async () => {
  const { pacer, time } = paced({ rate: 10 });
  for (let i = 0; i < 11; i += 1) await pacer.turn();
  expect(Math.round(time())).toBe(1000);
});

test('a pause is not caught up by a burst', async () => {
  const { pacer, time, pass } = paced({ rate: 10 });
  await pacer.turn();
  pass(60_000);
  for (let i = 0; i < 11; i += 1) await pacer.turn();
  expect(Math.round(time())).toBe(61_000);
});

test('a refusal halves the pace, once for all the calls that were under way', () => {
  const { pacer, pass } = paced({ rate: 16 });
  pacer.throttled();
  pacer.throttled();
  expect(pacer.rate).toBe(8);
  pass(1_000);
  pacer.throttled();
  expect(pacer.rate).toBe(4);
});

test('the pace never falls below the least', () => {
  const { pacer, pass } = paced({ rate: 2, least: 1 });
  for (let i = 0; i < 5; i += 1) {
    pacer.throttled();
    pass(1_000);
  }
  expect(pacer.rate).toBe(1);
});

test('before the first refusal a second of successes doubles the pace, after it adds one call a second', () => {
  const { pacer } = paced({ rate: 8, most: 100 });
  const second = () => { for (let calls = pacer.rate; calls >= 1; calls -= 1) pacer.succeeded(); };
  second();
  expect(pacer.rate).toBe(16);
  pacer.throttled();
  second();
  expect(pacer.rate).toBeCloseTo(9, 0);
  expect(pacer.rate).toBeLessThan(9.01);
});

test('successes add back, up to the most', () => {
  const { pacer } = paced({ rate: 4, most: 6 });
  pacer.throttled();
  for (let i = 0; i < 3; i += 1) pacer.succeeded();
  expect(pacer.rate).toBeGreaterThan(3);
  for (let i = 0; i < 1000; i += 1) pacer.succeeded();
  expect(pacer.rate).toBe(6);
});

test('who waits is let go by the signal, with its reason', async () => {
  const pacer = new Pacer({ rate: 0.5 });
  const controller = new AbortController();
  await pacer.turn(controller.signal);
  const waiting = pacer.turn(controller.signal);
  controller.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await expect(pacer.turn(controller.signal)).rejects.toThrow('enough');
});

test('a computer\'s clock that is set back stops nobody', async () => {
  const clock = jest.spyOn(Date, 'now').mockReturnValue(1e12);
  const waits: number[] = [];
  const pacer = new Pacer({ rate: 100, sleep: async (ms) => void waits.push(ms) });
  await pacer.turn();
  clock.mockReturnValue(1e12 - 300_000);
  await pacer.turn();
  clock.mockRestore();
  expect(Math.max(0, ...waits)).toBeLessThanOrEqual(10);
});

test('a thousand that wait at a slow pace keep it', async () => {
  const waits: number[] = [];
  const pacer = new Pacer({ rate: 1, now: () => 0, sleep: async (ms) => void waits.push(ms) });
  for (let i = 0; i < 1_000; i += 1) await pacer.turn();
  expect(waits.at(-1)).toBe(999_000);
});
