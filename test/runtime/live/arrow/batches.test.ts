import {
  Dictionary, DictionaryBuilder, Int32, RecordBatchReader, RecordBatchStreamWriter, Table, tableFromArrays, tableFromIPC, tableToIPC, Utf8,
  vectorFromArray, type RecordBatch,
} from 'apache-arrow';
import { Adoption } from '../../../../runtime/live/arrow/adoption';
import { bytesOf } from '../../../../runtime/live/arrow/bytes-of';
import { StreamFramer } from '../../../../runtime/live/arrow/framer';
import type { ArrowSource } from '../../../../runtime/live/arrow/source';
import { collected, inChunks, joined } from '../../../support/arrow/chunks';
import { writtenStreams } from '../../../support/arrow/streams';

// jest has no import().
jest.mock('../../../../runtime/live/arrow/arrow-module', () => ({ loadArrow: async () => jest.requireActual('apache-arrow') }));

type Arrow = typeof import('apache-arrow');

const never = new AbortController().signal;
const written = async (source: unknown) => joined(await collected(bytesOf(source as ArrowSource, never)));

/** Those of pyarrow's streams that apache-arrow can read: without codecs, and the types that it has. */
const READABLE = writtenStreams().filter(({ name }) => !/zstd|lz4|views|run-ends|nested|no-columns/.test(name));

/** What is in a stream, by the library's own reader. */
function rowsOf(stream: Uint8Array): unknown {
  const table = tableFromIPC(stream);
  return { schema: String(table.schema), rows: table.toArray().map(String) };
}

/** A second copy of the library, as there is one where some load it as an ES module and others do not. */
function secondCopy(): Arrow {
  let copy: Arrow | undefined;
  jest.isolateModules(() => { copy = jest.requireActual('apache-arrow'); });
  return copy!;
}

describe('the library\'s own writer and we write the same', () => {
  const table = tableFromArrays({ n: Int32Array.from({ length: 5000 }, (_, i) => i), s: Array.from({ length: 5000 }, (_, i) => `s${i % 7}`) });
  const expected = tableToIPC(table, 'stream');

  test.each<[string, () => unknown]>([
    ['batches', () => table.batches],
    ['one batch', () => table.batches[0]],
    ['a table', () => table],
    ['an async generator of batches', async function* () { yield* table.batches; }],
    ['a reader', () => RecordBatchReader.from(expected)],
    ['a stream of a reader', () => RecordBatchReader.from(expected).toDOMStream()],
  ])('of %s', async (_, source) => {
    expect(Buffer.compare(await written(await source()), expected)).toBe(0);
  });

  test('of an asynchronous reader', async () => {
    const reader = await RecordBatchReader.from(Promise.resolve(new Response(expected)));
    expect(Buffer.compare(await written(reader), expected)).toBe(0);
  });
});

describe.each(READABLE)('$name of pyarrow', ({ stream, contents }) => {
  test('is the same table when it is written from a reader', async () => {
    const again = await written(RecordBatchReader.from(stream));
    expect(rowsOf(again)).toEqual(rowsOf(stream));
    const framer = new StreamFramer();
    framer.push(again);
    framer.end();
    expect(framer.rows).toBe(contents.rows);
  });

  test('is the same when its batches are of another copy of the library', async () => {
    const copy = secondCopy();
    const foreign = copy.RecordBatchReader.from(stream);
    const again = await written(foreign);
    expect(rowsOf(again)).toEqual(rowsOf(stream));
    expect(dictionariesOf(again)).toBe(dictionariesOf(await written(RecordBatchReader.from(stream))));
  });
});

function dictionariesOf(stream: Uint8Array): number {
  const framer = new StreamFramer();
  framer.push(stream);
  return framer.dictionaries;
}

test('a second copy is one: its own writer writes nothing of our batches', () => {
  const table = tableFromArrays({ n: [1, 2, 3] });
  const copy = secondCopy();
  expect(Object.getPrototypeOf(table.batches[0])).not.toBe(copy.RecordBatch.prototype);
});

