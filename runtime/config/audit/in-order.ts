/**
 * Maps a stream, several at the same time, in the stream's order. What needs no waiting for is given at once, so no more is read than is asked
 * for; stops reading when nobody reads on.
 */
export async function* inOrder<T, R>(
  items: AsyncIterable<T> | Iterable<T>, concurrency: number, map: (item: T) => R | Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const running: (R | Promise<R>)[] = [];
  try {
    for await (const item of items) {
      const result = map(item);
      if (result instanceof Promise) result.catch(() => undefined); // who waits for it hears of it
      running.push(result);
      while (running.length > 0 && (running.length >= concurrency || !(running[0] instanceof Promise))) yield await running.shift()!;
    }
    while (running.length > 0) yield await running.shift()!;
  } finally {
    await Promise.allSettled(running);
  }
}
