import { acquireLease, LeaseLostError, type DocumentLease, type LeaseOptions } from '../../../runtime/resilience/document-lease';
import { MemoryObjectStore } from '../../../runtime/stores/memory-object-store';
import type { ObjectStore } from '../../../runtime/stores/object-store';
import { ManualClock } from '../../../runtime/testing/manual-clock';

const KEY = 'leases/k';
const TTL = 60_000;
const HOUR = 3_600_000;

let store: MemoryObjectStore;
let clock: ManualClock;
beforeEach(() => {
  store = new MemoryObjectStore();
  clock = new ManualClock();
});

const acquire = (options: LeaseOptions = {}, at: ObjectStore = store) => acquireLease(at, KEY, { ttl: TTL, clock, ...options });

/** A lease that is asked for, and what has come of it. */
function ask(options: LeaseOptions = {}, at?: ObjectStore) {
  const asked: { lease?: DocumentLease; waited: number; readonly done: Promise<void> } = {
    waited: 0,
    done: acquire({ onWait: () => { asked.waited++; }, ...options }, at).then((lease) => { asked.lease = lease; }),
  };
  asked.done.catch(() => {});
  return asked;
}

/** The store as a process sees it that can be cut off: then its calls fail, and its answers are lost. */
function connection() {
  const state = { cut: false, answersLost: false, calls: 0 };
  const through = <T>(call: () => Promise<T>): Promise<T> => {
    state.calls++;
    if (state.cut) return Promise.reject(new Error('cut off'));
    return call().then((answer) => {
      if (state.answersLost) throw new Error('no answer');
      return answer;
    });
  };
  const own: Pick<ObjectStore, 'read' | 'replace'> = {
    read: (key, options) => through(() => store.read(key, options)),
    replace: (key, bytes, expected) => through(() => store.replace(key, bytes, expected)),
  };
  return { state, store: own as ObjectStore };
}

test('one holds it; the next has it when it is given back', async () => {
  const lease = await acquire();
  const next = ask();
  await clock.advance(TTL / 2);
  expect([next.lease, next.waited]).toEqual([undefined, 1]);
  await lease.release();
  await clock.advance(TTL / 10);
  expect([next.lease?.lost.aborted, lease.lost.aborted, next.waited]).toEqual([false, false, 1]);
  await next.lease!.release();
  await (await acquire()).release();
});

test('it is held for as long as it is renewed, however long somebody waits', async () => {
  const lease = await acquire();
  const next = ask();
  for (let i = 0; i < 20; i++) await clock.advance(TTL);
  expect([next.lease, lease.lost.aborted]).toEqual([undefined, false]);
  await lease.release();
  await clock.advance(TTL / 10);
  await next.lease!.release();
});

test('who waits asks for nothing but what has changed, and not all the time', async () => {
  const lease = await acquire();
  const { state, store: own } = connection();
  const next = ask({}, own);
  await clock.advance(10 * TTL);
  expect(next.lease).toBeUndefined();
  expect(state.calls).toBeLessThan(10 * 40 + 20); // a look takes from half to one and a half twentieths of its time
  await lease.release();
  await clock.advance(TTL / 10);
  await next.lease!.release();
});

test('a holder that is gone is followed, not before its time is over', async () => {
  const gone = connection();
  await acquire({}, gone.store);
  gone.state.cut = true;
  const next = ask();
  await clock.advance(TTL);
  expect(next.lease).toBeUndefined();
  await clock.advance(TTL / 10);
  expect(next.lease?.lost.aborted).toBe(false);
  await next.lease!.release();
});

test('a holder that cannot renew it knows before anybody follows', async () => {
  const poor = connection();
  const lease = await acquire({}, poor.store);
  const next = ask();
  const seen: (boolean | undefined)[] = [];
  lease.lost.addEventListener('abort', () => seen.push(next.lease !== undefined));
  poor.state.cut = true;
  await clock.advance(2 * TTL);
  expect([seen, next.lease?.lost.aborted]).toEqual([[false], false]);
  expect(lease.lost.reason).toBeInstanceOf(LeaseLostError);
  expect(lease.lost.reason).toMatchObject({ code: 'E_LEASE_LOST', message: 'the lease leases/k is lost: it could not be renewed in time' });
  poor.state.cut = false;
  await lease.release(); // takes nothing from who follows
  await clock.advance(TTL);
  expect(next.lease!.lost.aborted).toBe(false);
  await next.lease!.release();
});

test('a holder that was held up finds it lost', async () => {
  const late = new ManualClock();
  const lease = await acquire({ clock: late });
  const next = ask();
  await clock.advance(2 * TTL); // its own stands still
  expect([next.lease?.lost.aborted, lease.lost.aborted]).toEqual([false, false]);
  await late.advance(TTL / 2);
  expect(lease.lost.reason).toMatchObject({ message: 'the lease leases/k is lost: somebody else has it' });
  expect(next.lease!.lost.aborted).toBe(false);
  await next.lease!.release();
});

test.each([-48 * HOUR, -HOUR, HOUR, 48 * HOUR])('clocks that differ by %d ms have no effect', async (skew) => {
  const ahead = new ManualClock(clock.now() + skew);
  const lease = await acquire();
  const next = ask({ clock: ahead });
  for (let i = 0; i < 40; i++) {
    await clock.advance(TTL / 10);
    await ahead.advance(TTL / 10);
  }
  expect([next.lease, lease.lost.aborted]).toEqual([undefined, false]);
  await lease.release();
  await ahead.advance(TTL / 10);
  expect(next.lease?.lost.aborted).toBe(false);
  await next.lease!.release();
});