test('a growing dictionary goes on by deltas, and is written once', async () => {
  const builder = new DictionaryBuilder({ type: new Dictionary(new Utf8(), new Int32()) });
  const batches = ['a', 'b', 'c'].map((word) => {
    builder.append('a').append(word);
    return new Table({ word: builder.toVector() }).batches[0]!;
  });
  const stream = await written(batches);
  expect(tableFromIPC(stream).toArray().map(({ word }) => word as string)).toEqual(['a', 'a', 'a', 'b', 'a', 'c']);
  const own = RecordBatchStreamWriter.writeAll(batches).toUint8Array(true);
  expect(Buffer.compare(stream, own)).toBe(0);
});

test('batches are written when they are asked for, one by one', async () => {
  const { batches } = tableFromArrays({ n: new Float64Array(20_000) });
  let given = 0;
  const endless = async function* () {
    for (;;) {
      given += 1;
      yield batches[0]!;
    }
  };
  const reading = bytesOf(endless(), never);
  for (let bytes = 0; bytes < 10 * 160_000;) bytes += (await reading.next()).value!.byteLength;
  expect(given).toBeLessThanOrEqual(11);
  await reading.return!();
});

test('large columns are not copied', async () => {
  const n = vectorFromArray(new Float64Array(20_000));
  const chunks = await collected(bytesOf(new Table({ n }).batches, never));
  expect(chunks.some(({ buffer }) => buffer === n.data[0]!.values.buffer)).toBe(true);
});

test('no batch gives no byte, which the framer takes for empty', async () => {
  expect((await written([])).byteLength).toBe(0);
});

test('an empty table has its schema', async () => {
  const stream = await written(new Table(tableFromArrays({ n: [1] }).schema));
  expect(tableFromIPC(stream).schema.fields.map(String)).toEqual(['n: Float64']);
});

test('batches of two schemas are refused', async () => {
  const [one, other] = [tableFromArrays({ n: [1] }).batches[0]!, tableFromArrays({ m: ['x'] }).batches[0]!];
  await expect(written([one, one, other])).rejects.toMatchObject({
    code: 'E_LIVE_MALFORMED', message: 'record batch 3 has another schema than those before it',
  });
});

test('bytes after a batch are refused', async () => {
  const { batches } = tableFromArrays({ n: [1] });
  await expect(written([batches[0], new Uint8Array(1)])).rejects.toMatchObject({
    code: 'E_LIVE_SOURCE', message: expect.stringContaining('item 2 of the source must be a record batch, as those before, got Uint8Array(1)'),
  });
});

test('a reader fails with its source\'s error, and is closed when it is left', async () => {
  const stream = tableToIPC(tableFromArrays({ n: new Float64Array(50_000) }), 'stream');
  const failing = async function* () {
    yield* inChunks(stream.subarray(0, 1000), 100);
    throw new Error('engine gone');
  };
  await expect(written(await RecordBatchReader.from(failing()))).rejects.toThrow('engine gone');
  let closed = false;
  const source = async function* () {
    try {
      for (;;) yield stream.subarray(0, stream.byteLength - 8);
    } finally {
      closed = true;
    }
  };
  for await (const chunk of bytesOf(await RecordBatchReader.from(ReadableStream.from(source())) as unknown as ArrowSource, never)) {
    expect(chunk.byteLength).toBeGreaterThan(0);
    break;
  }
  for (let turns = 0; turns < 1000 && !closed; turns += 1) await new Promise(setImmediate);
  expect(closed).toBe(true);
});

test('a copy without a column\'s type says what to install', () => {
  const { batches } = tableFromArrays({ n: [1] });
  const older = { ...secondCopy(), Float: undefined } as unknown as Arrow;
  expect(() => new Adoption(older).own(batches[0] as unknown as RecordBatch))
    .toThrow('the apache-arrow installed beside cdk-cache-tiers does not know the column type Float64: install the version there');
});
