import type { LiveClient } from '../../../../runtime/live';
import { MemoryResultIndex } from '../../../../runtime/live/index/memory-result-index';
import type { KeyRing } from '../../../../runtime/live/keys/key-ring';
import type { ExecutionContext, LiveResult, WhenAbandoned } from '../../../../runtime/live/options';
import { eventually } from '../../../../runtime/testing/eventually';
import { arrowParts, arrowResult, inPieces } from '../../../support/live/arrow-result';
import { A, aDoor, Clients, ENDS, heldAt, nameOf, QUERY, Reader, SMALL, take } from '../../../support/live/fixtures';
import { sharedParts, type SharedParts } from '../../../support/live/processes';
import { troubledIndex, type IndexMethod, type IndexTrouble } from '../../../support/live/troubled-index';

jest.mock('../../../../runtime/live/flight/segment-sizes', () => jest.requireActual('../../../support/live/small-segments'));

const clients = new Clients();
afterEach(() => clients.close());

const REASON = new Error('the caller left');
const POLICIES: readonly WhenAbandoned[] = ['finish', 'abort', 'finish-if-awaited'];

/** Where a caller is when he leaves; what holds him there, and what shows that he has come there. */
const PHASES = ['keys', 'lookup', 'start', 'first bytes', 'middle', 'last byte'] as const;

/** A query that comes to a phase, and stays there until the door is open. */
function heldIn(phase: typeof PHASES[number], whenAbandoned: WhenAbandoned) {
  const shared = sharedParts();
  const door = aDoor();
  const arrived = aDoor();
  const hold = async () => {
    arrived.open();
    await door.opened;
  };
  const trouble: IndexTrouble = { before: (method) => phase === 'lookup' && method === 'lookup' ? hold() : undefined };
  const { keys } = shared;
  const slowKeys: KeyRing = {
    current: () => keys.current(),
    keysOf: (version, attempt) => keys.keysOf(version, attempt),
    mac: async (text) => {
      if (phase === 'keys') await hold();
      return keys.mac(text);
    },
  };
  const parts: SharedParts = { ...shared, index: troubledIndex(shared.index, trouble), keys: slowKeys };
  const signals: AbortSignal[] = [];
  const at = { 'first bytes': 1000, middle: ENDS[0] + 1, 'last byte': A.length - 1 }[phase as 'middle'];
  const execute = async ({ signal }: ExecutionContext) => {
    signals.push(signal);
    if (phase === 'start') await hold();
    return at === undefined ? inPieces(A, 100_000) : heldAt(A, at, door);
  };
  const leaving = new AbortController();
  const client = clients.of(parts, { whenAbandoned });
  const asked = client.query({ ...QUERY, signal: leaving.signal }, execute);
  asked.catch(() => {}); // looked at later
  return { shared, client, door, arrived, at, asked, leaving, signals };
}

describe.each(PHASES)('a caller whose signal aborts: %s', (phase) => {
  test.each(POLICIES)('%s: he gets his reason, and later all is well', async (whenAbandoned) => {
    const { shared, client, door, arrived, at, asked, leaving, signals } = heldIn(phase, whenAbandoned);
    if (at === undefined) {
      await arrived.opened;
      leaving.abort(REASON);
      if (phase === 'keys' || phase === 'lookup') door.open(); // he is told when they answer
      await expect(asked).rejects.toBe(REASON);
    } else {
      const reader = new Reader(await asked);
      await reader.upTo(at > 1000 ? at : 1);
      leaving.abort(REASON);
      await expect(reader.rest()).rejects.toBe(REASON);
    }
    if (signals.length > 0 && whenAbandoned !== 'finish') await eventually(() => { expect(signals[0]!.aborted).toBe(true); });
    door.open();
    await client.settled();
    if (whenAbandoned === 'finish') expect(signals.every(({ aborted }) => !aborted)).toBe(true);
    expect((await take(client)).data).toBe('A');
    expect(await take(clients.of(shared))).toMatchObject({ status: 'hit', data: 'A' });
  });

  test('leaves alone those who came for the same', async () => {
    const { shared, client, door, arrived, at, asked, leaving } = heldIn(phase, 'abort');
    if (at === undefined) await arrived.opened;
    else await new Reader(await asked).upTo(1);
    const asks = async (each: LiveClient) => nameOf(await (await each.query(QUERY, () => inPieces(A, 100_000))).toBytes());
    const [here, there] = [asks(client), asks(clients.of(shared))];
    await new Promise(setImmediate);
    leaving.abort(REASON);
    door.open();
    expect(await here).toBe('A');
    expect(await there).toBe('A');
  });
});

