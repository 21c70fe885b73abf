import { Followers, type Follower } from '../../../../runtime/live/flight/followers';
import { SegmentLog } from '../../../../runtime/live/flight/segment-log';

const MIB = 1 << 20;
const PATIENCE = 10_000;

/** Leaves the log when it is evicted, as a reader does. */
class Reader implements Follower {
  evicted = false;
  constructor(private readonly log: Pick<SegmentLog, 'follow' | 'leave'>, public position = 0) {
    log.follow(this);
  }

  wake() {}
  evict() {
    this.evicted = true;
    this.log.leave(this);
  }

  take(bytes: number) {
    this.position = bytes;
  }
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => {
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

function waiting(log: SegmentLog) {
  let waits = true;
  void log.room()!.then(() => { waits = false; });
  return async () => {
    await Promise.resolve();
    return waits;
  };
}

test('whoever has all only later is not held up either: the slow one is evicted then', async () => {
  const log = new SegmentLog();
  const [fast, stalled] = [new Reader(log), new Reader(log)];
  log.append(new Uint8Array(25 * MIB));
  const waits = waiting(log);
  fast.take(log.length - 1); // at the moment that their patience ends, nobody has all
  jest.advanceTimersByTime(PATIENCE);
  expect(stalled.evicted).toBe(false);
  fast.take(log.length);
  jest.advanceTimersByTime(PATIENCE);
  expect([stalled.evicted, fast.evicted, await waits()]).toEqual([true, false, false]);
});

test('the bucket is given up while the source waits: from then on, followers are watched', async () => {
  const log = new SegmentLog({ read: () => Promise.reject(new Error('away')) });
  const [fast, stalled] = [new Reader(log), new Reader(log)];
  log.append(new Uint8Array(25 * MIB));
  const waits = waiting(log);
  fast.take(log.length);
  jest.advanceTimersByTime(2 * PATIENCE);
  expect(stalled.evicted).toBe(false); // it waits for the bucket
  log.stopStoring();
  jest.advanceTimersByTime(PATIENCE);
  expect([stalled.evicted, await waits()]).toEqual([true, false]);
});

test('who nearly has all is not evicted for being a little behind at that moment', async () => {
  const log = new SegmentLog();
  const [fast, near, stalled] = [new Reader(log), new Reader(log), new Reader(log)];
  log.append(new Uint8Array(25 * MIB));
  const waits = waiting(log);
  fast.take(log.length);
  near.take(log.length - 1);
  jest.advanceTimersByTime(PATIENCE);
  expect([near.evicted, stalled.evicted, await waits()]).toEqual([false, true, false]);
});

test('those who are all behind are waited for, and nobody is watched once the log has ended', async () => {
  const log = new SegmentLog();
  const readers = [new Reader(log), new Reader(log, 3 * MIB)];
  log.append(new Uint8Array(25 * MIB));
  const waits = waiting(log);
  jest.advanceTimersByTime(5 * PATIENCE);
  expect(readers.map(({ evicted }) => evicted)).toEqual([false, false]);
  log.fail(new Error('over'));
  expect(await waits()).toBe(false);
});

test('how far all are', () => {
  const followers = new Followers();
  expect([followers.any, followers.slowest]).toEqual([false, Infinity]);
  const reader = { position: 5, wake() {}, evict() {} };
  followers.add(reader);
  followers.add({ ...reader, position: 3 });
  expect([followers.any, followers.slowest]).toEqual([true, 3]);
});
