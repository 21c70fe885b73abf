import fc from 'fast-check';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { StreamFramer } from '../../../../runtime/live/arrow/framer';
import { LiveError } from '../../../../runtime/live/errors';
import { cutAt, inChunks, joined } from '../../../support/arrow/chunks';
import { bytesOfParts, legacyOf, partsOf } from '../../../support/arrow/messages';
import { pyarrowStream, writtenStreams } from '../../../support/arrow/streams';

/** What comes of a stream in chunks: counts, or the error. */
function outcome(chunks: readonly Uint8Array[], framer = new StreamFramer()): unknown {
  try {
    for (const chunk of chunks) framer.push(chunk);
    framer.end();
  } catch (error) {
    if (!(error instanceof LiveError)) throw error;
    return `${error.code}: ${error.message}`;
  }
  const { bytes, rows, batches, dictionaries, schemaSeen, ended } = framer;
  return { bytes, rows, batches, dictionaries, schemaSeen, ended };
}

const int32 = (...numbers: number[]) => new Uint8Array(Int32Array.from(numbers).buffer);
const text = (value: string) => new TextEncoder().encode(value);
const whole = { schemaSeen: true, ended: true };
const small = pyarrowStream('dictionary-replaced');

describe('streams written with pyarrow', () => {
  test.each(writtenStreams())('$name is counted as pyarrow counts it, in chunks of any length', ({ stream, contents }) => {
    for (const length of [stream.byteLength, 1, 2, 3, 7, 8, 64, 1000, 4096]) {
      expect(outcome(inChunks(stream, length))).toEqual({ ...contents, ...whole });
    }
  });

  test.each(writtenStreams())('$name is truncated wherever it is cut', ({ stream }) => {
    const ends = stream.byteLength <= 2000 ? Array.from(stream.keys()) : boundaries(stream).flatMap((end) => [end - 1, end, end + 1, end + 8]);
    for (const end of ends.filter((place) => place > 0 && place < stream.byteLength)) {
      expect(outcome([stream.subarray(0, end)])).toMatch(new RegExp(`^E_LIVE_TRUNCATED: the Arrow stream ended after ${end} bytes`));
    }
  });

  test.each(writtenStreams())('$name in the legacy framing is the same', ({ stream, contents }) => {
    const legacy = legacyOf(stream);
    expect(outcome([legacy])).toEqual({ ...contents, ...whole, bytes: legacy.byteLength });
    expect(outcome(inChunks(legacy, 5))).toEqual({ ...contents, ...whole, bytes: legacy.byteLength });
  });
});

/** Where the parts of a stream end. */
function boundaries(stream: Uint8Array): number[] {
  let at = 0;
  return partsOf(stream).flatMap(({ prefix, metadata, body }) => [at += prefix.byteLength, at += metadata.byteLength, at += body.byteLength]);
}

describe('any chunking', () => {
  test('a cut at every byte changes nothing', () => {
    for (const stream of [small, legacyOf(small), tableToIPC(tableFromArrays({ a: [1, 2, 3], b: ['x', 'y', 'x'] }), 'stream')]) {
      const expected = outcome([stream]);
      for (let place = 0; place <= stream.byteLength; place += 1) expect(outcome(cutAt(stream, [place]))).toEqual(expected);
    }
  });

  test('many cuts, also of broken streams, change nothing', () => {
    const streams = fc.constantFrom(small, pyarrowStream('nested'), pyarrowStream('zstd-dictionary'), pyarrowStream('legacy-dictionary'));
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 3 });
    fc.assert(fc.property(streams, changes, fc.array(fc.nat(), { maxLength: 20 }), (stream, changed, cuts) => {
      const bytes = stream.slice();
      for (const [place, value] of changed) bytes[place % bytes.byteLength] = value;
      expect(outcome(cutAt(bytes, cuts.map((cut) => cut % bytes.byteLength)))).toEqual(outcome([bytes]));
    }), { numRuns: 2000 });
  });

  test('metadata longer than what is kept at first is put together', () => {
    const stream = pyarrowStream('large-metadata');
    const expected = outcome([stream]);
    expect(expected).toMatchObject({ rows: 6, batches: 2, ended: true });
    for (const length of [1, 4095, 4096, 4097, 5000, 10_000]) expect(outcome(inChunks(stream, length))).toEqual(expected);
  });
});

