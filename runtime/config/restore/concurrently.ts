/**
 * Results of work that is done for several items at once, in the order in which they come to their end. Takes no item before there is room for
 * it. What runs when one fails, or nobody wants more, is waited for.
 */
export async function* asDone<T, R>(
  items: AsyncIterable<T> | Iterable<T>, limit: number, work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const running = new Map<number, Promise<readonly [number, R]>>();
  let count = 0;
  const next = async (): Promise<R> => {
    const [id, result] = await Promise.race(running.values());
    running.delete(id);
    return result;
  };
  try {
    for await (const item of items) {
      const id = count += 1;
      running.set(id, started(work(item).then((result) => [id, result] as const)));
      if (running.size >= limit) yield await next();
    }
    while (running.size > 0) yield await next();
  } finally {
    await Promise.allSettled(running.values());
  }
}

/** Its failure is thrown when its turn comes; until then nobody waits for it. */
function started<R>(promise: Promise<R>): Promise<R> {
  promise.catch(() => {});
  return promise;
}
