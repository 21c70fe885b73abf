import { Breaker } from '../../../../runtime/resilience/breaker';
import { systemClock } from '../../../../runtime/resilience/clock';
import { guardedSegments, StorageAwayError } from '../../../../runtime/live/flight/guarded-segments';
import { SegmentLog } from '../../../../runtime/live/flight/segment-log';
import { Uploads } from '../../../../runtime/live/flight/uploads';
import type { SegmentPlace } from '../../../../runtime/live/segments/segment-store';

const MIB = 1 << 20;
const PATIENCE = 5000;
const PLACE = { key: 'k', encryptionKey: new Uint8Array(32) };
const notRead = () => Promise.reject(new Error('not read'));

/** Uploads whose segments arrive one by one, when the test says so. */
function make(put?: (place: SegmentPlace, chunks: readonly Uint8Array[], signal?: AbortSignal) => Promise<void>) {
  const arrive: (() => void)[] = [];
  const failed: unknown[] = [];
  const log = new SegmentLog({ read: notRead });
  const uploads = new Uploads({
    log, placeOf: () => PLACE, onStored: () => {}, onFailed: (error) => failed.push(error),
    store: { read: notRead, put: put ?? (() => new Promise((resolve) => arrive.push(resolve))) },
  });
  log.onSealed = (index) => uploads.add(index);
  log.onWaiting = (waits) => uploads.pressing(waits);
  return { log, uploads, arrive, failed };
}

const turns = async () => { for (let i = 0; i < 20; i++) await Promise.resolve(); };

beforeEach(() => jest.useFakeTimers());
afterEach(() => {
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

test('a source that gives one chunk of 200 MB is stored whole, as long as segments arrive', async () => {
  const { log, uploads, arrive, failed } = make();
  log.append(new Uint8Array(200 * MIB));
  let waits = true;
  void log.room()!.then(() => { waits = false; });
  while (waits) {
    await jest.advanceTimersByTimeAsync(PATIENCE - 1);
    arrive.shift()!();
    await turns();
  }
  expect(failed).toEqual([]);
  expect(uploads.bytes).toBeGreaterThan(170 * MIB);
  log.fail(new Error('over'));
  uploads.cancel(new Error('over'));
});

test.each(['cancel', 'stop'] as const)('%s leaves no timer behind, whoever waits is told, and later calls do nothing', async (end) => {
  const { log, uploads, arrive, failed } = make();
  log.append(new Uint8Array(30 * MIB));
  void log.room();
  const finished = uploads.finished();
  uploads[end](new Error('over'));
  expect(await finished).toBe(false);
  uploads.pressing(true);
  uploads.add(7);
  uploads.cancel(new Error('again'));
  uploads.stop(new Error('again'));
  arrive.forEach((resolve) => resolve());
  await turns();
  expect(await uploads.finished()).toBe(false);
  expect(failed.map(String)).toEqual(end === 'stop' ? ['Error: over'] : []);
  expect(log.storedMarks).toEqual([]);
  log.fail(new Error('over'));
});

describe('the breaker before the bucket', () => {
  function guarded() {
    let now = 0;
    const breaker = new Breaker({ clock: { ...systemClock, now: () => now }, random: () => 0.5 });
    const hang = (signal?: AbortSignal) => new Promise<never>((_, reject) => {
      signal!.addEventListener('abort', () => reject(signal!.reason as Error), { once: true });
    });
    const store = guardedSegments({
      put: async (_, __, signal) => hang(signal),
      read: async (_, __, signal) => hang(signal),
    }, breaker);
    return { breaker, store, later: () => { now += 2000; } };
  }

  /** One result whose source waits in vain for the bucket. */
  async function inVain(store: ReturnType<typeof guarded>['store']) {
    const { log, failed } = make((...args) => store.put(...args));
    log.append(new Uint8Array(30 * MIB));
    void log.room();
    await jest.advanceTimersByTimeAsync(PATIENCE);
    log.fail(new Error('over'));
    return failed[0];
  }

  test('opens where uploads hang: later results need not find out themselves', async () => {
    const { store } = guarded();
    for (let i = 0; i < 3; i++) expect(await inVain(store)).toMatchObject({ name: 'StorageSlowError' });
    expect(await inVain(store)).toBeInstanceOf(StorageAwayError);
  });

  test('is not told by callers who leave that the bucket is well; the next call asks it', async () => {
    const { breaker, store, later } = guarded();
    for (let i = 0; i < 3; i++) await inVain(store);
    later();
    const leaving = new AbortController();
    const probe = store.read(PLACE, 0, leaving.signal);
    leaving.abort(new Error('left'));
    await expect(probe).rejects.toThrow('left');
    expect(breaker.openFor).toBeUndefined(); // half open: one may ask
    void store.read(PLACE, 0, new AbortController().signal); // never answered
    await expect(store.put(PLACE, [])).rejects.toThrow(StorageAwayError);
  });
});