describe('callers who vanish', () => {
  test.each([0, 1, 100_000, ENDS[0] + 1])('after %i bytes, by cancel: the stream is closed, and the next one is served', async (at) => {
    for (const whenAbandoned of POLICIES) {
      const parts = sharedParts();
      const client = clients.of(parts, { whenAbandoned });
      const result = await client.query(QUERY, () => inPieces(A, 50_000));
      if (at > 0) await new Reader(result).upTo(at);
      await result.cancel();
      await client.settled();
      expect((await take(client)).data).toBe('A');
    }
  });

  test('as web stream, iterator or response', async () => {
    const leave: ((result: LiveResult) => unknown)[] = [
      (result) => result.stream.cancel(),
      async (result) => { for await (const chunk of result) if (chunk.length > 0) break; },
      (result) => result.toResponse().body!.cancel(),
      (result) => result.toNodeStream().destroy(),
    ];
    for (const each of leave) {
      const client = clients.of(sharedParts(), { whenAbandoned: 'abort' });
      const signals: AbortSignal[] = [];
      const result = await client.query(QUERY, ({ signal }) => {
        signals.push(signal);
        return heldAt(A, 300_000, { opened: new Promise(() => {}) });
      });
      await each(result);
      await client.settled();
      expect(signals[0]!.aborted).toBe(true);
    }
  });
});

