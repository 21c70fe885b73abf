import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { datasetId, hiddenTargets, identify, scopeId, tagId, type Identified } from '../../../runtime/live/identity';
import type { KeyRing } from '../../../runtime/live/keys/key-ring';
import type { KeyPart } from '../../../runtime/live/options';

function ring(secret: string): KeyRing {
  return {
    current: async () => '1',
    keysOf: async () => undefined,
    mac: async (text) => createHmac('sha256', secret).update(text).digest('base64url'),
  };
}

const keys = ring('one');
const idOf = async (query: Identified) => (await identify(keys, query)).id;

const RUNS = Number(process.env.PROPERTY_RUNS ?? 3000);

const leaf = fc.oneof(
  fc.string({ maxLength: 4 }), fc.string({ unit: 'binary', maxLength: 3 }), fc.integer({ min: -3, max: 3 }), fc.double(), fc.boolean(),
  fc.bigInt({ min: -3n, max: 3n }), fc.constantFrom(null, undefined, -0, 0, NaN, Infinity, '', '0', '1', 'null'), fc.date({ noInvalidDate: false }),
  fc.uint8Array({ maxLength: 3 }),
);
const part = fc.letrec<{ part: KeyPart }>((tie) => ({
  part: fc.oneof({ depthSize: 'small', withCrossShrink: true },
    leaf, fc.array(tie('part'), { maxLength: 3 }), fc.dictionary(fc.string({ maxLength: 2 }), tie('part'), { maxKeys: 3, noNullPrototype: true })),
})).part;

/** Members of objects the other way round, and nothing shared with the original. */
function reordered(value: KeyPart): KeyPart {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value as Record<string, KeyPart>).reverse().map(([name, each]) => [name, reordered(each)]));
}

/** Equal by content and type: what `toEqual` of jest calls equal, with undefined members. */
function same(a: KeyPart, b: KeyPart): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Date || b instanceof Date) return a instanceof Date && b instanceof Date && Object.is(a.getTime(), b.getTime());
  if (a instanceof Uint8Array || b instanceof Uint8Array) return a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [x, y] = [a as Record<string, KeyPart>, b as Record<string, KeyPart>];
  const names = Object.keys(x);
  return names.length === Object.keys(y).length && names.every((name) => Object.hasOwn(y, name) && same(x[name], y[name]));
}

