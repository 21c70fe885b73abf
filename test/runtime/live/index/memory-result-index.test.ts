import { MemoryResultIndex } from '../../../../runtime/live/index/memory-result-index';
import { ManualClock } from '../../../../runtime/testing/manual-clock';
import { anEntry, anIdentity, aRequest, lead, put, roleOf } from '../../../support/contracts/result-index';

const HOUR = 3_600_000;

test.each([0, -1, 1.5, NaN])('fails for %s entries', (maxEntries) => {
  expect(() => new MemoryResultIndex({ maxEntries })).toThrow('maxEntries must be a whole number of 1 or more');
});

describe('by a clock of its own', () => {
  test('fresh, stale and gone to the millisecond', async () => {
    const clock = new ManualClock();
    const index = new MemoryResultIndex({ clock });
    const identity = anIdentity();
    const entry = await put(index, identity, { ttl: 1000, staleWhileRevalidate: 300, staleIfError: 500 }, { elapsed: 200 });
    await clock.advance(799);
    expect(await index.lookup(identity, aRequest())).toEqual({ role: 'hit', found: { entry, age: 999 } });
    await clock.advance(1);
    const stale = await index.lookup(identity, aRequest({ lease: 100 }));
    expect(stale).toMatchObject({ role: 'leader', stale: { entry, age: 1000 } });
    await clock.advance(499);
    expect(await roleOf(index, identity, { cache: 'only-if-cached' })).toBe('hit');
    await clock.advance(1);
    expect(await roleOf(index, identity, { cache: 'only-if-cached' })).toBe('absent');
  });

  test('no entry outlives the memory of an invalidation, however long it says that it lives', async () => {
    const clock = new ManualClock();
    const index = new MemoryResultIndex({ clock });
    const identity = anIdentity();
    await put(index, identity, { ttl: 48 * HOUR });
    await clock.advance(23 * HOUR - 1);
    expect(await roleOf(index, identity)).toBe('hit');
    await clock.advance(1);
    expect(await roleOf(index, identity)).toBe('leader');
  });

  test('an invalidation that is forgotten makes its entries invalid, not older ones valid', async () => {
    const clock = new ManualClock();
    const index = new MemoryResultIndex({ clock });
    const identity = anIdentity({ tags: ['orders'] });
    await put(index, identity, { ttl: 22 * HOUR });
    await index.invalidate({ tags: ['orders'] });
    await clock.advance(2 * HOUR);
    await put(index, identity, { ttl: 22.5 * HOUR });
    await clock.advance(22 * HOUR);
    expect(await roleOf(index, identity)).toBe('leader');
  });

  test('that jumps back, nothing gets younger and no lease longer than the jump; forward, all is over', async () => {
    let now = 10 * HOUR;
    const index = new MemoryResultIndex({ clock: { now: () => now } });
    const [kept, led] = [anIdentity(), anIdentity()];
    await put(index, kept, { ttl: 60_000 });
    const lease = await lead(index, led, { lease: 1000 });
    now -= HOUR;
    const lookup = await index.lookup(kept, aRequest());
    expect(lookup).toMatchObject({ role: 'hit', found: { age: 0 } });
    expect(await index.lookup(led, aRequest())).toMatchObject({ role: 'follower', attempt: lease.attempt });
    now += HOUR + 1001;
    expect(await roleOf(index, led)).toBe('leader');
    expect(await index.publish(led, lease, { entry: anEntry(lease.attempt), elapsed: 0, keep: true })).toBe('superseded');
    now += 24 * HOUR;
    expect(await roleOf(index, kept)).toBe('leader');
  });
});

describe('up to a number of results', () => {
  test('those go that were not used for longest, runs under way last', async () => {
    const index = new MemoryResultIndex({ maxEntries: 3 });
    const running = anIdentity();
    const lease = await lead(index, running);
    const [a, b, c] = [anIdentity(), anIdentity(), anIdentity()];
    await put(index, a);
    await put(index, b);
    expect(await roleOf(index, a)).toBe('hit');
    await put(index, c);
    expect(await roleOf(index, b, { cache: 'only-if-cached' })).toBe('absent');
    expect(await roleOf(index, a)).toBe('hit');
    expect(await index.publish(running, lease, { entry: anEntry(lease.attempt), elapsed: 0, keep: true })).toBe('published');
  });

  test('what is over goes by itself', async () => {
    const clock = new ManualClock();
    const index = new MemoryResultIndex({ clock, maxEntries: 1_000_000 });
    for (let i = 0; i < 500; i++) {
      await put(index, anIdentity(), { ttl: 1000 });
      await clock.advance(61_000);
    }
    const { slots } = index as unknown as { slots: { slots: Map<string, unknown> } };
    expect(slots.slots.size).toBeLessThan(5);
  });

  test('more invalidations than it remembers make everything invalid', async () => {
    const index = new MemoryResultIndex();
    const identity = anIdentity();
    await put(index, identity);
    await index.invalidate({ tags: Array.from({ length: 60_000 }, (_, i) => `a-${i}`) });
    expect(await roleOf(index, identity)).toBe('hit');
    await index.invalidate({ tags: Array.from({ length: 60_000 }, (_, i) => `b-${i}`) });
    expect(await roleOf(index, identity)).toBe('leader');
  });
});
