import { Breaker } from '../../../runtime/resilience/breaker';
import type { FailureClass } from '../../../runtime/resilience/failure';
import { ManualClock } from '../../../runtime/testing';

function make() {
  const clock = new ManualClock();
  const breaker = new Breaker({ clock, random: () => 0.5 });
  let last = 0;
  const enter = () => {
    const call = breaker.tryEnter();
    if (call > 0) last = call;
    return call > 0;
  };
  /** A call that goes out, or the one that is out as a probe, fails before the next one. */
  const fail = (failure: FailureClass) => {
    enter();
    return breaker.failed(failure, last);
  };
  return { clock, breaker, enter, fail };
}

test.each<[FailureClass, number]>([['timeout', 3], ['connection', 3], ['throttled', 3], ['server', 3], ['denied', 1], ['missing', 1]])(
  '%s opens it after %i in a row', (failure, times) => {
    const { breaker, enter, fail } = make();
    for (let i = 1; i < times; i++) {
      expect(fail(failure)).toBe(false);
      expect(enter()).toBe(true);
    }
    expect(fail(failure)).toBe(true);
    expect(enter()).toBe(false);
    expect(breaker.openFor).toBe(failure);
  });

test('a bad request never opens it', () => {
  const { enter, fail } = make();
  for (let i = 0; i < 100; i++) expect(fail('request')).toBe(false);
  expect(enter()).toBe(true);
});

test('failures of different classes do not add up, and a success forgets them', () => {
  const { breaker, enter, fail } = make();
  for (const failure of ['timeout', 'timeout', 'server', 'server', 'throttled'] as const) expect(fail(failure)).toBe(false);
  breaker.succeeded();
  for (const failure of ['timeout', 'timeout'] as const) expect(fail(failure)).toBe(false);
  expect(enter()).toBe(true);
});

test('after the cooldown one call probes while the others are kept out', async () => {
  const { breaker, clock, enter, fail } = make();
  fail('denied');
  await clock.advance(999);
  expect(enter()).toBe(false);
  await clock.advance(1);
  expect([enter(), enter(), enter()]).toEqual([true, false, false]);
  breaker.succeeded();
  expect([enter(), enter()]).toEqual([true, true]);
});

test('a probe that fails keeps it open for twice as long, up to a bound', async () => {
  const { clock, enter, fail } = make();
  fail('missing');
  for (const cooldown of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
    await clock.advance(cooldown - 1);
    expect(enter()).toBe(false);
    await clock.advance(1);
    expect(enter()).toBe(true);
    expect(fail('missing')).toBe(true);
  }
});

test('a probe that fails in another way does not lock it for ever', async () => {
  const { clock, enter, fail } = make();
  fail('denied');
  await clock.advance(1000);
  expect(enter()).toBe(true);
  fail('timeout');
  await clock.advance(60_000);
  expect(enter()).toBe(true);
});

test('calls that were under way when it opened do not keep it open for longer', async () => {
  const { clock, enter, fail } = make();
  fail('denied');
  expect(fail('denied')).toBe(false);
  await clock.advance(1000);
  expect(enter()).toBe(true);
});

test('calls that are under way together fail together, as one', () => {
  const { breaker, enter } = make();
  for (let burst = 1; burst <= 3; burst++) {
    const calls = Array.from({ length: 100 }, () => breaker.tryEnter());
    expect(calls.map((call) => breaker.failed('timeout', call)).filter(Boolean)).toHaveLength(burst === 3 ? 1 : 0);
  }
  expect(enter()).toBe(false);
});

test('a clock that was set back does not keep it open', async () => {
  const { clock, enter, fail } = make();
  fail('denied');
  await clock.advance(-3_600_000);
  expect(enter()).toBe(true);
});
