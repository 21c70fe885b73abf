import type { LiveClientOptions } from '../../../../runtime/live';
import { eventually } from '../../../../runtime/testing/eventually';
import { inPieces } from '../../../support/live/arrow-result';
import { A, aDoor, B, Clients, ENDS, heldAt, nameOf, QUERY, Reader, SMALL, take } from '../../../support/live/fixtures';
import type { SharedParts } from '../../../support/live/processes';
import { S3World } from '../../../support/live/s3-world';
import { isGet, isPut, SLOW_DOWN, type RecordedS3Request } from '../../../support/s3-server';
import type { Trouble } from '../../../support/s3-server/faults';

jest.mock('../../../../runtime/live/flight/segment-sizes', () => jest.requireActual('../../../support/live/small-segments'));

jest.setTimeout(60_000);

const clients = new Clients();
let world: S3World;
beforeAll(async () => { world = await S3World.start(); });
beforeEach(() => {
  world.server.reset();
  return world.index.invalidate({ all: true });
});
afterEach(() => clients.close());
afterAll(() => world.close());

const aClient = (options?: LiveClientOptions) => clients.of(world.parts() as unknown as SharedParts, options);
const isPart = (part: number) => ({ url }: RecordedS3Request) => new URL(url, 'http://s3').pathname.endsWith(`/0000${part}`);

const TROUBLES: readonly [string, Trouble][] = [
  ['403', { kind: 'refusal', status: 403, code: 'AccessDenied', message: 'no' }],
  ['403, before it has read', { kind: 'refusal', status: 403, code: 'AccessDenied', message: 'no', early: true }],
  ['500', { kind: 'refusal', status: 500, code: 'InternalError' }],
  ['503', SLOW_DOWN],
  ['silence', { kind: 'silence' }],
  ['a reset', { kind: 'reset' }],
  ['a reset in its middle', { kind: 'reset', after: 100_000 }],
];

describe('the bucket answers writes with', () => {
  test.each(TROUBLES)('%s: callers here and elsewhere get the whole result, nothing is published, and later all is well', async (_, trouble) => {
    world.server.fail({ of: isPut, trouble });
    const [here, there] = [aClient(), aClient()];
    const asked = [here, here, there].map(async (client) => nameOf(await (await client.query(QUERY, () => inPieces(A, 100_000))).toBytes()));
    expect(await Promise.all(asked)).toEqual(['A', 'A', 'A']);
    await Promise.all([here.settled(), there.settled()]);
    expect(here.stats().published + there.stats().published).toBe(0);
    expect(here.stats().storageErrors + there.stats().storageErrors).toBeGreaterThan(0);
    world.server.reset();
    const later = aClient();
    expect(await take(later, QUERY, B)).toMatchObject({ status: 'miss', data: 'B' });
    expect(await take(aClient(), QUERY, A)).toMatchObject({ status: 'hit', data: 'B' });
  });

  test('403, as to a client that may only read: it goes on with what others have written', async () => {
    await take(aClient(), QUERY, A);
    world.server.fail({ of: isPut, trouble: TROUBLES[0]![1] });
    const reader = aClient();
    expect(await take(reader, { ...QUERY, key: 'another' }, B)).toMatchObject({ status: 'miss', data: 'B' });
    expect(await take(reader, QUERY, B)).toMatchObject({ status: 'hit', data: 'A' });
    expect(reader.stats()).toMatchObject({ bypasses: 0, executions: 1 });
  });

  test.each([0, 1, 2])('a reset once in part %i: it is sent again, and published', async (part) => {
    world.server.fail({ of: (request) => isPut(request) && isPart(part)(request), times: 1, trouble: { kind: 'reset', after: 50_000 } });
    const live = aClient();
    expect(await take(live)).toMatchObject({ status: 'miss', data: 'A' });
    expect(live.stats()).toMatchObject({ published: 1, storageErrors: 0 });
    expect(await take(aClient(), QUERY, B)).toMatchObject({ status: 'hit', data: 'A' });
  });

  test.each([0, 1, 2])('a refusal of part %i alone: there is no entry, and a follower elsewhere gets all', async (part) => {
    world.server.fail({ of: (request) => isPut(request) && isPart(part)(request), trouble: TROUBLES[0]![1] });
    const [here, there, door] = [aClient(), aClient(), aDoor()];
    const held = await here.query(QUERY, () => heldAt(A, ENDS[0] + 1, door));
    const followed = there.query(QUERY, () => inPieces(A, 100_000)).then(async (result) => nameOf(await result.toBytes()));
    door.open();
    expect(nameOf(await held.toBytes())).toBe('A');
    expect(await followed).toBe('A');
    await Promise.all([here.settled(), there.settled()]);
    expect(here.stats().published + there.stats().published).toBe(0);
  });
});

