import type { Placed } from './place.js';

/** Sources that are asked for their first record at the same time. */
const CONCURRENCY = 8;

/** Makes one sorted stream of several, each of which is sorted. Holds one record of each, and what the source itself has read. */
export async function* merged(sources: readonly AsyncGenerator<Placed>[], order: 'newest' | 'oldest'): AsyncGenerator<Placed> {
  if (sources.length === 1) return yield* sources[0];
  const comesFirst = (a: Placed, b: Placed): boolean => order === 'newest' ? a.key > b.key : a.key < b.key;
  const heads = new Heap<Head>((a, b) => comesFirst(a.placed, b.placed));
  try {
    for (let begin = 0; begin < sources.length; begin += CONCURRENCY) {
      const some = sources.slice(begin, begin + CONCURRENCY);
      const first = await Promise.all(some.map((source) => source.next()));
      first.forEach((result, i) => { if (!result.done) heads.add({ placed: result.value, source: some[i] }); });
    }
    for (let head = heads.take(); head !== undefined; head = heads.take()) {
      yield head.placed;
      const { done, value } = await head.source.next();
      if (!done) heads.add({ placed: value, source: head.source });
    }
  } finally {
    await Promise.all(sources.map((source) => source.return(undefined)));
  }
}

interface Head {
  readonly placed: Placed;
  readonly source: AsyncGenerator<Placed>;
}

class Heap<T> {
  private readonly items: T[] = [];

  constructor(private readonly isBefore: (a: T, b: T) => boolean) {}

  add(item: T): void {
    const { items } = this;
    let place = items.push(item) - 1;
    for (let parent = (place - 1) >> 1; place > 0 && this.isBefore(items[place], items[parent]); parent = (place - 1) >> 1) {
      [items[place], items[parent]] = [items[parent], items[place]];
      place = parent;
    }
  }

  take(): T | undefined {
    const { items } = this;
    const [first] = items;
    const last = items.pop();
    if (items.length === 0 || last === undefined) return first;
    items[0] = last;
    for (let place = 0; ;) {
      let least = place;
      for (const child of [2 * place + 1, 2 * place + 2]) {
        if (child < items.length && this.isBefore(items[child], items[least])) least = child;
      }
      if (least === place) return first;
      [items[place], items[least]] = [items[least], items[place]];
      place = least;
    }
  }
}
