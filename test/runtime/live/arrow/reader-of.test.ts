import { Readable } from 'node:stream';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { ARROW_STREAM_TYPE, readerOf } from '../../../../runtime/live/arrow';
import { inChunks } from '../../../support/arrow/chunks';
import { partsOf } from '../../../support/arrow/messages';
import { pyarrowStream } from '../../../support/arrow/streams';

// jest has no import().
jest.mock('../../../../runtime/live/arrow/arrow-module', () => ({ loadArrow: async () => jest.requireActual('apache-arrow') }));

type Source = Parameters<typeof readerOf>[0];

const stream = pyarrowStream('dictionary-deltas');

async function wordsOf(source: Source): Promise<string[]> {
  const words = [];
  for await (const batch of await readerOf(source)) for (const { word } of batch) words.push(word as string);
  return words;
}

async function* given(chunks: readonly Uint8Array[], error?: Error) {
  yield* chunks;
  if (error) throw error;
}

/** The forms that a stream can be read from, perhaps with an error in place of its end. */
const FORMS: Record<string, (bytes: Uint8Array, error?: Error) => Source> = {
  'an async iterable': (bytes, error) => given(inChunks(bytes, 100), error),
  'a web stream': (bytes, error) => ReadableStream.from(given(inChunks(bytes, 100), error)) as ReadableStream<Uint8Array>,
  'a Node stream': (bytes, error) => Readable.from(given(inChunks(bytes, 100), error)),
};

test('ARROW_STREAM_TYPE is what is registered for Arrow streams', () => {
  expect(ARROW_STREAM_TYPE).toBe('application/vnd.apache.arrow.stream');
});

describe.each(Object.entries(FORMS))('%s', (_, form) => {
  test('is read', async () => {
    expect(await wordsOf(form(stream))).toEqual(['a', 'b', 'b', 'c', 'a', 'd', 'd', 'd']);
    const reader = await readerOf(form(stream));
    expect(reader.schema.fields.map(String)).toEqual(['word: Dictionary<Int32, Utf8>']);
  });

  test('that is cut after any message is truncated', async () => {
    let end = 0;
    for (const { prefix, metadata, body } of partsOf(stream).slice(0, -1)) {
      end += prefix.byteLength + metadata.byteLength + body.byteLength;
      await expect(wordsOf(form(stream.subarray(0, end)))).rejects.toMatchObject({ code: 'E_LIVE_TRUNCATED' });
    }
  });

  test('that is empty, or something else, is refused at once', async () => {
    await expect(readerOf(form(new Uint8Array(0)))).rejects.toMatchObject({ code: 'E_LIVE_EMPTY' });
    await expect(readerOf(form(Buffer.from('{"error":"denied"}')))).rejects.toMatchObject({ code: 'E_LIVE_MALFORMED' });
    await expect(readerOf(form(tableToIPC(tableFromArrays({ n: [1] }), 'file')))).rejects.toThrow('an Arrow IPC file begins');
  });

  test.each([0, 1, 200, stream.byteLength - 8])('that fails after %i bytes fails with its own error', async (end) => {
    const error = new Error('connection lost');
    await expect(wordsOf(form(stream.subarray(0, end), error))).rejects.toBe(error);
  });

  test.each<[string, (source: Source) => Promise<unknown>]>([
    ['by leaving the loop', async (source) => { for await (const batch of await readerOf(source)) return batch; return undefined; }],
    ['by cancel()', async (source) => (await readerOf(source)).cancel()],
    ['by return()', async (source) => (await readerOf(source)).return()],
    ['by an error of the reader', async (source) => { for await (const _batch of await readerOf(source)) throw new Error('mine'); }],
  ])('is closed %s', async (__, leave) => {
    let closed = false;
    const source = async function* () {
      try {
        yield tableToIPC(tableFromArrays({ n: [1] }), 'stream').subarray(0, -8);
        for (;;) yield Buffer.concat(partsOf(stream).slice(-2, -1).flatMap(({ prefix, metadata, body }) => [prefix, metadata, body]));
      } finally {
        closed = true;
      }
    };
    const forms: Record<string, () => Source> = {
      'an async iterable': source, 'a web stream': () => ReadableStream.from(source()) as never, 'a Node stream': () => Readable.from(source()),
    };
    await leave(forms[_]!()).catch((error: Error) => expect(error.message).toBe('mine'));
    for (let turns = 0; turns < 1000 && !closed; turns += 1) await new Promise(setImmediate);
    expect(closed).toBe(true);
  });
});