test('a store that fails for a while does not end it', async () => {
  const poor = connection();
  const lease = await acquire({}, poor.store);
  const next = ask();
  for (let i = 0; i < 5; i++) {
    poor.state.cut = true;
    await clock.advance(TTL / 3);
    poor.state.cut = false;
    await clock.advance(TTL);
  }
  expect([lease.lost.aborted, next.lease]).toEqual([false, undefined]);
  await lease.release();
  await clock.advance(TTL / 10);
  await next.lease!.release();
});

test('renewals whose answers are lost are known again', async () => {
  const poor = connection();
  const lease = await acquire({}, poor.store);
  for (let i = 0; i < 5; i++) {
    poor.state.answersLost = true;
    await clock.advance(TTL * 0.4);
    poor.state.answersLost = false;
    await clock.advance(TTL * 0.4);
  }
  expect(lease.lost.aborted).toBe(false);
  poor.state.answersLost = true;
  await clock.advance(TTL * 0.4);
  poor.state.answersLost = false;
  await lease.release(); // what is there is of a renewal that was not answered
  await (await acquire({ onWait: () => { throw new Error('it was not given back'); } })).release();
});

test('release does not throw, and may be called again', async () => {
  const poor = connection();
  const lease = await acquire({}, poor.store);
  poor.state.cut = true;
  await expect(Promise.all([lease.release(), lease.release()])).resolves.toEqual([undefined, undefined]);
  expect([clock.waiting, lease.lost.aborted]).toEqual([false, false]);
});

test('nothing goes on once it is given back, or lost', async () => {
  const lease = await acquire();
  await lease.release();
  const { state, store: own } = connection();
  const late = await acquire({}, own);
  state.cut = true;
  await clock.advance(TTL);
  const { calls } = state;
  expect([late.lost.aborted, clock.waiting]).toEqual([true, false]);
  await clock.advance(10 * TTL);
  expect(state.calls).toBe(calls);
});

test('waiting ends with the signal, for its reason', async () => {
  const lease = await acquire();
  const control = new AbortController();
  const next = ask({ signal: control.signal });
  await clock.advance(1000);
  control.abort(new Error('told to stop'));
  await clock.advance(TTL / 10);
  await expect(next.done).rejects.toThrow('told to stop');
  await expect(acquire({ signal: control.signal })).rejects.toThrow('told to stop');
  await lease.release();
});

test('waiting by the own clock ends with the signal at once', async () => {
  const lease = await acquire();
  const control = new AbortController();
  const waiting = acquireLease(store, KEY, { signal: control.signal, onWait: () => setImmediate(() => control.abort(new Error('told to stop'))) });
  await expect(waiting).rejects.toThrow('told to stop');
  await lease.release();
});

test('by the own clock, one after the other', async () => {
  const held: string[] = [];
  await Promise.all(['a', 'b', 'c'].map(async (name) => {
    const lease = await acquireLease(store, KEY, { ttl: 60_000 });
    held.push(`${name} has it`);
    await new Promise((resolve) => setImmediate(resolve));
    held.push(`${name} gives it back`);
    await lease.release();
  }));
  expect(held.filter((_, i) => i % 2 === 0).map((text) => text.replace('has it', 'gives it back'))).toEqual(held.filter((_, i) => i % 2 === 1));
});

test('16 want it, some of them vanish: there is one holder at a time, and each has it once', async () => {
  let holders = 0;
  const had: number[] = [];
  const all = Array.from({ length: 16 }, async (_, i) => {
    const own = new ManualClock(i * HOUR);
    const { state, store: through } = connection();
    let done = false;
    const running = (async () => {
      const lease = await acquire({ clock: own }, through);
      const lost = () => { holders--; };
      expect(++holders).toBe(1);
      had.push(i);
      lease.lost.addEventListener('abort', lost);
      await own.sleep(2 * TTL);
      if (i % 4 === 3) {
        state.cut = true; // it vanishes, and notices in time
        await own.sleep(TTL);
        expect(lease.lost.aborted).toBe(true);
      } else {
        expect(lease.lost.aborted).toBe(false);
        holders--;
        await lease.release();
      }
    })().finally(() => { done = true; });
    return { own, running, get done() { return done; } };
  });
  const each = await Promise.all(all);
  while (!each.every(({ done }) => done)) for (const { own } of each) await own.advance(TTL / 30);
  await Promise.all(each.map(({ running }) => running));
  expect(had.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, i) => i));
});

test('a document that somebody else has written is waited for as long as a lease lasts', async () => {
  await store.replace(KEY, Buffer.from('no lease'), undefined);
  const next = ask();
  await clock.advance(TTL / 2);
  expect(next.lease).toBeUndefined();
  await clock.advance(TTL);
  await next.lease!.release();
});

test('a document that was deleted is no lease: the next has it, and the holder learns of it', async () => {
  const lease = await acquire();
  await store.delete([KEY]);
  const next = await acquire();
  await clock.advance(TTL / 2);
  expect([lease.lost.aborted, next.lost.aborted]).toEqual([true, false]);
  await next.release();
});

test('the store\'s failures are passed on', async () => {
  const poor = connection();
  poor.state.cut = true;
  await expect(acquire({}, poor.store)).rejects.toThrow('cut off');
});

test.each([0, -1, NaN, Infinity, '5s'])('fails for ttl %p', async (ttl) => {
  const error = { code: 'E_LEASE_TTL', message: expect.stringContaining('ttl must be milliseconds') as string };
  await expect(acquire({ ttl: ttl as number })).rejects.toMatchObject(error);
});
