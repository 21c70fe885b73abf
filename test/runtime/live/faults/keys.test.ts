import { KeyError } from '../../../../runtime/live/errors';
import type { KeyRing } from '../../../../runtime/live/keys/key-ring';
import { StaticKeyRing } from '../../../../runtime/live/keys/static-key-ring';
import { inPieces } from '../../../support/live/arrow-result';
import { A, aDoor, B, Clients, ENDS, heldAt, nameOf, QUERY, Reader, SMALL, take } from '../../../support/live/fixtures';
import { sharedParts } from '../../../support/live/processes';

jest.mock('../../../../runtime/live/flight/segment-sizes', () => jest.requireActual('../../../support/live/small-segments'));

const clients = new Clients();
afterEach(() => clients.close());

const [ONE, TWO] = ['1'.repeat(43), '2'.repeat(43)] as const;
const before = () => new StaticKeyRing(ONE, 'live');
const after = () => new StaticKeyRing({ current: '2', keys: { 1: ONE, 2: TWO } }, 'live');

/** A ring that is replaced by another one, as when the secret is read again. */
function turning(first: KeyRing): KeyRing & { to(next: KeyRing): void } {
  let ring = first;
  return {
    current: () => ring.current(),
    keysOf: (version, attempt) => ring.keysOf(version, attempt),
    mac: (text) => ring.mac(text),
    to: (next) => { ring = next; },
  };
}

describe('keys that are rotated', () => {
  test('in mid-flight: the result has one key, and those with both read it', async () => {
    const { index, segments } = sharedParts();
    const [keys, door] = [turning(before()), aDoor()];
    const [live, follower] = [clients.of({ index, segments, keys }), clients.of({ index, segments, keys: after() })];
    const held = await live.query(QUERY, () => heldAt(A, ENDS[0] + 1, door));
    const following = new Reader(await follower.query(QUERY, () => { throw new Error('executed twice'); }));
    await following.upTo(1000);
    keys.to(after());
    door.open();
    expect(nameOf(await held.toBytes())).toBe('A');
    expect(nameOf(await following.rest())).toBe('A');
    await live.settled();
    expect(await take(clients.of({ index, segments, keys: after() }), QUERY, B)).toMatchObject({ status: 'hit', data: 'A' });
  });

  test.each([['A', A], ['SMALL', SMALL]])('a version that a reader has not got: %s is executed again, for all', async (name, source) => {
    const { index, segments } = sharedParts();
    const [newer, older] = [clients.of({ index, segments, keys: after() }), clients.of({ index, segments, keys: before() })];
    await take(newer, QUERY, source);
    expect(await take(older, QUERY, source)).toMatchObject({ status: 'miss', data: name });
    expect(await take(newer, QUERY, B)).toMatchObject({ status: 'hit', data: name });
  });

  test('a version that a follower has not got: it executes itself, past what runs', async () => {
    const { index, segments } = sharedParts();
    const [newer, older, door] = [clients.of({ index, segments, keys: after() }), clients.of({ index, segments, keys: before() }), aDoor()];
    const held = await newer.query(QUERY, () => heldAt(A, ENDS[0] + 1, door));
    const followed = older.query(QUERY, () => inPieces(B, 100_000)).then((result) => result.toBytes());
    expect(nameOf(await followed)).toBe('B');
    door.open();
    expect(nameOf(await held.toBytes())).toBe('A');
  });
});

describe('keys that are not to be had', () => {
  const away: KeyRing = {
    current: () => Promise.reject(new KeyError('Secrets Manager is away')),
    keysOf: () => Promise.reject(new KeyError('Secrets Manager is away')),
    mac: () => Promise.reject(new KeyError('Secrets Manager is away')),
  };

  test('from the start: callers share an execution past the cache, and nothing is stored', async () => {
    const parts = { ...sharedParts(), keys: away };
    const live = clients.of(parts);
    const taken = await Promise.all([take(live), take(live), take(live)]);
    for (const each of taken) expect(each).toEqual({ status: 'bypass', reason: 'keys', data: 'A' });
    expect(live.stats()).toMatchObject({ executions: 1, bypassKeys: 3 });
    expect(parts.segments.log).toEqual([]);
  });

  test.each(['current', 'keysOf', 'mac'] as const)('any more, in %s: callers get their result, and later all is well', async (method) => {
    const parts = sharedParts();
    const keys = turning(parts.keys);
    const live = clients.of({ ...parts, keys });
    await take(live);
    const partly: KeyRing = {
      current: () => parts.keys.current(),
      keysOf: (...args) => parts.keys.keysOf(...args),
      mac: (text) => parts.keys.mac(text),
      [method]: away[method],
    };
    keys.to(partly);
    expect((await take(live)).data).toBe('A');
    expect((await take(live, { ...QUERY, key: 2 }, SMALL)).data).toBe('SMALL');
    keys.to(parts.keys);
    expect(await take(live, QUERY, A)).toMatchObject({ status: 'hit', data: 'A' });
    expect((await take(live, { ...QUERY, key: 3 }, SMALL)).status).toBe('miss');
  });
});
