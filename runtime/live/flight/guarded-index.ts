import type { Breaker } from '../../resilience/breaker.js';
import { IndexError } from '../errors.js';
import type { ResultIndex } from '../index/result-index.js';

/**
 * The methods of an index that queries depend on, behind a breaker: an index that is away costs one timeout, and after that nothing until it may be
 * back. What an operator asks for goes through as it is.
 */
export function guardedIndex(index: ResultIndex, breaker: Breaker): ResultIndex {
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
    invalidate: (invalidation) => index.invalidate(invalidation),
    remove: (id) => index.remove(id),
    find: (id) => index.find(id),
    list: (options) => index.list(options),
    status: () => index.status(),
    connect: () => index.connect(),
    close: () => index.close(),
  };
}
