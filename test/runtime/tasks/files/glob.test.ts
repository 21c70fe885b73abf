import { folderOf, ignoreMatcher, LUIGI_TEMPORARY, pathMatcher } from '../../../../runtime/tasks/files/glob';

describe('pathMatcher', () => {
  test.each([
    ['a.txt', 'a.txt', true], ['a.txt', 'b/a.txt', false], ['a.txt', 'aXtxt', false],
    ['*.txt', 'a.txt', true], ['*.txt', '.txt', true], ['*.txt', 'a.txt.gz', false], ['*.txt', 'b/a.txt', false],
    ['a*b*c', 'abc', true], ['a*b*c', 'aXbYc', true], ['a*b*c', 'acb', false], ['a*a', 'a', false],
    ['*/x', 'a/x', true], ['*/x', 'x', false], ['*/x', 'a/b/x', false],
    ['**/x', 'x', true], ['**/x', 'a/x', true], ['**/x', 'a/b/x', true], ['**/x', 'a/bx', false],
    ['a/**', 'a', false], ['a/**', 'a/b', true], ['a/**', 'a/b/c', true], ['a/**', 'ab/c', false],
    ['a/**/z', 'a/z', true], ['a/**/z', 'a/b/c/z', true], ['a/**/z', 'a/z/b', false],
    ['**/a/**/b', 'x/a/y/a/z/b', true], ['**/a/*/b', 'a/a/a/b', true], ['**/a/*/b', 'a/b', false],
    ['**', 'a/b', true], ['**/**/x', 'x', true], ['a(b)[c]+.{d}?', 'a(b)[c]+.{d}?', true], ['a?', 'ab', false],
  ])('%s and %s: %s', (pattern, path, matches) => {
    expect(pathMatcher([pattern])(path)).toBe(matches);
  });

  test('one of several patterns is enough; none match nothing', () => {
    expect(pathMatcher(['x', 'a/*'])('a/b')).toBe(true);
    expect(pathMatcher([])('a')).toBe(false);
  });

  test('a pattern with many wildcards takes no longer than both are long', () => {
    const steps = pathMatcher([`${'**/a*a*a*a*/'.repeat(200)}z`]);
    expect(steps(Array.from({ length: 2000 }, () => 'a'.repeat(50)).join('/'))).toBe(false);
  });

  test.each(['', '/a', 'a/', 'a//b', './a', 'a/..', '../a', 'a\\b', 'a/b**', '***'])('fails for %p', (pattern) => {
    expect(() => pathMatcher([pattern], 'inputs')).toThrow(/inputs must be relative paths such as 'reports\/\*\.json'.*got '/);
    expect(() => ignoreMatcher([pattern === '/a' ? '//a' : pattern])).toThrow(/ignore must be relative paths/);
  });

  test('fails for what is no text', () => {
    expect(() => pathMatcher([7 as unknown as string])).toThrow(/got 7/);
  });
});

describe('ignoreMatcher', () => {
  test('names without a slash are meant wherever they are, with what is below', () => {
    const ignored = ignoreMatcher(['node_modules', '*.tmp']);
    expect(['node_modules', 'a/node_modules', 'a/node_modules/b/c', 'x.tmp', 'a/x.tmp/y'].map(ignored)).toEqual([true, true, true, true, true]);
    expect(['node_modules2', 'a/x.tmp2', 'a'].map(ignored)).toEqual([false, false, false]);
  });

  test('with a slash, they are meant from the root on', () => {
    const ignored = ignoreMatcher(['a/b', 'logs/**']);
    expect(['a/b', 'a/b/c', 'logs/x', 'logs/x/y'].map(ignored)).toEqual([true, true, true, true]);
    expect(['x/a/b', 'a', 'logs', 'b'].map(ignored)).toEqual([false, false, false, false]);
  });

  test('after a slash, they are meant at the top only', () => {
    const ignored = ignoreMatcher(['/b', '/c/d']);
    expect(['b', 'b/x', 'c/d', 'a/b', 'a/c/d', 'c'].map(ignored)).toEqual([true, true, true, false, false, false]);
  });

  test('what Luigi leaves is ignored by default', () => {
    expect(ignoreMatcher([LUIGI_TEMPORARY])('output/T/a.json-luigi-tmp-0123456789')).toBe(true);
    expect(ignoreMatcher([LUIGI_TEMPORARY])('output/T/a.json')).toBe(false);
  });
});

test.each([['a/b/*.txt', 'a/b'], ['*.txt', ''], ['a/b.txt', 'a'], ['a.txt', ''], ['a/**/b/*.c', 'a'], ['**', ''], ['a*/b', '']])(
  'all of %s is in %p', (pattern, folder) => { expect(folderOf(pattern)).toBe(folder); });
