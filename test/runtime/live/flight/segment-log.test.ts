import { crc32 } from 'node:zlib';
import type { Follower } from '../../../../runtime/live/flight/followers';
import { SegmentLog } from '../../../../runtime/live/flight/segment-log';
import { segmentSize } from '../../../../runtime/live/flight/segment-sizes';

const KIB = 1024;
const SUMMARY = { bytes: 0, rows: 0, batches: 0 };
const readNothing = () => Promise.reject(new Error('not stored'));

function bytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31) % 251);
}

class Reader implements Follower {
  position = 0;
  woken = 0;
  evicted = 0;
  wake() { this.woken++; }
  evict() { this.evicted++; }
}

describe('boundaries', () => {
  test('depend on the bytes alone, not on how they come', () => {
    const data = bytes(10 << 20);
    const marks = [1 << 20, 1000_003, 64 * KIB, data.length].map((size) => {
      const log = new SegmentLog();
      for (let at = 0; at < data.length; at += size) log.append(data.subarray(at, at + size));
      log.finish(SUMMARY);
      return log.marks;
    });
    expect(new Set(marks.map((list) => JSON.stringify(list))).size).toBe(1);
    expect(marks[0]!.map(([size]) => size)).toEqual([segmentSize(0), segmentSize(1), data.length - segmentSize(0) - segmentSize(1)]);
  });

  test('have the checksum of the whole stream up to them', () => {
    const data = bytes(2 << 20);
    const log = new SegmentLog();
    log.append(data);
    log.finish(SUMMARY);
    let end = 0;
    for (const [size, crc] of log.marks) {
      end += size;
      expect(crc).toBe(crc32(data.subarray(0, end)));
    }
    expect(end).toBe(data.length);
  });

  test('chunks are kept as they are, not copied', () => {
    const chunk = bytes(1000);
    const log = new SegmentLog();
    log.append(chunk);
    expect(log.segments[0]!.chunks![0]!.buffer).toBe(chunk.buffer);
  });
});

describe('memory where segments are stored', () => {
  test('holds what is not stored yet, and bounds it by letting the source wait', async () => {
    const log = new SegmentLog({ read: readNothing, window: 600 * KIB });
    log.append(bytes(500 * KIB));
    expect(log.room()).toBeUndefined();
    log.append(bytes(200 * KIB));
    const room = log.room()!;
    expect(room).toBeInstanceOf(Promise);
    log.stored(0);
    await room;
    expect(log.segments[0]!.chunks).toBeUndefined();
    expect(log.segments[1]!.chunks).toBeDefined();
  });

  test('keeps a bounded rest for those who are close behind, and drops what all have', () => {
    const log = new SegmentLog({ read: readNothing, maxLag: 2 << 20 });
    const reader = new Reader();
    log.follow(reader);
    log.append(bytes(9 << 20));
    log.stored(0);
    expect(log.segments[0]!.chunks).toBeDefined(); // 256 KiB are stored that he has not taken
    log.stored(1);
    expect(log.segments.map(({ chunks }) => chunks !== undefined)).toEqual([false, false, true]); // a whole segment more
    expect(log.whole).toBe(true);
  });

  test('a follower who has all frees it', () => {
    const log = new SegmentLog({ read: readNothing, maxLag: 64 << 20 });
    const reader = new Reader();
    log.follow(reader);
    log.append(bytes(256 * KIB));
    log.stored(0);
    expect(log.segments[0]!.chunks).toBeDefined();
    reader.position = 256 * KIB;
    log.taken();
    expect(log.segments[0]!.chunks).toBeUndefined();
  });
});

describe('memory where nothing is stored', () => {
  test('holds the beginning until somebody has begun, and then what the slowest lacks', () => {
    const log = new SegmentLog({ window: 1 << 20 });
    log.append(bytes(2 << 20));
    expect(log.whole).toBe(true);
    expect(log.room()).toBeDefined();
    const [fast, slow] = [new Reader(), new Reader()];
    log.follow(fast);
    log.follow(slow);
    fast.position = 2 << 20;
    log.taken();
    expect(log.whole).toBe(true);
    slow.position = 300 * KIB;
    log.taken();
    expect(log.whole).toBe(false);
    expect(log.segments.map(({ chunks }) => chunks !== undefined)).toEqual([false, true]);
  });

  test('who holds up others that have all is evicted after a while, and nobody else', () => {
    jest.useFakeTimers();
    const log = new SegmentLog({ window: 1 << 20 });
    const [fast, slow] = [new Reader(), new Reader()];
    log.follow(fast);
    log.follow(slow);
    log.append(bytes(2 << 20));
    void log.room();
    jest.advanceTimersByTime(20_000);
    expect([fast.evicted, slow.evicted]).toEqual([0, 0]); // all are behind: the source may well wait
    fast.position = log.length;
    void log.room();
    jest.advanceTimersByTime(10_000);
    expect([fast.evicted, slow.evicted]).toEqual([0, 1]);
    log.fail(new Error('over'));
    jest.useRealTimers();
  });

  test('storing may end in the middle: what is not stored stays until all have it', () => {
    const log = new SegmentLog({ read: readNothing });
    const reader = new Reader();
    log.follow(reader);
    log.append(bytes(2 << 20));
    log.stored(0);
    log.stopStoring();
    reader.position = 256 * KIB;
    log.taken();
    expect(log.segments.map(({ chunks }) => chunks !== undefined)).toEqual([false, true]);
    expect(log.whole).toBe(true);
    expect(log.storedMarks).toHaveLength(1);
  });
});

test('an end wakes everybody, once, and the source', async () => {
  const log = new SegmentLog({ window: 1 });
  const reader = new Reader();
  log.follow(reader);
  log.append(bytes(10));
  const room = log.room();
  const { woken } = reader;
  log.fail(new Error('broken'));
  log.finish(SUMMARY);
  log.lose(new Error('gone'));
  await room;
  expect([log.state, String(log.reason), reader.woken]).toEqual(['failed', 'Error: broken', woken + 1]);
});

test('what a manifest names can be read from the bucket only; it may name more later', () => {
  const log = new SegmentLog({ read: readNothing });
  log.extend([[100, 1]]);
  log.extend([[100, 1], [50, 2]]);
  expect(log.segments).toEqual([
    { start: 0, bytes: 100, crc: 1, sealed: true, stored: true }, { start: 100, bytes: 50, crc: 2, sealed: true, stored: true },
  ]);
  expect(log.whole).toBe(true);
});
