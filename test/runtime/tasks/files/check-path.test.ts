import { checkPath, checkTarget, foldName } from '../../../../runtime/tasks/files/check-path';

describe('checkPath', () => {
  test.each(['a', 'a/b.txt', '.hidden', '...',
    'a b', 'ab:c', 'ü/é', '-rf', '~', '$HOME', 'con', 'é'.repeat(127), 'x'.repeat(255), '日本語'.repeat(28)])(
    'takes %p', (path) => { expect(checkPath(path, 'linux')).toBeUndefined(); });

  test.each([
    ['', 'is empty'], ['/', 'is absolute'], ['/etc/passwd', 'is absolute'], ['//a', 'is absolute'], ['C:', 'a drive'], ['c:/x', 'a drive'],
    ['..', 'has the name ..'], ['../a', 'has the name ..'], ['a/../../b', 'has the name ..'], ['a/..', 'has the name ..'], ['.', 'has the name .'],
    ['a/./b', 'has the name .'], ['a//b', 'empty name'], ['a/', 'empty name'], ['a\\b', 'backslash'], ['..\\a', 'backslash'],
    ['a\0b', 'control character'], ['a\nb', 'control character'], ['\x7f', 'control character'], ['a\x85', 'control character'],
    ['\ud800', 'no valid Unicode'], ['x'.repeat(256), 'longer than 255'], ['é'.repeat(128), 'longer than 255'],
    [Array.from({ length: 2100 }, () => 'ab').join('/'), 'longer than'],
  ])('refuses %p', (path, reason) => {
    expect(checkPath(path, 'linux')).toContain(reason);
    expect(checkPath(path, 'win32')).toContain(reason);
  });

  test.each(['con', 'CON', 'a/nul', 'aux.txt', 'com1', 'LPT9.log', 'com\u00b9', 'ab:c', 'a.', 'a /b', 'a?', 'a*', 'conin$'])(
    'refuses %p on Windows only', (path) => {
      expect(checkPath(path, 'win32')).toMatch(/Windows/);
      expect(checkPath(path, 'linux')).toBeUndefined();
    });

  test('refuses what is no text', () => {
    expect(checkPath(undefined as unknown as string)).toBe('the path is empty');
  });
});

describe('checkTarget', () => {
  test.each([['l', 'a'], ['l', '.'], ['a/l', '..'], ['a/l', '../b'], ['a/b/l', '../../c/d'], ['l', './a//b/'], ['l', '...']])(
    'a link %s to %s stays in the folder', (path, target) => { expect(checkTarget(path, target)).toBeUndefined(); });

  test.each([
    ['l', '..', 'leads out'], ['a/l', '../..', 'leads out'], ['a/l', './/../../x', 'leads out'], ['l', '/etc', 'absolute'], ['l', 'c:x', 'drive'],
    ['l', 'a\\b', 'backslash'], ['l', 'a\nb', 'control'], ['l', '', 'empty'],
    ['l', 'a/..', 'after it went down'], ['a/l', '../b/../../..', 'after it went down'],
  ])('a link %s to %s is refused', (path, target, reason) => { expect(checkTarget(path, target)).toContain(reason); });
});

test.each([
  ['README', 'readme'], ['É', 'e\u0301'], ['straße', 'STRASSE'], ['.g\u200cit', '.git'], ['ﬁ', 'FI'], ['Σ', 'ς'],
])('%p and %p are one name somewhere', (a, b) => { expect(foldName(a)).toBe(foldName(b)); });

test('names that are told apart everywhere stay apart', () => {
  expect(new Set(['a', 'b', 'é', 'e', '日', '本', 'a b'].map(foldName)).size).toBe(7);
});
