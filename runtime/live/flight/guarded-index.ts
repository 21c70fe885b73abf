import type { Breaker } from '../../resilience/breaker.js';
import { IndexError } from '../errors.js';
import type { ResultIndex } from '../index/result-index.js';

/** What queries ask of an index. */
export type QueryIndex = Pick<ResultIndex, 'lookup' | 'progress' | 'publish' | 'release' | 'follow' | 'listen' | 'forget'>;

/** A breaker before an index: one that is away costs one timeout, and then nothing until it may be back. */
export function guardedIndex(index: QueryIndex, breaker: Breaker): QueryIndex {
  const guard = <A extends unknown[], T>(call: (...args: A) => Promise<T>) => async (...args: A): Promise<T> => {
    const entered = breaker.tryEnter();
    if (entered === 0) throw new IndexError(breaker.openFor ?? 'connection', 'the index failed a moment ago, and is left alone for a while');
    try {
      const answer = await call(...args);
      breaker.succeeded();
      return answer;
    } catch (error) {
      breaker.failed(error instanceof IndexError ? error.failure : 'request', entered);
      throw error;
    }
  };
  return {
    lookup: guard((...args) => index.lookup(...args)),
    progress: guard((...args) => index.progress(...args)),
    publish: guard((...args) => index.publish(...args)),
    release: guard((...args) => index.release(...args)),
    follow: guard((...args) => index.follow(...args)),
    listen: guard((...args) => index.listen(...args)),
    forget: guard((...args) => index.forget(...args)),
  };
}
