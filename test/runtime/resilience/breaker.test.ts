import { Breaker } from '../../../runtime/resilience/breaker';
import type { FailureClass } from '../../../runtime/resilience/failure';
import { ManualClock } from '../../../runtime/testing';

function make() {
  const clock = new ManualClock();
  return { clock, breaker: new Breaker({ clock, random: () => 0.5 }) };
}

test.each<[FailureClass, number]>([['timeout', 3], ['connection', 3], ['throttled', 3], ['server', 3], ['denied', 1], ['missing', 1]])(
  '%s opens it after %i in a row', (failure, times) => {
    const { breaker } = make();
    for (let i = 1; i < times; i++) {
      expect(breaker.failed(failure)).toBe(false);
      expect(breaker.tryEnter()).toBe(true);
    }
    expect(breaker.failed(failure)).toBe(true);
    expect(breaker.tryEnter()).toBe(false);
    expect(breaker.openFor).toBe(failure);
  });

test('a bad request never opens it', () => {
  const { breaker } = make();
  for (let i = 0; i < 100; i++) expect(breaker.failed('request')).toBe(false);
  expect(breaker.tryEnter()).toBe(true);
});

test('failures of different classes do not add up, and a success forgets them', () => {
  const { breaker } = make();
  for (const failure of ['timeout', 'timeout', 'server', 'server', 'throttled'] as const) expect(breaker.failed(failure)).toBe(false);
  breaker.succeeded();
  for (const failure of ['timeout', 'timeout'] as const) expect(breaker.failed(failure)).toBe(false);
  expect(breaker.tryEnter()).toBe(true);
});

test('after the cooldown one call probes while the others are kept out', async () => {
  const { breaker, clock } = make();
  breaker.failed('denied');
  await clock.advance(999);
  expect(breaker.tryEnter()).toBe(false);
  await clock.advance(1);
  expect([breaker.tryEnter(), breaker.tryEnter(), breaker.tryEnter()]).toEqual([true, false, false]);
  breaker.succeeded();
  expect([breaker.tryEnter(), breaker.tryEnter()]).toEqual([true, true]);
});

test('a probe that fails keeps it open for twice as long, up to a bound', async () => {
  const { breaker, clock } = make();
  breaker.failed('missing');
  for (const cooldown of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
    await clock.advance(cooldown - 1);
    expect(breaker.tryEnter()).toBe(false);
    await clock.advance(1);
    expect(breaker.tryEnter()).toBe(true);
    expect(breaker.failed('missing')).toBe(true);
  }
});

test('a probe that fails in another way does not lock it for ever', async () => {
  const { breaker, clock } = make();
  breaker.failed('denied');
  await clock.advance(1000);
  expect(breaker.tryEnter()).toBe(true);
  breaker.failed('timeout');
  await clock.advance(60_000);
  expect(breaker.tryEnter()).toBe(true);
});

test('calls that were under way when it opened do not keep it open for longer', async () => {
  const { breaker, clock } = make();
  breaker.failed('denied');
  expect(breaker.failed('denied')).toBe(false);
  await clock.advance(1000);
  expect(breaker.tryEnter()).toBe(true);
});
