import { TOP_VALUE } from '../support/tasks/workflow';
import { ConfigHistory } from './config/history';
import { LIFE as CONFIG_LIFE, valueOf } from './config/shapes';
import { Book } from './kit/book';
import { LiveHistory } from './live/history';
import { LONGEST, type LiveTold } from './live/shapes';
import { MemoHistory } from './memo/history';
import { LIVES, type MemoTold } from './memo/shapes';
import { judge } from './tasks/history';
import { digestOf, textOf, type TasksTold } from './tasks/shapes';

/** Beyond what clocks that are off and a busy machine may do. */
const LONG = 60_000;

const brokenIn = (book: Book) => book.broken.map(({ invariant }) => invariant);

describe('memo', () => {
  function brokenBy(...told: readonly MemoTold[]): string[] {
    const [history, book] = [new MemoHistory(), new Book()];
    told.forEach((each) => history.take(each));
    history.judge(book);
    expect(book.reports().length).toBeGreaterThan(0);
    return brokenIn(book);
  }

  const run = (id: string, key: string, at: number): MemoTold[] => [{ kind: 'executing', id, key, at }, { kind: 'computed', id, at: at + 5 }];
  const answered = (fn: 'plain' | 'stale' | 'kept', from: number, more: object = { id: 'a', of: `${fn}/1` }): MemoTold =>
    ({ kind: 'answered', process: 'one#0', fn, key: `${fn}/1`, from, ...more });
  const forgot = (how: 'delete' | 'clear' | 'tag', from: number): MemoTold =>
    ({ kind: 'forgot', process: 'one#0', fn: 'kept', how, keys: ['kept/1'], from, to: from + 10 });

  test('a right history is accepted', () => {
    expect(brokenBy(
      ...run('a', 'kept/1', 0), answered('kept', 10), answered('kept', 20, { error: 'OwnError' }), forgot('clear', 30),
      ...run('b', 'kept/1', 35), answered('kept', 50, { id: 'b', of: 'kept/1' }), answered('kept', 31),
    )).toEqual([]);
  });

  test('a value that nobody has computed, and one of another key, are refused', () => {
    expect(brokenBy(answered('plain', 10))).toEqual(['a value was computed, for this key']);
    expect(brokenBy(...run('a', 'plain/2', 0), answered('plain', 10))).toEqual(['a value was computed, for this key']);
    expect(brokenBy(...run('a', 'plain/1', 0), answered('plain', 10, { id: 'a', of: 'plain/2' }))).toEqual(['a value was computed, for this key']);
  });

  test.each(['plain', 'stale'] as const)('a value of %s that has outlived its time is refused', (fn) => {
    expect(brokenBy(...run('a', `${fn}/1`, 0), answered(fn, LIVES[fn] + LONG)))
      .toEqual(['a value is never older than its ttl and the time that it may be stale']);
  });

  test.each(['delete', 'clear', 'tag'] as const)('a value from before %s is refused after it', (how) => {
    expect(brokenBy(...run('a', 'kept/1', 0), forgot(how, 100), answered('kept', 200))).toEqual([`after ${how}, no value that was computed before`]);
    // Of a run that had begun before, too.
    const [begun, ended]: MemoTold[] = [{ kind: 'executing', id: 'a', key: 'kept/1', at: 90 }, { kind: 'computed', id: 'a', at: 150 }];
    expect(brokenBy(begun!, forgot(how, 100), ended!, answered('kept', 200)))
      .toEqual([`after ${how}, no value that was computed before`]);
  });

  test('an error that is not the function\'s is refused', () => {
    expect(brokenBy(answered('plain', 10, { error: 'AwsError: no table' }))).toEqual(['a call fails only with the function\'s own error']);
  });

  test('runs of a key are counted', () => {
    const history = new MemoHistory();
    for (const told of [...run('a', 'k', 0), ...run('b', 'k', 0), ...run('c', 'other', 0)]) history.take(told);
    expect(history.executions('k')).toBe(2);
  });
});

describe('live', () => {
  function brokenBy(...told: readonly LiveTold[]): string[] {
    const [history, book] = [new LiveHistory(), new Book()];
    told.forEach((each) => history.take(each));
    history.judge(book);
    expect(book.reports().length).toBeGreaterThan(0);
    return brokenIn(book);
  }

  const executing = (bytes: string, at: number, scope = 'a', key = 'k1'): LiveTold => ({ kind: 'executing', bytes, scope, key, at });
  const answered = (bytes: string | undefined, from: number, error?: string): LiveTold =>
    ({ kind: 'answered', process: 'one#0', scope: 'a', key: 'k1', from, status: 'hit', bytes, error });
  const invalidated = (from: number, scopes = ['a']): LiveTold => ({ kind: 'invalidated', process: 'two#0', scopes, from, to: from + 10 });

  test('a right history is accepted', () => {
    expect(brokenBy(
      executing('x', 0), answered('x', 5), answered(undefined, 6, 'E_LIVE_CHANGED'), invalidated(10, ['b']), answered('x', 30), invalidated(40),
      executing('y', 45), answered('y', 60), answered('x', 45),
    )).toEqual([]);
  });

  test('bytes that no execution gave as a whole, and those of another scope or query, are refused', () => {
    expect(brokenBy(executing('x', 0), answered('half of x', 10))).toEqual(['bytes are those of one execution, whole']);
    expect(brokenBy(executing('x', 0, 'b'), answered('x', 10))).toEqual(['nothing of another scope or query']);
    expect(brokenBy(executing('x', 0, 'a', 'k2'), answered('x', 10))).toEqual(['nothing of another scope or query']);
  });

  test('a result that has outlived its time is refused', () => {
    expect(brokenBy(executing('x', 0), answered('x', LONGEST + LONG))).toEqual(['no result is older than its ttl and the time that it may be stale']);
  });

  test('a result from before an invalidation is refused after it, whoever invalidated', () => {
    expect(brokenBy(executing('x', 0), invalidated(10), answered('x', 30)))
      .toEqual(['after an invalidation, no result that was begun before, in any process that has the index']);
  });

  test('past an index that is away, a process knows of its own invalidations alone', () => {
    const past = { kind: 'answered', process: 'one#0', scope: 'a', key: 'k1', from: 30, status: 'bypass index', bytes: 'x' } as const;
    expect(brokenBy(executing('x', 0), invalidated(10), past)).toEqual([]);
    expect(brokenBy(executing('x', 0), invalidated(10), { ...past, process: 'two#0' })).toHaveLength(1);
  });

  test('an error that is not documented is refused', () => {
    expect(brokenBy(answered(undefined, 10, 'E_LIVE_INDEX_TIMEOUT'))).toEqual(['a query fails only with its own error, or one that is documented']);
  });
});