describe('what is no Arrow stream', () => {
  test.each([
    ['an Arrow file', tableToIPC(tableFromArrays({ a: [1] }), 'file'), 'at byte 0, an Arrow IPC file begins: write the stream format instead'],
    ['a Parquet file', text('PAR1....'), 'a Parquet file begins'],
    ['a Feather file', text('FEA1....'), 'a Feather file of version 1 begins'],
    ['gzip', int32(0x00088b1f, 0), 'data compressed with gzip begins'],
    ['zstd', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0), 'data compressed with zstd as a whole begins'],
    ['lz4', Uint8Array.of(0x04, 0x22, 0x4d, 0x18, 0), 'data compressed with lz4 as a whole begins'],
    ['JSON', text('{"error":"no such table"}'), String.raw`text begins, with "{\"er"`],
    ['HTML', text('\n<!doctype html>'), String.raw`text begins, with "\n<!d"`],
    ['text with a byte order mark', text('\uFEFFa,b\n'), 'text with a byte order mark begins'],
  ])('%s is told by its first bytes', (_, bytes, message) => {
    expect(outcome([bytes])).toContain(`E_LIVE_MALFORMED: not an Arrow IPC stream: at byte 0, ${message.replace('at byte 0, ', '')}`);
    expect(outcome(inChunks(bytes, 1))).toEqual(outcome([bytes]));
  });

  const [schema, dictionary, batch] = partsOf(small);
  const end = partsOf(small).at(-1)!;

  test.each([
    ['a batch first', bytesOfParts([batch!, end]), 'at byte 0, a batch before the schema'],
    ['a dictionary first', bytesOfParts([dictionary!, end]), 'at byte 0, a batch before the schema'],
    ['two schemas', bytesOfParts([schema!, schema!, end]), 'a second schema: a stream has one'],
    ['no schema', bytesOfParts([end]), 'the end-of-stream marker comes before a schema'],
    ['no schema, legacy', int32(0), 'the end-of-stream marker comes before a schema'],
    ['something after the end', joined([small, Uint8Array.of(0)]), `at byte ${small.byteLength}, something follows the end-of-stream marker`],
    ['two streams', joined([small, small]), `at byte ${small.byteLength}, something follows the end-of-stream marker`],
    ['a negative length', joined([bytesOfParts([schema!]), int32(-1, -8)]), 'a message\'s metadata cannot have -8 bytes'],
    ['two continuation markers', int32(-1, -1), 'at byte 4, a message\'s metadata cannot have -1 bytes'],
    ['a negative legacy length', int32(-2, 0), 'at byte 0, a message\'s metadata cannot have -2 bytes'],
    ['an absurd length', int32(-1, 0x7fffffff), 'metadata of 2147483647 bytes is longer than the limit of 268435456'],
    ['metadata without a table', int32(-1, 3, 0), 'at byte 0, the message cannot be read: its metadata points outside of itself'],
    ['metadata of zeros', int32(-1, 16, 0, 0, 0, 0), 'at byte 0, the message cannot be read: its kind 0 is unknown'],
    ['metadata of ones', int32(-1, 8, -1, -1), 'at byte 0, the message cannot be read: its metadata points outside of itself'],
  ])('%s', (_, bytes, message) => {
    expect(outcome([bytes])).toMatch(/^E_LIVE_MALFORMED: not an Arrow IPC stream: at byte \d+, /);
    expect(outcome([bytes])).toContain(message);
    expect(outcome(inChunks(bytes, 1))).toEqual(outcome([bytes]));
  });

  test.each([
    ['a tensor', 4, 'it is a tensor, which a stream of tables cannot have'],
    ['a sparse tensor', 5, 'it is a sparse tensor'],
    ['an unknown kind', 77, 'its kind 77 is unknown'],
  ])('%s', (_, kind, message) => {
    const metadata = schema!.metadata.slice();
    metadata[placeOf(metadata, 1)] = kind;
    expect(outcome([bytesOfParts([{ ...schema!, metadata }, end])])).toContain(message);
  });

  test('a body of negative length, one of absurd length, and one of a schema', () => {
    const withBody = (part: typeof schema, length: bigint) => {
      const metadata = part!.metadata.slice();
      new DataView(metadata.buffer).setBigInt64(placeOf(metadata, 3), length, true);
      return { ...part!, metadata };
    };
    expect(outcome([bytesOfParts([schema!, withBody(batch, -8n), end])])).toContain('the length of its body is -8');
    expect(outcome([bytesOfParts([schema!, withBody(batch, 1n << 62n), end])])).toContain('the length of its body is 4611686018427387904');
    expect(outcome([bytesOfParts([schema!, withBody(batch, 1n << 40n), end])])).toContain('E_LIVE_TRUNCATED');
  });

  test('metadata longer than the limit is refused before it comes', () => {
    const stream = pyarrowStream('large-metadata');
    const { metadata } = partsOf(stream)[0]!;
    expect(outcome([stream], new StreamFramer({ maxMetadataBytes: metadata.byteLength }))).toMatchObject(whole);
    expect(outcome([stream.subarray(0, 8)], new StreamFramer({ maxMetadataBytes: metadata.byteLength - 1 })))
      .toContain(`at byte 4, a message's metadata of ${metadata.byteLength} bytes is longer than the limit of ${metadata.byteLength - 1}`);
  });

  test('what has failed stays failed', () => {
    const framer = new StreamFramer();
    expect(() => framer.push(text('<html>'))).toThrow('text begins');
    expect(() => framer.push(small)).toThrow('text begins');
    expect(() => framer.end()).toThrow('text begins');
    expect(framer.ended).toBe(false);
  });
});