describe('the bucket answers reads with', () => {
  async function cached(): Promise<void> {
    expect(await take(aClient())).toMatchObject({ status: 'miss', data: 'A' });
    const attempts = world.objects.map((key) => key.split('/')[3]!);
    expect(attempts.map((attempt) => attempts.filter((other) => other === attempt).length)).toContain(3); // a write of the last test may come late
  }

  test.each(TROUBLES.filter(([name]) => !name.includes('early')))('%s: callers get the whole result', async (_, trouble) => {
    await cached();
    world.server.fail({ of: isGet, trouble });
    const live = aClient();
    for (let i = 0; i < 3; i++) expect((await take(live)).data).toBe('A');
    world.server.reset();
    expect((await take(aClient())).data).toBe('A');
    expect((await take(aClient(), { ...QUERY, key: 'other' }, SMALL)).data).toBe('SMALL');
  });

  test.each([
    [0, 0], [0, 1], [0, 200_000], [1, 0], [1, 65_536], [1, 1_000_000], [2, 100],
  ])('a body of part %i that is reset after %i bytes: it is read on from there', async (part, resetAfter) => {
    await cached();
    world.server.fail({ of: (request) => isGet(request) && isPart(part)(request), times: 1, trouble: { kind: 'body', resetAfter } });
    const live = aClient();
    expect(await take(live, QUERY, B)).toMatchObject({ status: 'hit', data: 'A' });
    expect(live.stats().executions).toBe(0);
  });

  test.each([[0, 1000], [1, 500_000], [2, 100]])('bodies of part %i that all break after %i bytes, or fall silent', async (part, after) => {
    await cached();
    for (const trouble of [{ kind: 'body', resetAfter: 0 }, { kind: 'body', silentAfter: after }] as const) {
      world.server.fail({ of: (request) => isGet(request) && isPart(part)(request), times: 20, trouble });
      expect((await take(aClient())).data).toBe('A');
    }
  });

  test('another result than the one that the bucket keeps from the caller: the stream ends, never mixed', async () => {
    await cached();
    world.server.fail({ of: (request) => isGet(request) && isPart(1)(request), trouble: { kind: 'body', resetAfter: 0 } });
    const reader = new Reader(await aClient().query(QUERY, () => inPieces(B, 100_000)));
    await reader.upTo(1000);
    await expect(reader.rest()).rejects.toMatchObject({ code: 'E_LIVE_CHANGED' });
    expect(Buffer.compare(await reader.upTo(0), A.subarray(0, reader.position))).toBe(0);
  });

  test('few bytes a second: a hit is slow, and whole', async () => {
    await cached();
    world.server.fail({ of: isGet, trouble: { kind: 'body', bytesPerSecond: 3_000_000 } });
    expect(await take(aClient(), QUERY, B)).toMatchObject({ status: 'hit', data: 'A' });
  });
});

test('a bucket that is away is left alone, and used again when it is back', async () => {
  const live = aClient();
  await take(live);
  await world.server.stop();
  for (let i = 0; i < 10; i++) expect((await take(live, { ...QUERY, cache: 'reload' }, A)).data).toBe('A');
  for (let i = 0; i < 10; i++) expect((await take(live, QUERY, A)).data).toBe('A');
  await world.server.start();
  await eventually(async () => {
    await take(live, { ...QUERY, cache: 'reload' }, B);
    expect(await take(live, QUERY, A)).toMatchObject({ status: 'hit', data: 'B' });
  });
});

test('a bucket that was away is used again by results of several objects, though nobody reads', async () => {
  const live = aClient();
  await world.server.stop();
  for (let i = 0; i < 10; i++) expect((await take(live, { ...QUERY, cache: 'reload' }, A)).data).toBe('A');
  await world.server.start();
  await eventually(async () => {
    await take(live, { ...QUERY, cache: 'reload' }, B);
    await live.settled();
    return live.stats().published > 0;
  });
});
