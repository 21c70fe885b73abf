import { memoryOnly, world } from './worlds';

interface Value { name: string; tags: string[]; at?: Date; bytes?: Buffer }

describe.each(['memory', 'table'])('values from %s', (layer) => {
  const make = () => layer === 'memory' ? memoryOnly().memoize : world().process();

  test('plain data is frozen and the same for every caller; the function\'s own object is not touched', async () => {
    const own: Value = { name: 'a', tags: ['x'] };
    const memoized = make()(async function get() { return own; });
    const first = await memoized();
    expect(() => { first.name = 'b'; }).toThrow(TypeError);
    expect(() => first.tags.push('y')).toThrow(TypeError);
    expect(await memoized()).toBe(first);
    own.tags.push('later');
    expect(await memoized()).toEqual({ name: 'a', tags: ['x'] });
    expect(Object.isFrozen(own)).toBe(false);
  });

  test('data that cannot be frozen is copied for every caller', async () => {
    const memoized = make()(async function get(): Promise<Value> { return { name: 'a', tags: [], at: new Date(5), bytes: Buffer.from('abc') }; });
    const first = await memoized();
    first.at!.setTime(0);
    first.bytes!.fill(0);
    first.tags.push('mine');
    const second = await memoized();
    expect(second).toEqual({ name: 'a', tags: [], at: new Date(5), bytes: Buffer.from('abc') });
    expect(Buffer.isBuffer(second.bytes)).toBe(true);
  });

  test('with copy every caller may do what it likes', async () => {
    const memoized = make()(async function get(): Promise<Value> { return { name: 'a', tags: [] }; }, { isolation: 'copy' });
    const callers = await Promise.all([memoized(), memoized(), memoized()]);
    callers[0].tags.push('mine');
    expect(callers[1].tags).toEqual([]);
    expect((await memoized()).tags).toEqual([]);
  });

  test('with share everybody gets the function\'s own value', async () => {
    class Connection { constructor(readonly id: number) {} }
    const own = new Connection(1);
    const memoized = make()(async function connect() { return own; }, { isolation: 'share' });
    expect(await memoized()).toBe(own);
    expect(await memoized()).toBe(own);
    expect(memoized.stats().executions).toBe(1);
  });

  test('a value that would not come back whole is returned as it is, not cached, and counted', async () => {
    class Money { constructor(readonly amount: number) {} }
    const memoized = make()(async function price() { return { total: new Money(3) }; });
    expect((await memoized()).total).toBeInstanceOf(Money);
    await memoized();
    expect(memoized.stats()).toMatchObject({ executions: 2, unstorable: 2, tableErrors: 0 });
  });
});