describe('slow callers', () => {
  const LARGE = { pieces: 400, piece: arrowParts({ rows: 8192 }) }; // 26 MB: one buffer again and again
  async function* large(seen?: () => void): AsyncGenerator<Uint8Array> {
    yield LARGE.piece.head;
    for (let i = 0; i < LARGE.pieces; i++) {
      seen?.();
      yield LARGE.piece.batch;
    }
    yield LARGE.piece.end;
  }
  const bytes = LARGE.piece.head.length + LARGE.pieces * LARGE.piece.batch.length + LARGE.piece.end.length;
  /** Bytes that logs of a client hold in memory. */
  const held = (client: unknown) => {
    const { flights } = client as { flights: { leaders: Map<string, { log: { segments: { chunks?: Uint8Array[] }[] } }> } };
    const chunks = [...flights.leaders.values()].flatMap(({ log }) => log.segments.flatMap((segment) => segment.chunks ?? []));
    return chunks.reduce((sum, { length }) => sum + length, 0);
  };

  test('hold up neither upload nor others, cost a bounded memory, and get all in the end', async () => {
    const parts = sharedParts();
    parts.segments.onPut = () => new Promise((resolve) => setTimeout(resolve, 20));
    const live = clients.of(parts, { maxLag: 1 << 20 });
    let most = 0;
    const execute = () => large(() => { most = Math.max(most, held(live)); });
    const [slow, fast] = await Promise.all([live.query(QUERY, execute), live.query(QUERY, execute)]);
    const reader = new Reader(slow);
    await reader.upTo(1);
    expect((await fast.toBytes()).length).toBe(bytes);
    await live.settled();
    expect(live.stats()).toMatchObject({ executions: 1, published: 1 });
    expect(most).toBeGreaterThan(4 << 20);
    expect(most).toBeLessThan((20 << 20) + (1 << 20) + (4 << 20)); // what waits for the bucket, the lag, a segment
    expect((await reader.rest()).length).toBe(bytes);
    expect(live.stats().executions).toBe(1);
  });

  test('alone: the query goes on at the bucket\'s pace, and is published before he has read it', async () => {
    const parts = sharedParts();
    const live = clients.of(parts, { maxLag: 1 << 20 });
    const reader = new Reader(await live.query(QUERY, () => large()));
    await reader.upTo(1);
    await live.settled();
    expect(live.stats().published).toBe(1);
    expect(held(live)).toBe(0);
    expect((await reader.rest()).length).toBe(bytes);
  });

  test('past the cache: the source waits for them', async () => {
    const live = clients.of();
    let given = 0;
    const reader = new Reader(await live.query({ key: 1 }, async function* () {
      for await (const chunk of large()) {
        given += chunk.length;
        yield chunk;
      }
    }));
    await reader.upTo(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(given).toBeLessThan(bytes);
    expect((await reader.rest()).length).toBe(bytes);
    expect(given).toBe(bytes);
  });
});

describe('an executor', () => {
  const boom = new Error('boom');
  test.each<[string, (context: ExecutionContext) => unknown]>([
    ['that throws', () => { throw boom; }],
    ['that rejects', () => Promise.reject(boom)],
    ['whose stream fails at once', async function* () { await Promise.resolve(); yield* []; throw boom; }],
    ['whose stream fails after some bytes', async function* () { await Promise.resolve(); yield A.subarray(0, 5000); throw boom; }],
    ['whose web stream fails', () => new ReadableStream({ start: (controller) => controller.error(boom) })],
  ])('%s: all callers get the error itself, and the next execution is served', async (_, execute) => {
    const parts = sharedParts();
    const live = clients.of(parts);
    const asked = [1, 2, 3].map(async () => (await live.query(QUERY, execute as never)).toBytes());
    for (const each of asked) await expect(each).rejects.toBe(boom);
    await live.settled();
    expect(await take(clients.of(parts))).toMatchObject({ status: 'miss', data: 'A' });
  });

  test.each<[string, unknown]>([
    ['nothing', undefined], ['null', null], ['a number', 5], ['text', 'text'], ['an object', {}], ['a promise of nothing', Promise.resolve()],
    ['texts', ['a', 'b']], ['numbers', [1, 2]], ['nulls', [null]],
  ])('that gives %s: an error that says so', async (_, given) => {
    const live = clients.of();
    await expect(take(live, QUERY, () => given as never)).rejects.toMatchObject({ code: expect.stringMatching(/^E_LIVE_(SOURCE|EMPTY)$/) as string });
    expect(await take(live)).toMatchObject({ status: 'miss', data: 'A' });
  });

  test('that rejects with nothing, or with what is no error', async () => {
    const live = clients.of();
    for (const reason of [undefined, null, 'text', 5]) {
      await expect(live.query(QUERY, () => { throw reason; })).rejects.toBe(reason);
      const result = await live.query(QUERY, async function* () {
        yield A.subarray(0, 1000);
        await Promise.resolve();
        throw reason;
      });
      await expect(result.toBytes()).rejects.toThrow();
    }
    expect((await take(live)).data).toBe('A');
  });

  test('that ignores its signal: its callers are not held up', async () => {
    const live = clients.of();
    const never = () => new Promise<never>(() => {});
    await expect(take(live, { ...QUERY, executionTimeout: 30 }, never)).rejects.toMatchObject({ code: 'E_LIVE_TIMEOUT' });
    await expect(take(live, { ...QUERY, executionTimeout: 30 }, async function* () { yield A.subarray(0, 1000); await never(); }))
      .rejects.toMatchObject({ code: 'E_LIVE_TIMEOUT' });
    expect((await take(live)).data).toBe('A');
  });
});

describe('a client that is closed', () => {
  test.each(PHASES)('in mid-flight: %s: whoever waits is told, nothing hangs, and nothing begins', async (phase) => {
    const { shared, client, door, arrived, at, asked, signals } = heldIn(phase, 'finish');
    const outcome = asked.then((result) => result.toBytes());
    outcome.catch(() => {});
    if (at === undefined) await arrived.opened;
    else await asked;
    const closed = client.close();
    door.open();
    await closed;
    await expect(outcome).rejects.toMatchObject({ code: 'E_LIVE_CLOSED' });
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
    await expect(client.query(QUERY, () => A)).rejects.toMatchObject({ code: 'E_LIVE_CLOSED' });
    const fresh: SharedParts = { ...shared, index: new MemoryResultIndex() };
    expect((await take(clients.of(fresh))).data).toBe('A');
  });

  test('ends what is executed past the cache, and what is followed elsewhere', async () => {
    const parts = sharedParts();
    const [live, holder, door] = [clients.of(parts), clients.of(parts), aDoor()];
    const calls: IndexMethod[] = [];
    const following = clients.of({ ...parts, index: troubledIndex(parts.index, { calls }) });
    const alone = await live.query({ key: 1 }, () => heldAt(A, 1000, door));
    const held = await holder.query(QUERY, () => heldAt(A, 1000, door));
    const followed = following.query(QUERY, () => A);
    followed.catch(() => {});
    await eventually(() => { expect(calls).toContain('follow'); });
    const bytes = alone.toBytes();
    bytes.catch(() => {});
    await Promise.all([live.close(), following.close()]);
    await expect(bytes).rejects.toMatchObject({ code: 'E_LIVE_CLOSED' });
    await expect(followed).rejects.toMatchObject({ code: 'E_LIVE_CLOSED' });
    door.open();
    expect(nameOf(await held.toBytes())).toBe('A');
  });
});

describe('publishBeforeEnd', () => {
  test.each([['SMALL', SMALL], ['A', A]])('the end of %s waits until others find it', async (name, source) => {
    const parts = sharedParts();
    const [door, trouble] = [aDoor(), {} as IndexTrouble];
    trouble.before = (method) => method === 'publish' ? door.opened : undefined;
    const live = clients.of({ ...parts, index: troubledIndex(parts.index, trouble) }, { publishBeforeEnd: true });
    const result = await live.query(QUERY, () => inPieces(source, 100_000));
    const reader = new Reader(result);
    await reader.upTo(source.length);
    let ended = false;
    const end = reader.rest().then(() => { ended = true; });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(ended).toBe(false);
    door.open();
    await end;
    expect(await take(clients.of(parts), QUERY, arrowResult({ seed: 9 }))).toMatchObject({ status: 'hit', data: name });
  });

  test('an index that refuses, and a bucket that does, do not keep the end', async () => {
    const parts = sharedParts();
    const trouble: IndexTrouble = { before: (method) => { if (method === 'publish') throw new Error('refused'); } };
    const live = clients.of({ ...parts, index: troubledIndex(parts.index, trouble) }, { publishBeforeEnd: true });
    expect((await take(live)).data).toBe('A');
    parts.segments.onPut = () => { throw new Error('refused'); };
    expect((await take(live, { ...QUERY, cache: 'reload' })).data).toBe('A');
  });
});