describe('config', () => {
  const NAME = '/app/a';

  type Told = { readonly from: number; readonly value?: string; readonly error?: string };

  function brokenBy(read: Told, found: readonly string[] = []): string[] {
    const [history, book] = [new ConfigHistory(), new Book()];
    history.changed(NAME, valueOf(NAME, '1'), 0);
    history.changed(NAME, undefined, 100);
    history.changed(NAME, valueOf(NAME, '2'), 100);
    history.take({ kind: 'putting', name: NAME, value: valueOf(NAME, 'of a client') });
    history.take({ kind: 'read', process: 'one#0', name: NAME, ...read });
    history.take({ kind: 'found', process: 'one#0', names: found });
    history.judge(book);
    expect(book.reports().length).toBeGreaterThan(0);
    return brokenIn(book);
  }

  test('right reads are accepted', () => {
    expect(brokenBy({ from: 50, value: valueOf(NAME, '1') }, [NAME])).toEqual([]);
    expect(brokenBy({ from: 100 + CONFIG_LIFE.ttl, value: valueOf(NAME, '1') })).toEqual([]);
    expect(brokenBy({ from: LONG, value: valueOf(NAME, '2') })).toEqual([]);
    expect(brokenBy({ from: LONG, value: valueOf(NAME, 'of a client') })).toEqual([]);
    expect(brokenBy({ from: 0, error: 'E_AWS_THROTTLED' })).toEqual([]);
  });

  test('a value for another name, and one that nobody has put, are refused', () => {
    expect(brokenBy({ from: 0, value: valueOf('/app/ab', '1') })).toEqual(['a value is one of this name', 'a value is one that was put']);
    expect(brokenBy({ from: 0, value: valueOf(NAME, '3') })).toEqual(['a value is one that was put']);
  });

  test('a value that was replaced long ago is refused', () => {
    expect(brokenBy({ from: 100 + LONG, value: valueOf(NAME, '1') }))
      .toEqual(['a value that was replaced is not given for longer than ttl and staleIfError']);
  });

  test('an error that is not documented, and a name that there never was, are refused', () => {
    expect(brokenBy({ from: 0, error: 'TypeError: undefined' })).toEqual(['a read fails only with an error that is documented']);
    expect(brokenBy({ from: 0, value: valueOf(NAME, '1') }, [NAME, '/app/b'])).toEqual(['a local copy has no names that there never were']);
  });
});

describe('tasks', () => {
  function brokenBy(told: TasksTold): string[] {
    const book = new Book();
    judge(told, book);
    expect(book.reports().length).toBeGreaterThan(0);
    return brokenIn(book);
  }

  const HEAD = 'by-one/1.txt one 17';
  const file = (path: string, text: string): TasksTold => ({ kind: 'file', process: 'one#0', path, head: HEAD, digest: digestOf(text) });
  const ran = (more: object): TasksTold => ({ kind: 'ran', process: 'one#0', statuses: {}, diskFull: false, ...more });
  const transferred = (more: object): TasksTold => ({ kind: 'transferred', process: 'one#0', what: 'pull', diskFull: false, ...more });

  test('right results, files and transfers are accepted', () => {
    const right = [
      file('by-one/1.txt', textOf(HEAD)), ran({ value: JSON.stringify(TOP_VALUE) }), transferred({ outcome: 'failed' }),
      ran({ error: 'ENOSPC', diskFull: true }), transferred({ error: 'E_TASK_FILES', diskFull: true }),
    ];
    for (const told of right) expect(brokenBy(told)).toEqual([]);
  });

  test('a torn file, and one that is another\'s, are refused', () => {
    expect(brokenBy(file('by-one/1.txt', textOf(HEAD).slice(0, -1)))).toEqual(['no file of a folder is torn, or another\'s']);
    expect(brokenBy(file('by-two/1.txt', textOf(HEAD)))).toEqual(['no file of a folder is torn, or another\'s']);
  });

  test('another result, and a run or transfer that a cache has failed, are refused', () => {
    expect(brokenBy(ran({ value: '{}' }))).toEqual(['results equal those without a cache']);
    expect(brokenBy(ran({ error: 'E_TASK_STORE' }))).toEqual(['a cache fails no run']);
    expect(brokenBy(transferred({ error: 'E_TASK_STORE' }))).toEqual(['a pull or push fails only by the disk']);
  });
});
