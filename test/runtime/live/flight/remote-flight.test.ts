import type { QueryIndex } from '../../../../runtime/live/flight/guarded-index';
import { RemoteFlight } from '../../../../runtime/live/flight/remote-flight';
import { SegmentLog } from '../../../../runtime/live/flight/segment-log';
import type { AttemptState, Entry, Manifest } from '../../../../runtime/live/index/result-index';
import type { LiveTelemetry } from '../../../../runtime/live/telemetry';

const IDENTITY = { id: 'id', scope: 'scope', tags: [], datasets: [] };
const manifest = (...sizes: number[]): Manifest => ({
  attempt: 'a', minute: '2026-01-01T00:00', keyVersion: '1', segments: sizes.map((bytes, crc) => [bytes, crc] as const),
});
const running = (...sizes: number[]): AttemptState => ({ state: 'running', manifest: manifest(...sizes) });
const complete = (inline: string | undefined, ...sizes: number[]): AttemptState => {
  const numbers = { bytes: 5, rows: 1, batches: 1, duration: 1, ttl: 1, staleWhileRevalidate: 0, staleIfError: 0 };
  const entry: Entry = { ...manifest(...sizes), ...numbers, ...inline === undefined ? {} : { inline } };
  return { state: 'complete', entry };
};
const FAILED: AttemptState = { state: 'failed', failure: { name: 'QueryError', message: 'boom' } };
const GONE: AttemptState = { state: 'gone' };

/** A flight, what it is told, and what it does. */
function make(options: { begun?: Manifest; silent?: boolean; deaf?: boolean; lease?: number } = {}) {
  const errors: string[] = [];
  let listening: ((attempt: string, state?: AttemptState) => void) | undefined;
  let answer: AttemptState = { state: 'running' };
  let asked = 0;
  let ended = 0;
  const index: Partial<QueryIndex> = {
    listen: async (_, listener) => {
      if (options.deaf) throw new Error('deaf');
      listening = listener;
      return () => { listening = undefined; };
    },
    follow: async () => {
      asked++;
      if (options.silent) throw new Error('silent');
      return answer;
    },
  };
  const telemetry: Partial<LiveTelemetry> = {
    indexError: (operation) => void errors.push(operation), storageError: (operation) => void errors.push(operation),
  };
  const log = new SegmentLog({ read: () => Promise.reject(new Error('not read')) });
  const flight = new RemoteFlight(IDENTITY, 'a', {
    index: index as QueryIndex, telemetry: telemetry as LiveTelemetry, lease: options.lease ?? 60_000, onEnd: () => { ended++; },
    open: async () => log,
    openEntry: async (entry) => {
      log.append(Buffer.from(entry.inline!));
      log.finish(entry);
      return log;
    },
  }, options.begun);
  const ready = flight.ready.then((found) => found === undefined ? 'gone' : 'log', (error: Error) => error.message);
  return {
    flight, ready, log, errors,
    tell: (state?: AttemptState, attempt = 'a') => listening?.(attempt, state),
    answers: (state: AttemptState) => { answer = state; },
    get asked() { return asked; }, get ended() { return ended; }, get listens() { return listening !== undefined; },
  };
}

const turns = () => jest.advanceTimersByTimeAsync(0);

beforeEach(() => jest.useFakeTimers());
afterEach(() => {
  expect(jest.getTimerCount()).toBe(0); // each flight below has come to its end
  jest.useRealTimers();
});

describe('states, in any order', () => {
  test.each<[string, AttemptState[], string, string, number]>([
    ['segments, then all', [running(2), running(2, 3), complete(undefined, 2, 3)], 'log', 'complete', 5],
    ['all, then what was told before it', [complete(undefined, 2, 3), running(2), GONE, FAILED], 'log', 'complete', 5],
    ['more, then less', [running(2, 3), running(2), complete(undefined, 2, 3)], 'log', 'complete', 5],
    ['nothing, then all of a small one', [{ state: 'running' }, running(), complete('small')], 'log', 'complete', 5],
    ['segments, then a small one', [running(2), complete('small')], 'log', 'lost', 2],
    ['an error', [FAILED, complete(undefined, 5)], 'boom', 'open', 0],
    ['segments, then an error', [running(2), FAILED, GONE], 'log', 'failed', 2],
    ['segments, then nobody', [running(2), GONE, FAILED], 'log', 'lost', 2],
    ['nobody', [GONE, running(2)], 'gone', 'open', 0],
  ])('%s', async (_, states, ready, state, bytes) => {
    const world = make();
    await turns();
    states.forEach((each) => world.tell(each));
    await turns();
    expect(await world.ready).toBe(ready);
    expect([world.log.state, world.log.length, world.ended, world.listens]).toEqual([state, bytes, 1, false]);
  });
});

test('what is told of other attempts is not taken; of any of them, it asks', async () => {
  const world = make();
  await turns();
  world.tell(GONE, 'b');
  await turns();
  expect([world.asked, world.ended]).toEqual([1, 0]);
  world.answers(running(2));
  world.tell(undefined, '');
  world.tell(undefined);
  expect(await world.ready).toBe('log');
  expect(world.asked).toBe(3);
  world.flight.interest.enter()();
});

test('whoever leaves last ends it, wherever it is, once', async () => {
  for (const wait of [false, true]) {
    const world = make({ begun: wait ? manifest(2) : undefined });
    const leave = world.flight.interest.enter();
    if (wait) await turns();
    leave();
    leave();
    world.flight.abort(new Error('closed'));
    await turns();
    expect(await world.ready).toBe(wait ? 'log' : 'gone');
    expect([world.ended, world.listens]).toEqual([1, false]);
  }
});

test('an end by the client tells its readers why', async () => {
  const world = make({ begun: manifest(2) });
  await turns();
  world.flight.abort(new Error('closed'));
  world.tell(complete(undefined, 2, 3));
  await turns();
  expect([world.log.state, String(world.log.reason)]).toEqual(['failed', 'Error: closed']);
});

test('an index that is silent for longer than a lease: nobody is there any more', async () => {
  const [patient, impatient] = [60_000, 0].map((lease) => make({ silent: true, deaf: true, begun: manifest(2), lease }));
  await jest.advanceTimersByTimeAsync(4000);
  expect([patient!.log.state, patient!.ended]).toEqual(['open', 0]);
  expect([impatient!.log.state, impatient!.ended]).toEqual(['lost', 1]);
  expect(impatient!.errors.slice(0, 2)).toEqual(['listen', 'follow']);
  patient!.flight.abort(new Error('over'));
});

test('it asks from time to time, for messages can be lost', async () => {
  const world = make();
  await jest.advanceTimersByTimeAsync(100);
  world.answers(complete(undefined, 5));
  await jest.advanceTimersByTimeAsync(2000);
  expect(await world.ready).toBe('log');
  expect(world.log.state).toBe('complete');
});
