import { existsSync } from 'node:fs';
import path from 'node:path';
import { anchorsOf, linksOf, PAGES, REPOSITORY, textOf, TRACKED, type Link } from './markdown';

/** Files, and the folders that they are in: what is there on one's own disk only is nowhere for a reader. */
const THERE = new Set(TRACKED.flatMap((file) => file.split('/').map((_, depth, parts) => parts.slice(0, depth + 1).join('/'))));

/** @returns why a link leads nowhere, or undefined */
function objection(from: string, target: string): string | undefined {
  if (/^[a-z]+:/.test(target)) return URL.canParse(target) && /^(https|mailto):/.test(target) ? undefined : 'not an address with https';
  const [relative, anchor] = target.split('#');
  const file = relative === '' ? from : path.posix.join(path.posix.dirname(from), decodeURIComponent(relative)).replace(/\/$/, '');
  if (file !== '.' && !THERE.has(file)) return existsSync(path.join(REPOSITORY, file)) ? 'git does not track it' : 'there is no such file';
  if (anchor === undefined) return undefined;
  if (!file.endsWith('.md')) return /^L\d+(-L\d+)?$/.test(anchor) ? undefined : 'only pages have anchors';
  return anchorsOf(textOf(file)).has(anchor) ? undefined : 'there is no such heading';
}

function objections(file: string, links: readonly Link[]): string[] {
  return links.flatMap(({ place, target }) => {
    const found = objection(file, target);
    return found === undefined ? [] : [`${place}: ${target}: ${found}`];
  });
}

test.each(PAGES)('every link of %s leads somewhere', (file) => {
  expect(objections(file, linksOf(file))).toEqual([]);
});

test('a link that leads nowhere is found, in whatever form', () => {
  const page = '# A `b()`: c, d\n## A\n## A\n[1](#a-b-c-d) [2](#a-1)\n[3](#a-2) [4](none.md) ![5](../none.svg)\n[6]: ../package-json\n[7](http://a.b)\n`[8](none.md)`\n'
    + '```sh\n[9](none.md)\n```\n[10](memo.md#none "title") <img src="none.svg">\n';
  expect([...anchorsOf(page)]).toEqual(['a-b-c-d', 'a', 'a-1']);
  expect(linksOf('docs/testing.md', page).map(({ target }) => target).sort())
    .toEqual(['#a-1', '#a-2', '#a-b-c-d', '../none.svg', '../package-json', 'http://a.b', 'memo.md#none', 'none.md', 'none.svg']);
  const wrong = linksOf('docs/testing.md', page).filter(({ target }) => !target.startsWith('#') && !target.startsWith('memo.md'));
  expect(objections('docs/testing.md', wrong)).toEqual([
    'docs/testing.md:5: none.md: there is no such file', 'docs/testing.md:5: ../none.svg: there is no such file',
    'docs/testing.md:7: http://a.b: not an address with https', 'docs/testing.md:6: ../package-json: there is no such file',
    'docs/testing.md:12: none.svg: there is no such file',
  ]);
  expect(objection('docs/testing.md', '#none')).toBe('there is no such heading');
  expect(objection('README.md', 'docs/testing.md#none')).toBe('there is no such heading');
});
