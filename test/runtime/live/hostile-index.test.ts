import type { FoundEntry, Lookup, Manifest } from '../../../runtime/live/index/result-index';
import { arrowResult } from '../../support/live/arrow-result';
import { clientOf, sharedParts } from '../../support/live/processes';

/*
 * Somebody can read and write the index, and has no master key. He can have queries executed again; he cannot have anybody read what is not his.
 */

const THEIRS = { scope: 'they', key: 1 };
const MINE = { scope: 'me', key: 1 };

describe.each([['small results', 1], ['large ones', 250]])('%s', (_, batches) => {
  const theirs = arrowResult({ batches });
  const mine = Buffer.from(theirs);
  mine[mine.length - 20] ^= 1; // in the body of the last batch

  /** Where a result of theirs is, and a client whose index says the like of all that he asks. */
  async function world(answer: (found: FoundEntry) => Lookup) {
    const parts = sharedParts();
    const honest = clientOf(parts);
    await (await honest.query(THEIRS, () => theirs)).toBytes();
    await honest.settled();
    let stolen: FoundEntry | undefined;
    const { index } = parts;
    const spy = new Proxy(index, {
      get: (target, name) => name !== 'lookup' ? target[name as 'close'].bind(target) : async (...args: Parameters<typeof index.lookup>) => {
        const found = await index.lookup(...args);
        if (found.role === 'hit') stolen = found.found;
        return found;
      },
    });
    await (await clientOf({ ...parts, index: spy }).query(THEIRS, () => { throw new Error('executed'); })).toBytes();
    let lies = 2;
    const lying = new Proxy(index, {
      get: (target, name) => name === 'lookup' && lies-- > 0
        ? () => Promise.resolve(answer(stolen!))
        : target[name as 'close'].bind(target),
    });
    return clientOf({ ...parts, index: lying });
  }

  test('an entry under another query\'s name is not read as its result', async () => {
    const live = await world((found) => ({ role: 'hit', found }));
    const result = await live.query(MINE, () => mine);
    expect(result.status).toBe('miss');
    expect(Buffer.compare(await result.toBytes(), mine)).toBe(0);
    await live.close();
  });

  test('nor is one that is said to be stale', async () => {
    const live = await world((found) => ({ role: 'failed', failure: { name: 'Error', message: 'not so' }, stale: found }));
    await expect(live.query({ ...MINE, staleIfError: '1h' }, () => mine)).rejects.toThrow('not so');
    await live.close();
  });

  test('nor is one that is said to be under way', async () => {
    const live = await world(({ entry }) => ({ role: 'follower', attempt: entry.attempt, manifest: entry as Manifest }));
    const result = await live.query(MINE, () => mine);
    expect(Buffer.compare(await result.toBytes(), mine)).toBe(0);
    await live.close();
  });
});
