import { PassThrough, Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { bytesOf } from '../../../../runtime/live/arrow/bytes-of';
import type { ArrowSource } from '../../../../runtime/live/arrow/source';
import { collected, cutAt, inChunks, joined } from '../../../support/arrow/chunks';
import { writtenStreams } from '../../../support/arrow/streams';

const never = new AbortController().signal;
const bytes = (length: number, value = 1) => new Uint8Array(length).fill(value);

async function* delayed(chunks: readonly unknown[]): AsyncGenerator<never> {
  for (const chunk of chunks) {
    await turn();
    yield chunk as never;
  }
}

/** Not by jest's own comparison, which takes its time with each byte. */
const same = (chunks: readonly Uint8Array[], whole: Uint8Array) => Buffer.compare(joined(chunks), whole) === 0;

/** The forms that chunks can be given in. */
const FORMS: Record<string, (chunks: readonly Uint8Array[]) => ArrowSource> = {
  'an array': (chunks) => [...chunks],
  'a set': (chunks) => new Set(chunks),
  'a generator': function* (chunks) { yield* chunks; },
  'an async generator': async function* (chunks) { yield* chunks; },
  'an async generator that pauses': delayed,
  'an async iterator': (chunks) => {
    const iterator = delayed(chunks);
    return { next: () => iterator.next() } as AsyncIterator<Uint8Array>;
  },
  'a web stream': (chunks) => new ReadableStream({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  }),
  'a web stream of bytes': (chunks) => new ReadableStream({
    type: 'bytes',
    start: (controller) => {
      for (const chunk of chunks) if (chunk.byteLength > 0) controller.enqueue(chunk.slice());
      controller.close();
    },
  }),
  'a Node stream': (chunks) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)), { objectMode: false }),
  'the body of a response': (chunks) => new Response(joined(chunks)).body!,
};

describe.each(Object.entries(FORMS))('%s', (_, form) => {
  test('what pyarrow wrote passes unchanged, in chunks of any length', async () => {
    for (const { name, stream } of writtenStreams()) {
      for (const length of [stream.byteLength, 1000, 63, ...stream.byteLength < 2000 ? [1] : []]) {
        const given = await collected(bytesOf(form(inChunks(stream, length)), never));
        if (!same(given, stream)) throw new Error(`${name} is another stream after it was given in chunks of ${length} bytes`);
        expect(given.every(({ byteLength }) => byteLength > 0)).toBe(true);
      }
    }
  });

  test('chunks of all lengths pass unchanged, also empty ones and none', async () => {
    const all = Uint8Array.from({ length: 200_000 }, (__, i) => i * 31);
    await fc.assert(fc.asyncProperty(fc.array(fc.nat({ max: all.byteLength }), { maxLength: 12 }), async (cuts) => {
      expect(same(await collected(bytesOf(form(cutAt(all, cuts)), never)), all)).toBe(true);
    }), { numRuns: 40 });
    expect(await collected(bytesOf(form([]), never))).toEqual([]);
  });
});

test('bytes as they are', async () => {
  const source = bytes(100);
  const given = await collected(bytesOf(source, never));
  expect(given).toEqual([source]);
  expect(given[0]).toBe(source);
});

describe('small chunks', () => {
  test('are put together to 64 KiB, in order', async () => {
    const all = Uint8Array.from({ length: 300_000 }, (_, i) => i);
    const given = await collected(bytesOf(inChunks(all, 8), never));
    expect(given.map(({ byteLength }) => byteLength)).toEqual([65536, 65536, 65536, 65536, 300_000 - 4 * 65536]);
    expect(same(given, all)).toBe(true);
  });

  test('do not make large ones be copied', async () => {
    const [small, large] = [bytes(8), bytes(16 * 1024, 2)];
    const given = await collected(bytesOf([small, small, large, large, small], never));
    expect(given.map(({ byteLength }) => byteLength)).toEqual([16, 16384, 16384, 8]);
    expect(given[1]).toBe(large);
    expect(given[3]).toBe(small);
  });

  test('are given as soon as the source pauses', async () => {
    const pipe = new PassThrough();
    const reading = bytesOf(pipe, never);
    pipe.write(Buffer.from('a'));
    expect((await reading.next()).value).toEqual(Buffer.from('a'));
    pipe.write(Buffer.from('b'));
    expect((await reading.next()).value).toEqual(Buffer.from('b'));
    pipe.end(Buffer.from('c'));
    expect((await reading.next()).value).toEqual(Buffer.from('c'));
    expect(await reading.next()).toEqual({ done: true, value: undefined });
  });
});

