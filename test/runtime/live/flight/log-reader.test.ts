import { PassThrough, Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { LogReader, type ByteSink } from '../../../../runtime/live/flight/log-reader';
import { ResultStream, type ResultSource } from '../../../../runtime/live/flight/result-stream';
import { SegmentLog } from '../../../../runtime/live/flight/segment-log';

const FIRST = Buffer.alloc(1000, 1);
const SECOND = Buffer.alloc(500, 2);
const WHOLE = Buffer.concat([FIRST, SECOND]);
const SUMMARY = { bytes: WHOLE.length, rows: 0, batches: 0 };
const reset = () => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });

/** A complete log of two segments in a bucket that gives what the test says. */
function stored(read: (index: number, offset: number) => Readable | Promise<Readable>) {
  const reads: string[] = [];
  const log = new SegmentLog({
    read: async (index, offset) => {
      reads.push(`${index} ${offset}`);
      return await read(index, offset);
    },
  });
  log.extend([[FIRST.length, crc32(FIRST)], [SECOND.length, crc32(WHOLE)]]);
  log.finish(SUMMARY);
  return { log, reads };
}

const whole = (index: number, offset: number) => Readable.from([[FIRST, SECOND][index]!.subarray(offset)], { objectMode: false });

/** Takes all that it is given, and tells how it ended. */
function readAll(log: SegmentLog, first?: Readable) {
  const chunks: Uint8Array[] = [];
  let reader!: LogReader;
  const ended = new Promise<string>((resolve) => {
    const sink: ByteSink = {
      accept: (chunk) => chunks.push(chunk) > 0,
      ended: () => resolve('ended'),
      failed: (error) => resolve(`failed: ${String(error)}`),
      lost: (reason, gone) => resolve(`lost, ${gone ? 'gone' : 'away'}: ${(reason as Error).message}`),
    };
    reader = new LogReader(log, sink, first);
    reader.resume();
  });
  return { reader, ended, bytes: () => Buffer.concat(chunks) };
}

describe('a reader', () => {
  test('whose connection breaks keeps the one that was opened ahead', async () => {
    let broke = false;
    const { log, reads } = stored((index, offset) => {
      if (index === 1 || broke) return whole(index, offset);
      broke = true;
      return Readable.from((async function* () {
        yield FIRST.subarray(0, 400);
        await new Promise(setImmediate);
        throw reset();
      })(), { objectMode: false });
    });
    const { ended, bytes } = readAll(log);
    expect(await ended).toBe('ended');
    expect(bytes().equals(WHOLE)).toBe(true);
    expect(reads).toEqual(['0 0', '1 0', '0 400']);
  });

  test('of an object that is longer than it should be does not ask for it for ever', async () => {
    const { log, reads } = stored((_, offset) => Readable.from([Buffer.alloc(2000).subarray(offset)], { objectMode: false }));
    const { ended, bytes } = readAll(log);
    expect(await ended).toMatch(/^lost, gone: .*longer/);
    expect([bytes().length, reads.length]).toEqual([0, 2]);
  });

  test.each([
    ['is shorter', (offset: number) => Readable.from([FIRST.subarray(offset, 600)], { objectMode: false })],
    ['breaks again and again', () => new Readable({ read() { this.destroy(reset()); } })],
  ])('of an object that %s gives up after a few times', async (_, read) => {
    const { log, reads } = stored((index, offset) => index === 1 ? whole(1, offset) : read(offset));
    const { ended } = readAll(log);
    expect(await ended).toMatch(/^lost, away/);
    expect(reads.length).toBeLessThan(8);
  });

  test('goes on where the connection that waited ahead was closed meanwhile', async () => {
    let second = 0;
    const { log } = stored((index, offset) => {
      const stream = whole(index, offset);
      if (index === 1 && second++ === 0) stream.destroy(reset());
      return stream;
    });
    const { ended, bytes } = readAll(log);
    expect(await ended).toBe('ended');
    expect(bytes().equals(WHOLE)).toBe(true);
  });

  test('that leaves or is evicted while it opens closes what comes then', async () => {
    for (const leave of [(reader: LogReader) => reader.close(), (reader: LogReader) => reader.evict()]) {
      let open!: (stream: Readable) => void;
      const { log } = stored(() => new Promise((resolve) => { open = resolve; }));
      const { reader } = readAll(log);
      await Promise.resolve();
      leave(reader);
      leave(reader);
      const late = new PassThrough();
      open(late);
      await new Promise(setImmediate);
      expect(late.destroyed).toBe(true);
    }
  });

  test('that never begins closes the first segment, which was opened for it', async () => {
    const { log } = stored(whole);
    const first = new PassThrough();
    const sink: ByteSink = { accept: () => true, ended() {}, failed() {}, lost() {} };
    new LogReader(log, sink, first).close();
    await new Promise(setImmediate);
    expect(first.destroyed).toBe(true);
  });

  test('is woken by an end that comes exactly at a boundary, and by chunks without a byte by nothing', async () => {
    const log = new SegmentLog();
    const { ended, bytes } = readAll(log);
    log.append(new Uint8Array(0));
    log.append(WHOLE);
    log.append(new Uint8Array(0));
    log.finish(SUMMARY);
    expect(await ended).toBe('ended');
    expect(bytes().equals(WHOLE)).toBe(true);
  });
});

describe('a stream', () => {
  const source = (log: SegmentLog, first?: Readable) => {
    let left = 0;
    const given: ResultSource = { log, first, leave: () => { left++; } };
    return { given, left: () => left };
  };
  const lostAt = (position: number) => {
    const log = new SegmentLog({ read: () => Promise.reject(reset()) });
    if (position > 0) log.append(WHOLE.subarray(0, position));
    return log;
  };

  test('that is left while another source is looked for closes that one, and leaves each once', async () => {
    const [lost, other] = [source(lostAt(0)), source(stored(whole).log, new PassThrough())];
    let find!: (next: ResultSource) => void;
    const stream = new ResultStream(lost.given, () => new Promise((resolve) => { find = resolve; }));
    stream.resume();
    lost.given.log.lose(reset());
    await new Promise(setImmediate);
    stream.destroy();
    find(other.given);
    await new Promise(setImmediate);
    expect(other.given.first!.destroyed).toBe(true);
    expect([lost.left(), other.left()]).toEqual([1, 1]);
  });

  test('of which nothing is known to compare with fails without executing again', async () => {
    const lost = source(lostAt(700)); // in a segment that is not sealed: it has no checksum
    let asked = 0;
    const stream = new ResultStream(lost.given, () => {
      asked++;
      return Promise.resolve(source(stored(whole).log).given);
    });
    stream.resume();
    await new Promise(setImmediate);
    lost.given.log.lose(reset());
    const error = await new Promise((resolve) => stream.once('error', resolve));
    expect(error).toMatchObject({ code: 'E_LIVE_CHANGED' });
    expect([asked, lost.left()]).toEqual([0, 1]);
  });

  test('whose other source cannot be found fails with why', async () => {
    const lost = source(lostAt(0));
    const why = new Error('why');
    const stream = new ResultStream(lost.given, () => Promise.reject(why));
    stream.resume();
    lost.given.log.lose(reset());
    expect(await new Promise((resolve) => stream.once('error', resolve))).toBe(why);
    expect(lost.left()).toBe(1);
  });
});
