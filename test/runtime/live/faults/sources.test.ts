import { partsOf } from '../../../support/arrow/messages';
import { cutAt } from '../../../support/arrow/chunks';
import { writtenStreams } from '../../../support/arrow/streams';
import { arrowResult } from '../../../support/live/arrow-result';
import { Clients, QUERY } from '../../../support/live/fixtures';
import { sharedParts } from '../../../support/live/processes';

const clients = new Clients();
afterEach(() => clients.close());

const STREAMS = [{ name: 'batches', stream: arrowResult({ batches: 3, rows: 50 }) }, ...writtenStreams()]
  .map(({ name, stream }) => [name, stream] as const);

/** Where a stream may be cut: before, within and after each message's prefix, metadata and body. */
function places(stream: Uint8Array): number[] {
  const cuts = new Set<number>();
  let at = 0;
  for (const { prefix, metadata, body } of partsOf(stream)) {
    for (const length of [prefix.length, metadata.length, body.length]) {
      cuts.add(at).add(at + Math.floor(length / 2)).add(Math.max(0, at + length - 1));
      at += length;
    }
  }
  cuts.delete(stream.length);
  return [...cuts].sort((a, b) => a - b);
}

describe.each(STREAMS)('%s', (_, stream) => {
  test('passes whole, however it comes, and is served again as it is', async () => {
    const live = clients.of();
    const sources = [stream, cutAt(stream, places(stream)), cutAt(stream, [1, 2, 3, stream.length - 1])];
    for (const [key, source] of sources.entries()) {
      for (const status of ['miss', 'hit']) {
        const result = await live.query({ scope: 1, key }, () => source);
        expect(result.status).toBe(status);
        expect(Buffer.compare(await result.toBytes(), stream)).toBe(0);
        await live.settled();
      }
    }
  });

  test('cut anywhere is an error of all its callers, and never published', async () => {
    const parts = sharedParts();
    const live = clients.of(parts);
    for (const at of places(stream)) {
      const cut = stream.subarray(0, at);
      const asked = [1, 2].map(async () => (await live.query(QUERY, () => cut)).toBytes());
      for (const outcome of await Promise.allSettled(asked)) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: { code: at === 0 ? 'E_LIVE_EMPTY' : 'E_LIVE_TRUNCATED' } });
      }
    }
    await live.settled();
    expect(live.stats().published).toBe(0);
    await expect(live.query({ ...QUERY, cache: 'only-if-cached' }, () => stream)).rejects.toMatchObject({ code: 'E_LIVE_NOT_CACHED' });
  });

  test('with something wrong at a boundary of its messages is an error, and never published', async () => {
    const live = clients.of();
    let at = 0;
    for (const { prefix, metadata, body } of partsOf(stream)) {
      const wrong = Buffer.concat([stream.subarray(0, at), Buffer.from('garbage!'), stream.subarray(at)]);
      await expect(live.query(QUERY, () => wrong).then((result) => result.toBytes())).rejects.toMatchObject({
        code: expect.stringMatching(/^E_LIVE_(MALFORMED|TRUNCATED)$/) as string,
      });
      at += prefix.length + metadata.length + body.length;
    }
    await live.settled();
    expect(live.stats().published).toBe(0);
  });
});
