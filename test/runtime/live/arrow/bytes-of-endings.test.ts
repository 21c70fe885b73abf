import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { bytesOf } from '../../../../runtime/live/arrow/bytes-of';
import type { ArrowSource } from '../../../../runtime/live/arrow/source';
import { collected } from '../../../support/arrow/chunks';

const never = new AbortController().signal;
const large = new Uint8Array(20_000);

interface Watched {
  readonly source: ArrowSource;
  /** Whether the source knows that no more is wanted. */
  readonly closed: () => boolean;
}

/** Sources that give two chunks and then nothing more, without an end. */
const WAITING: Record<string, () => Watched> = {
  'an async iterator': () => {
    let [given, closed] = [0, false];
    const iterator: AsyncIterator<Uint8Array> = {
      next: () => (given += 1) <= 2 ? Promise.resolve({ done: false, value: large }) : new Promise(() => undefined),
      return: () => {
        closed = true;
        return new Promise(() => undefined);
      },
    };
    return { source: { [Symbol.asyncIterator]: () => iterator }, closed: () => closed };
  },
  'a web stream': () => {
    let closed = false;
    const source = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(large);
        controller.enqueue(large);
      },
      cancel: () => { closed = true; },
    });
    return { source, closed: () => closed };
  },
  'a Node stream': () => {
    const source = new Readable({ read: () => undefined });
    source.push(large);
    source.push(large);
    return { source, closed: () => source.destroyed };
  },
};

/** Reads until the source keeps the reader waiting. @returns asks for what he waits for */
async function readAll(reading: AsyncIterator<Uint8Array>): Promise<() => Promise<unknown>> {
  for (let bytes = 0; bytes < 40_000;) bytes += (await reading.next()).value!.byteLength;
  const waiting = reading.next();
  waiting.catch(() => undefined);
  await turn();
  return () => waiting;
}

describe.each(Object.entries(WAITING))('%s that waits', (_, make) => {
  test('is left by an abort, with its reason', async () => {
    const { source, closed } = make();
    const [abort, reason] = [new AbortController(), new Error('enough')];
    const reading = bytesOf(source, abort.signal);
    const waiting = await readAll(reading);
    abort.abort(reason);
    await expect(waiting()).rejects.toBe(reason);
    expect(closed()).toBe(true);
    expect(await reading.next()).toEqual({ done: true, value: undefined });
  });

  test('is left while it waits', async () => {
    const { source, closed } = make();
    const reading = bytesOf(source, never);
    const waiting = await readAll(reading);
    expect(await reading.return!()).toEqual({ done: true, value: undefined });
    expect(await waiting()).toEqual({ done: true, value: undefined });
    expect(closed()).toBe(true);
  });

  test('is left before its end', async () => {
    const { source, closed } = make();
    for await (const chunk of bytesOf(source, never)) {
      expect(chunk.byteLength).toBeGreaterThan(0);
      break;
    }
    expect(closed()).toBe(true);
  });

  test('is not even read if the signal has aborted before', async () => {
    const { source, closed } = make();
    const reading = bytesOf(source, AbortSignal.abort('too late'));
    expect(closed()).toBe(true);
    await expect(reading.next()).rejects.toBe('too late');
    expect(await reading.next()).toEqual({ done: true, value: undefined });
  });

  test('is left by an abort between two reads', async () => {
    const { source, closed } = make();
    const abort = new AbortController();
    const reading = bytesOf(source, abort.signal);
    await reading.next();
    abort.abort('enough');
    expect(closed()).toBe(true);
    await expect(reading.next()).rejects.toBe('enough');
  });
});

/** Sources that give a chunk and then fail. */
const FAILING: Record<string, (error: Error) => ArrowSource> = {
  'a generator': function* (error) {
    yield large;
    throw error;
  },
  'an async generator': async function* (error) {
    yield large;
    await turn();
    throw error;
  },
  'an async iterator that throws': (error) => {
    let given = false;
    const next = () => {
      if (given) throw error;
      given = true;
      return Promise.resolve({ done: false, value: large });
    };
    return { next } as AsyncIterator<Uint8Array>;
  },
  'a web stream': (error) => {
    let given = false;
    return new ReadableStream({
      pull: (controller) => {
        if (given) controller.error(error);
        else controller.enqueue(large);
        given = true;
      },
    });
  },
  'a Node stream': (error) => {
    let given = false;
    return new Readable({
      read() {
        if (given) setImmediate(() => this.destroy(error));
        else this.push(large);
        given = true;
      },
    });
  },
};

test.each(Object.entries(FAILING))('%s fails with its own error', async (_, make) => {
  const error = new Error('engine gone');
  const reading = bytesOf(make(error), never);
  expect((await reading.next()).value!.byteLength).toBe(large.byteLength);
  await expect(reading.next()).rejects.toBe(error);
  expect(await reading.next()).toEqual({ done: true, value: undefined });
});

test('a Node stream that fails before it is read tells its error to the reader, not to the process', async () => {
  const error = new Error('engine gone');
  const source = new Readable({ read: () => undefined });
  const reading = bytesOf(source, never);
  source.destroy(error);
  await turn();
  await expect(reading.next()).rejects.toBe(error);
});

test('a Node stream that is cut off is no end', async () => {
  const source = new Readable({ read: () => undefined });
  source.push(large);
  const reading = bytesOf(source, never);
  await reading.next();
  setImmediate(() => source.destroy());
  await expect(reading.next()).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
});

test('an error that comes after small chunks, and after the reader has left, disturbs nobody', async () => {
  const unhandled = jest.fn();
  process.on('unhandledRejection', unhandled);
  try {
    let fail = (_: Error) => undefined as void;
    const items = [new Uint8Array(4)];
    const source: AsyncIterator<Uint8Array> = {
      next: () => items.length > 0
        ? Promise.resolve({ done: false, value: items.pop()! })
        : new Promise((_, reject) => { fail = reject; }),
    };
    const reading = bytesOf(source, never);
    expect((await reading.next()).value!.byteLength).toBe(4); // the next item has been asked for meanwhile
    await reading.return!();
    fail(new Error('too late'));
    await turn();
    await turn();
    expect(unhandled).not.toHaveBeenCalled();
  } finally {
    process.off('unhandledRejection', unhandled);
  }
});

test('what goes wrong while a source is closed disturbs nobody', async () => {
  const sources: AsyncIterator<Uint8Array>[] = [
    { next: async () => ({ done: false, value: large }), return: () => Promise.reject(new Error('no')) },
    { next: async () => ({ done: false, value: large }), return: () => { throw new Error('no'); } },
  ];
  for (const source of sources) {
    const reading = bytesOf(source, never);
    await reading.next();
    expect(await reading.return!()).toEqual({ done: true, value: undefined });
  }
  await turn();
});

test('a source that has ended or failed is not closed, and listens to the signal no more', async () => {
  const close = jest.fn();
  const abort = new AbortController();
  const remove = jest.spyOn(abort.signal, 'removeEventListener');
  const ended: AsyncIterator<Uint8Array> = { next: async () => ({ done: true, value: undefined }), return: close };
  const failed: AsyncIterator<Uint8Array> = { next: () => Promise.reject(new Error('gone')), return: close };
  expect(await collected(bytesOf(ended, abort.signal))).toEqual([]);
  await expect(collected(bytesOf(failed, abort.signal))).rejects.toThrow('gone');
  abort.abort();
  expect(close).not.toHaveBeenCalled();
  expect(remove).toHaveBeenCalledTimes(2);
});
