import { AwsError } from '../../../../runtime/aws/errors';
import { SegmentGoneError } from '../../../../runtime/live/segments/segment-store';
import { inPieces } from '../../../support/live/arrow-result';
import { A, B, Clients, ENDS, heldAt, aDoor, nameOf, QUERY, Reader, take } from '../../../support/live/fixtures';
import { sharedParts, type SharedParts } from '../../../support/live/processes';

jest.mock('../../../../runtime/live/flight/segment-sizes', () => jest.requireActual('../../../support/live/small-segments'));

const clients = new Clients();
afterEach(() => clients.close());

/** A is cached; whoever reads it has memory of nothing. */
async function cached(): Promise<{ parts: SharedParts; keys: string[] }> {
  const parts = sharedParts();
  await take(clients.of(parts), QUERY, A);
  const keys = [...parts.segments.objects.keys()].sort();
  expect(keys).toHaveLength(ENDS.length);
  return { parts, keys };
}

test.each([0, 1, 2])('object %i deleted between index and read: the query is executed again, the caller gets one result', async (lost) => {
  const { parts, keys } = await cached();
  parts.segments.objects.delete(keys[lost]!);
  const live = clients.of(parts);
  const taken = await take(live, QUERY, A);
  expect(taken.data).toBe('A');
  expect(live.stats().executions).toBe(1);
  expect(await take(clients.of(parts), QUERY, B)).toMatchObject({ status: 'hit', data: 'A' });
});

test('all objects deleted before the read: another result is served whole', async () => {
  const { parts } = await cached();
  parts.segments.objects.clear();
  expect(await take(clients.of(parts), QUERY, B)).toMatchObject({ status: 'miss', data: 'B' });
});

test('a client that may not read the bucket executes for itself, and takes nothing from the others', async () => {
  const { parts } = await cached();
  const refused = new AwsError('GET: Access Denied', { failure: 'denied', code: 'E_AWS_DENIED', name: 'AccessDenied', statusCode: 403 });
  const segments = Object.create(parts.segments, { read: { value: () => Promise.reject(refused) } }) as SharedParts['segments'];
  const live = clients.of({ ...parts, segments });
  expect(await take(live, QUERY, B)).toMatchObject({ status: 'bypass', data: 'B' });
  expect(live.stats()).toMatchObject({ bypassStorage: 1, executions: 1 });
  expect(await take(clients.of(parts), QUERY, B)).toMatchObject({ status: 'hit', data: 'A' });
});

describe('objects deleted while they are read', () => {
  /** Has taken a part of A when all of it is deleted. */
  async function robbed(at: number) {
    const { parts } = await cached();
    parts.segments.chunkBytes = 16 * 1024;
    parts.segments.breakDeleted = true;
    const live = clients.of(parts, { whenAbandoned: 'finish' });
    const sources: Uint8Array[] = [];
    const result = await live.query(QUERY, () => inPieces(sources.shift()!, 100_000));
    expect(result.status).toBe('hit');
    const reader = new Reader(result);
    await reader.upTo(at);
    parts.segments.objects.clear();
    return { parts, live, sources, reader };
  }

  test.each([1, 100_000, ENDS[0] + 1, ENDS[1] - 1])('a query that gives the same again is gone on with at the same byte, from %i on', async (at) => {
    const { parts, live, sources, reader } = await robbed(at);
    sources.push(A);
    expect(nameOf(await reader.rest())).toBe('A');
    await live.settled();
    expect(await take(clients.of(parts), QUERY, B)).toMatchObject({ status: 'hit', data: 'A' });
  });

  test.each([1, 100_000, ENDS[0] + 1])('another result ends the stream after %i bytes, and is there for the next', async (at) => {
    const { parts, live, sources, reader } = await robbed(at);
    sources.push(B);
    await expect(reader.rest()).rejects.toMatchObject({ code: 'E_LIVE_CHANGED' });
    expect(Buffer.compare(await reader.upTo(0), A.subarray(0, reader.position))).toBe(0);
    await live.settled();
    expect(await take(clients.of(parts), QUERY, A)).toMatchObject({ status: 'hit', data: 'B' });
  });

  test('a query that fails gives the caller its own error', async () => {
    const { reader } = await robbed(100_000);
    await expect(reader.rest()).rejects.toThrow(); // there is no source left
  });
});

test('a second copy that is lost before it could be compared vouches for no third one', async () => {
  const { parts } = await cached();
  const { segments } = parts;
  segments.chunkBytes = 16 * 1024;
  segments.breakDeleted = true;
  const [live, other, door] = [clients.of(parts), clients.of(parts), aDoor()];
  const reader = new Reader(await live.query(QUERY, () => inPieces(B, 100_000)));
  await reader.upTo(ENDS[0] + 1);
  segments.objects.clear();
  // From now on there is B, which somebody else makes. Its second segment cannot be had, and the third copy is as the second one.
  const reloading = new Reader(await other.query({ ...QUERY, cache: 'reload' }, () => heldAt(B, B.length - 1, door)));
  await reloading.upTo(B.length - 1);
  let reads = 0;
  segments.onRead = (key) => {
    if (key.endsWith('/00001') && segments.objects.has(key) && ++reads === 1) throw new SegmentGoneError('not yet');
  };
  const rest = reader.rest().then(nameOf, (error: { code?: string }) => error.code);
  door.open();
  expect(nameOf(await reloading.rest())).toBe('B');
  expect(await rest).toBe('E_LIVE_CHANGED');
  expect(reads).toBe(1);
});