/** Where a field of the root table is, by the FlatBuffers format. */
function placeOf(metadata: Uint8Array, field: number): number {
  const view = new DataView(metadata.buffer, metadata.byteOffset);
  const table = view.getUint32(0, true);
  return table + view.getUint16(table - view.getInt32(table, true) + 4 + 2 * field, true);
}

test('a stream without a byte is empty, however many chunks it has', () => {
  expect(outcome([])).toBe('E_LIVE_EMPTY: the Arrow stream is empty: not even a schema was in it');
  expect(outcome([new Uint8Array(0), new Uint8Array(0)])).toMatch('E_LIVE_EMPTY');
});

test('where a cut is, is said', () => {
  const [schemaEnd, bodyEnd] = [2, 5].map((i) => boundaries(small)[i]!) as [number, number];
  const cut = (end: number) => outcome([small.subarray(0, end)]);
  expect(cut(schemaEnd)).toMatch(/, between two messages$/);
  expect(cut(schemaEnd + 2)).toMatch(`before the length of the message that begins at byte ${schemaEnd}`);
  expect(cut(schemaEnd + 6)).toMatch(`before the length of the message that begins at byte ${schemaEnd}`);
  expect(cut(schemaEnd - 3)).toMatch('3 bytes before the end of the metadata of the message that begins at byte 0');
  expect(cut(bodyEnd - 1)).toMatch(`1 bytes before the end of the body of the message that begins at byte ${schemaEnd}`);
});

test('counts are there while the stream comes', () => {
  const framer = new StreamFramer();
  expect(framer).toMatchObject({ bytes: 0, schemaSeen: false, ended: false });
  const [schema, dictionary, batch] = partsOf(small).map((part) => bytesOfParts([part]));
  framer.push(schema!);
  expect(framer).toMatchObject({ bytes: schema!.byteLength, schemaSeen: true, ended: false, batches: 0, dictionaries: 0, rows: 0 });
  framer.push(dictionary!);
  framer.push(batch!);
  expect(framer).toMatchObject({ schemaSeen: true, ended: false, batches: 1, dictionaries: 1, rows: 3 });
});

test('no mutation does anything else than pass or throw a LiveError', () => {
  const streams = ['dictionary', 'no-columns', 'no-batches', 'version-4', 'legacy-dictionary', 'run-ends'].map(pyarrowStream);
  const random = generator(20_261_121);
  const interesting = [0, 1, 4, 8, 0x7f, 0x80, 0xff];
  const codes = new Map<string, number>();
  for (let i = 0; i < 100_000; i += 1) {
    const original = streams[i % streams.length]!;
    const bytes = original.slice(0, random(8) === 0 ? 1 + random(original.byteLength) : original.byteLength);
    for (let changes = 1 + random(4); changes > 0; changes -= 1) {
      bytes[random(bytes.byteLength)] = random(2) === 0 ? interesting[random(interesting.length)]! : random(256);
    }
    const result = outcome(random(2) === 0 ? [bytes] : inChunks(bytes, 1 + random(40)));
    const code = typeof result === 'string' ? result.slice(0, result.indexOf(':')) : 'passed';
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  expect([...codes.keys()].sort()).toEqual(['E_LIVE_MALFORMED', 'E_LIVE_TRUNCATED', 'passed']);
  for (const times of codes.values()) expect(times).toBeGreaterThan(1000);
});

test('nor do bytes at random', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    expect(outcome([joined([int32(-1, bytes.byteLength), bytes])])).toMatch(/^E_LIVE_(MALFORMED|TRUNCATED)/);
  }), { numRuns: 5000 });
});

/** Numbers below a limit, the same each time: a linear congruential generator. */
function generator(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
