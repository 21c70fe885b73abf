import { memoryOnly } from './worlds';

/** Fails to compile where the two differ. */
function same<A, B>(..._proof: [A] extends [B] ? [B] extends [A] ? [] : [never] : [never]): void {}

/** Uses values of which only the type matters. */
function typed(..._values: unknown[]): void {}

const { memoize } = memoryOnly();

interface Product { id: string; price: number }

test('parameters, this and the awaited result are the function\'s own', () => {
  async function product(id: string, currency?: 'EUR' | 'USD'): Promise<Product> { return { id, price: currency === 'EUR' ? 1 : 2 }; }
  const memoized = memoize(product);
  same<Parameters<typeof memoized>, [id: string, currency?: 'EUR' | 'USD']>();
  same<ReturnType<typeof memoized>, Promise<Product>>();

  function plain(this: Date, n: number): number { return n; }
  const promised = memoize(plain);
  same<ReturnType<typeof promised>, Promise<number>>();
  same<ThisParameterType<typeof promised>, Date>();
  typed(promised);

  async function generic<T extends object>(value: T): Promise<T[]> { return [value]; }
  const kept = memoize(generic);
  const list = kept({ a: 1 });
  same<typeof list, Promise<{ a: number }[]>>();
  typed(list);
  expect(typeof memoized).toBe('function');
});

test('controls take what the function takes', () => {
  async function priced(id: string, n: number): Promise<Product> { return { id, price: n }; }
  const memoized = memoize(priced, {
    ttl: (value, [id, n]) => { same<typeof value, Product>(); same<typeof id, string>(); typed(id); return n; },
    tags: ([id], value) => [`product:${id}`, `price:${value.price}`],
    key: (id, n) => { same<typeof n, number>(); typed(n); return id; },
    shouldCache: (value) => value.price > 0,
  });
  same<Parameters<typeof memoized.delete>, [id: string, n: number]>();
  const many = () => memoized.many([['a', 1], ['b', 2]]);
  same<ReturnType<typeof many>, Promise<[Product, Product]>>();
  const some = (calls: [string, number][]) => memoized.many(calls);
  same<ReturnType<typeof some>, Promise<Product[]>>();
  const peek = () => memoized.peek('a', 1);
  same<NonNullable<Awaited<ReturnType<typeof peek>>>['value'], Product>();
  typed(many, some, peek);
  expect(typeof memoized.prime).toBe('function');
});

test('what does not fit does not compile', () => {
  async function product(id: string): Promise<Product> { return { id, price: 1 }; }
  const memoized = memoize(product, { name: 'other' });
  const wrong = () => {
    // @ts-expect-error a number is no id
    void memoized(1);
    // @ts-expect-error bare seconds have no unit
    memoize(product, { ttl: '5' });
    // @ts-expect-error the value is a Product
    void memoized.prime(['a'], 'text');
    // @ts-expect-error two arguments where there is one
    void memoized.many([['a', 'b']]);
  };
  expect(typeof wrong).toBe('function');
});
