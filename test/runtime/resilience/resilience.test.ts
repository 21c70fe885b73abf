import { Bulkhead } from '../../../runtime/resilience/bulkhead';
import { systemClock } from '../../../runtime/resilience/clock';
import { Deadline } from '../../../runtime/resilience/deadline';
import { milliseconds, type Duration } from '../../../runtime/resilience/duration';
import { failureClassOf } from '../../../runtime/resilience/failure';
import { SingleFlight } from '../../../runtime/resilience/single-flight';
import { ManualClock } from '../../../runtime/testing';

describe('durations', () => {
  test.each<[Duration, number]>([
    [250, 250], ['250ms', 250], ['1.5s', 1500], ['5m', 300_000], ['2h', 7_200_000], ['7d', 604_800_000], [0, 0],
  ])('%p', (value, ms) => {
    expect(milliseconds('ttl', value)).toBe(ms);
  });

  test.each(['5', '5 m', '-5s', 'soon', -1, NaN, null])('fails with %p', (value) => {
    expect(() => milliseconds('ttl', value as Duration)).toThrow(/^ttl must be milliseconds or a number with a unit/);
  });
});

describe('a deadline', () => {
  test('aborts with a reason that says how long it was', async () => {
    const deadline = new Deadline(5);
    await new Promise((resolve) => deadline.signal.addEventListener('abort', resolve, { once: true }));
    expect(deadline.signal.reason).toMatchObject({ name: 'TimeoutError', message: 'no answer within 5 ms' });
    expect(failureClassOf(deadline.signal.reason)).toBe('timeout');
  });

  test('never aborts once closed', async () => {
    const deadline = new Deadline(1);
    deadline.close();
    await systemClock.sleep(10);
    expect(deadline.signal.aborted).toBe(false);
  });
});

describe('a bulkhead', () => {
  test('lets so many through, makes so many wait, and hands places on, also after failures', async () => {
    const bulkhead = new Bulkhead(2, 1);
    const open: ((fail?: boolean) => void)[] = [];
    const run = () => bulkhead.run(() => new Promise<number>((resolve, reject) => open.push((fail) => fail ? reject(new Error('no')) : resolve(1))));
    const first = run().catch(() => 0);
    const others = [run(), run()];
    await systemClock.sleep(0);
    expect(bulkhead.full).toBe(true);
    expect(open).toHaveLength(2);
    open[0](true);
    expect(await first).toBe(0);
    await systemClock.sleep(0);
    expect(open).toHaveLength(3);
    open[1]();
    open[2]();
    expect(await Promise.all(others)).toEqual([1, 1]);
    expect(bulkhead.full).toBe(false);
  });
});

describe('single flight', () => {
  test('a detached run keeps its callers and lets the next one start', async () => {
    const flights = new SingleFlight<number>();
    let end: (value: number) => void = () => {};
    const first = flights.start('k', () => new Promise((resolve) => { end = resolve; }));
    flights.detach('k');
    const second = flights.start('k', async () => 2);
    expect(flights.size).toBe(1);
    end(1);
    expect([await first, await second]).toEqual([1, 2]);
    expect(flights.size).toBe(0);
  });
});

describe('classes of failure', () => {
  test.each<[unknown, string]>([
    [Object.assign(new Error(), { failure: 'throttled' }), 'throttled'], [Object.assign(new Error(), { name: 'AbortError' }), 'timeout'],
    [new Error('anything'), 'request'], [undefined, 'request'], ['text', 'request'],
  ])('%p is %s', (error, failure) => { expect(failureClassOf(error)).toBe(failure); });
});

describe('a manual clock', () => {
  test('runs what falls due in order, and what that sets in turn', async () => {
    const clock = new ManualClock(0);
    const seen: string[] = [];
    clock.schedule(20, () => seen.push(`b@${clock.now()}`));
    clock.schedule(10, () => { seen.push(`a@${clock.now()}`); clock.schedule(5, () => seen.push(`c@${clock.now()}`)); });
    const cancel = clock.schedule(12, () => seen.push('never'));
    cancel();
    await clock.advance(30);
    expect(seen).toEqual(['a@10', 'c@15', 'b@20']);
    expect([clock.now(), clock.waiting]).toEqual([30, false]);
  });
});