describe('what queries are called in the index', () => {
  test('two queries share a name if and only if they are the same', async () => {
    await fc.assert(fc.asyncProperty(part, part, part, part, async (scope, key, otherScope, otherKey) => {
      const equal = same(scope, otherScope) && same(key, otherKey);
      expect(await idOf({ scope, key }) === await idOf({ scope: otherScope, key: otherKey })).toBe(equal);
      expect(await scopeId(keys, scope) === await scopeId(keys, otherScope)).toBe(same(scope, otherScope));
    }), { numRuns: RUNS });
  });

  test('the order of members does not matter', async () => {
    await fc.assert(fc.asyncProperty(part, part, async (scope, key) => {
      expect(await identify(keys, { scope: reordered(scope), key: reordered(key) })).toEqual(await identify(keys, { scope, key }));
    }), { numRuns: RUNS });
  });

  const pairs: [string, KeyPart, KeyPart][] = [
    ['1 and "1"', 1, '1'], ['1 and 1n', 1, 1n], ['0 and -0', 0, -0], ['NaN and "NaN"', NaN, 'NaN'], ['null and undefined', null, undefined],
    ['an undefined member and none', { a: undefined }, {}], ['a Date and its number', new Date(5), 5],
    ['a Date and no date', new Date(5), new Date(NaN)],
    ['bytes and their numbers', new Uint8Array([1]), [1]], ['[] and [[]]', [], [[]]], ['"ab", "c" and "a", "bc"', ['ab', 'c'], ['a', 'bc']],
    ['lists in another order', [1, 2], [2, 1]], ['two halves of characters', '\ud800', '\udc00'],
  ];
  test.each(pairs)('%s differ, as scope as in a key', async (_, a, b) => {
    expect(await scopeId(keys, a)).not.toBe(await scopeId(keys, b));
    expect(await idOf({ scope: 't', key: { a } })).not.toBe(await idOf({ scope: 't', key: { a: b } }));
  });

  test('what is a part of the scope is none of the key', async () => {
    expect(await idOf({ scope: 'a', key: 'b' })).not.toBe(await idOf({ scope: 'b', key: 'a' }));
    expect(await idOf({ scope: ['a', 'b'], key: [] })).not.toBe(await idOf({ scope: ['a'], key: ['b'] }));
  });

  test('tags and datasets are sets, and part of it', async () => {
    const query = { scope: 't', key: 'q' };
    const named = await identify(keys, { ...query, tags: ['b', 'a', 'b'], datasets: ['d'] });
    expect(named).toEqual(await identify(keys, { ...query, tags: ['a', 'b'], datasets: ['d', 'd'] }));
    expect(named.tags).toEqual([await tagId(keys, 'a'), await tagId(keys, 'b')].sort());
    expect(named.datasets).toEqual([await datasetId(keys, 'd')]);
    expect(named.scope).toBe(await scopeId(keys, 't'));
    const ids = await Promise.all([
      idOf(query), idOf({ ...query, tags: ['a', 'b'] }), idOf({ ...query, datasets: ['a', 'b'] }), idOf({ ...query, tags: ['a'], datasets: ['b'] }),
    ]);
    expect(new Set([...ids, named.id]).size).toBe(5);
    expect(await idOf({ ...query, tags: [], datasets: [] })).toBe(ids[0]);
  });

  test('a tag, a dataset and a scope of one name have nothing in common', async () => {
    const names = await Promise.all([tagId(keys, 's1:a'), datasetId(keys, 's1:a'), scopeId(keys, 'a'), scopeId(keys, 's1:a')]);
    expect(new Set(names).size).toBe(4);
  });

  test('nobody without the key can make them, nor read anything in them', async () => {
    const query = { scope: 'tenant-1', key: 'select', tags: ['orders'], datasets: ['sales'] };
    const [mine, others] = [await identify(keys, query), await identify(ring('two'), query)];
    const flat = ({ id, scope, tags, datasets }: typeof mine) => [id, scope, ...tags, ...datasets];
    expect(flat(mine).filter((each) => flat(others).includes(each))).toEqual([]);
    for (const each of flat(mine)) expect(each).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});

describe('what cannot be told apart is refused', () => {
  test.each<[string, unknown, string]>([
    ['a function in the key', { scope: 't', key: { sql: [1, () => 1] } },
      'key.sql[1] is a function; give plain data: texts, numbers, dates, bytes, and lists and objects of them'],
    ['an instance in the scope', { scope: { user: new (class User {})() }, key: 1 }, 'scope.user is an instance of User; '],
    ['tags that are no list', { scope: 't', key: 1, tags: 'orders' }, "tags must be a list of names, got 'orders'"],
    ['a tag that is a number', { scope: 't', key: 1, tags: ['a', 5] }, 'tags[1] must be a name, a text that is not empty, got 5'],
    ['a dataset without a name', { scope: 't', key: 1, datasets: [''] }, "datasets[0] must be a name, a text that is not empty, got ''"],
    ['half a character', { scope: 't', key: 1, tags: ['\ud800'] }, 'tags[0] must be a name'],
  ])('fails for %s', async (_, query, message) => {
    const failure = expect(identify(keys, query as Identified)).rejects;
    await failure.toMatchObject({ name: 'InvalidArgumentError', code: 'E_LIVE_KEY', message: expect.stringContaining(message) });
  });

  test('fails for one name', async () => {
    await expect(tagId(keys, '')).rejects.toMatchObject({ code: 'E_LIVE_KEY', message: expect.stringMatching(/^tag must be a name/) });
    await expect(datasetId(keys, 7 as never)).rejects.toMatchObject({ code: 'E_LIVE_KEY', message: expect.stringMatching(/^dataset must be a name/) });
  });
});

test('a query has 1000 tags and datasets at most, so that no lookup is more than the index can take', async () => {
  const names = (count: number) => Array.from({ length: count }, (_, i) => `name ${i}`);
  const query = { scope: 't', key: 1, tags: names(600), datasets: names(400) };
  expect((await identify(keys, query)).tags).toHaveLength(600);
  expect((await identify(keys, { ...query, tags: [...query.tags, 'name 1'] })).tags).toHaveLength(600);
  await expect(identify(keys, { ...query, tags: names(601) })).rejects.toMatchObject({
    code: 'E_LIVE_KEY', message: expect.stringMatching(/^tags and datasets must be 1000 names together at most, got 1001/),
  });
});

describe('what to invalidate', () => {
  test('has the names that queries have in the index', async () => {
    const query = { scope: 't', key: 1, tags: ['a'], datasets: ['d'] };
    const named = await identify(keys, query);
    expect(await hiddenTargets(keys, { scopes: ['t'], tags: ['a', 'a'], datasets: { d: 'v1' } })).toEqual({
      all: false, scopes: [named.scope], tags: named.tags, datasets: { [named.datasets[0]!]: 'v1' },
    });
    expect(await hiddenTargets(keys, {})).toEqual({ all: false, scopes: [], tags: [], datasets: {} });
  });

  test.each<[targets: unknown, message: RegExp]>([
    [undefined, /^what to invalidate must be an object with tags, datasets, scopes or all, got undefined/],
    ['orders', /^what to invalidate must be an object/],
    [{ tag: ['orders'] }, /^there is no 'tag' to invalidate by: it may have all, scopes, tags, datasets$/],
    [{ all: 'no' }, /^all must be true or false, got 'no'/],
    [{ tags: 'orders' }, /^tags must be a list of names, got 'orders'/],
    [{ tags: [''] }, /^tags\[0] must be a name/],
    [{ scopes: 'tenant' }, /^scopes must be a list, got 'tenant'/],
    [{ scopes: ['t', undefined] }, /^scopes\[1] must say whose results are meant, got undefined/],
    [{ datasets: ['sales.orders'] }, /^datasets must be an object with the new version of each, got \[ 'sales.orders' ]/],
    [{ datasets: 'sales' }, /^datasets must be an object/],
    [{ datasets: { sales: 42 } }, /^the version of the dataset 'sales' must be a name, a text that is not empty, got 42/],
    [{ datasets: { sales: undefined } }, /^the version of the dataset 'sales' must be a name/],
  ])('is refused where nothing would be made invalid by it: %j', async (targets, message) => {
    await expect(hiddenTargets(keys, targets as never)).rejects.toMatchObject({ code: 'E_LIVE_KEY', message: expect.stringMatching(message) });
  });
});