describe('a source is asked for more', () => {
  test('only when the reader asks, one item ahead at most', async () => {
    let asked = 0;
    const endless = async function* () {
      for (;;) {
        asked += 1;
        yield bytes(20_000);
      }
    };
    const reading = bytesOf(endless(), never);
    await turn();
    expect(asked).toBe(0);
    for (let i = 1; i <= 5; i += 1) {
      await reading.next();
      await turn();
      expect(asked).toBe(i);
    }
    await reading.return!();
  });

  test('never twice at a time', async () => {
    let [running, most] = [0, 0];
    const iterator: AsyncIterator<Uint8Array> = {
      next: async () => {
        running += 1;
        most = Math.max(most, running);
        for (let turns = 0; turns < 3; turns += 1) await turn();
        running -= 1;
        return { done: false, value: bytes(4) };
      },
    };
    const reading = bytesOf(iterator, never);
    for (let i = 0; i < 10; i += 1) expect((await reading.next()).value).toEqual(bytes(4));
    expect(most).toBe(1);
  });
});

describe('what is no source', () => {
  test.each<[unknown, string]>([
    ['ARROW1', "got 'ARROW1': give the bytes themselves, as text cannot hold them"],
    [undefined, 'got undefined'],
    [null, 'got null'],
    [7, 'got 7'],
    [{ rows: [] }, 'got { rows: [] }'],
    [() => bytes(1), 'got [Function (anonymous)]'],
    [new ArrayBuffer(8), ': give new Uint8Array(buffer)'],
    [new Int32Array(2), ': give new Uint8Array(view.buffer, view.byteOffset, view.byteLength)'],
    [new Response('x'), ': give its body'],
    [Promise.resolve(bytes(1)), ': await it'],
  ])('%p', (source, message) => {
    const open = () => bytesOf(source as ArrowSource, never);
    expect(open).toThrow(expect.objectContaining({ code: 'E_LIVE_SOURCE' }));
    expect(open).toThrow('an Arrow stream must be a Uint8Array, a ReadableStream or a Node stream of bytes');
    expect(open).toThrow(message);
  });

  test('a stream that somebody else reads', () => {
    const stream = new Response('x').body!;
    stream.getReader();
    expect(() => bytesOf(stream, never)).toThrow('ReadableStream is locked');
  });

  test.each<[string, ArrowSource, string]>([
    ['text', Readable.from(['text']), "item 1 of the source must be a Uint8Array or a record batch, got 'text': a stream must have no encoding"],
    ['numbers', new Set([1]) as unknown as ArrowSource, 'item 1 of the source must be a Uint8Array or a record batch, got 1'],
    ['something after bytes', [bytes(1), null] as never, 'item 2 of the source must be a Uint8Array, as those before, got null'],
    ['a batch after bytes', [bytes(1), { schema: {}, data: {}, numRows: 1 }] as never, 'item 2 of the source must be a Uint8Array, as those before'],
  ])('%s as an item', async (_, source, message) => {
    await expect(collected(bytesOf(source, never))).rejects.toMatchObject({ code: 'E_LIVE_SOURCE', message: expect.stringContaining(message) });
  });

  test('closes a source of something else', async () => {
    let closed = false;
    const source = async function* () {
      try {
        yield 'text' as never;
      } finally {
        closed = true;
      }
    };
    await expect(collected(bytesOf(source(), never))).rejects.toMatchObject({ code: 'E_LIVE_SOURCE' });
    expect(closed).toBe(true);
  });
});
