import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TreeEntry } from '../../../../runtime/tasks/content/shapes';
import { checkPath } from '../../../../runtime/tasks/files/check-path';
import { restoreTree } from '../../../../runtime/tasks/files/restore';
import { randomNumbers } from '../../home/fuzz';
import { file, folder, link, memoryContents, seen, temporary } from './trees';

const PARTS = [
  'a', 'b', 'c', 'A', 'out', 'up', 'in', 'pipe', '..', '.', '', '...', '.. ', '..\\', 'a\\..\\..\\x', 'C:', 'c:..', '\0', 'a\0b', '\n', '\u2025',
  '\uff0e\uff0e', '%2e%2e', '%2f', '\u2215',
  '~', '$HOME', '-rf', 'con', 'nul.txt', 'x'.repeat(256), 'é', 'e\u0301', '\u202e', '\ufeff..', '\ud800', 'canary', 'root',
  '.git', 'output', 'etc', '__proto__', 'constructor',
];

test('whatever 30,000 paths and links say, and whatever lies in the folder, nothing outside of it changes', async () => {
  const base = temporary();
  const root = join(base, 'deep/er/output');
  const canary = { [join(base, 'canary')]: 'base', [join(base, 'deep/canary')]: 'deep', [join(base, 'deep/er/canary')]: 'er' };
  mkdirSync(join(base, 'deep/er/beside/a'), { recursive: true });
  for (const [path, text] of Object.entries(canary)) writeFileSync(path, text);
  writeFileSync(join(base, 'deep/er/beside/a/b'), 'beside');
  const outside = () => Object.fromEntries(Object.entries(seen(base)).filter(([path]) => !path.startsWith('deep/er/output')));
  const before = outside();

  const random = randomNumbers(2024);
  const one = <T>(list: readonly T[]): T => list[random(list.length)];
  const path = () => {
    const text = Array.from({ length: 1 + random(4) }, () => one(random(3) === 0 ? PARTS : PARTS.slice(0, 8))).join('/');
    return random(12) === 0 ? one([`/${text}`, `//${text}`, join(base, text), `${root}/../${text}`, `${text}/`, `../${text}`, `..//${text}`]) : text;
  };
  const { contents } = memoryContents();
  let paths = 0;
  let written = 0;
  let refused = 0;
  for (let round = 0; paths < 30_000; round++) {
    rmSync(root, { recursive: true, force: true });
    if (round % 3 !== 0) {
      mkdirSync(join(root, 'a'), { recursive: true });
      for (const [name, to] of [['out', '../beside'], ['up', '..'], ['in', 'a'], ['a/out', '../../beside'], ['b', join(base, 'deep')]]) {
        symlinkSync(to, join(root, name));
      }
      if (round % 6 === 1) execFileSync('mkfifo', [join(root, 'pipe')]);
    }
    const entries: TreeEntry[] = Array.from({ length: 60 }, () => {
      const [name, kind] = [path(), random(6)];
      const mode = one([0o644, 0o755, 0o4755, 0o7777, 0o666]);
      if (kind < 3) return file(contents, name, `hostile ${random(5)}`, mode);
      if (kind === 3) return folder(name, one([0o755, 0o1777]));
      return link(name, random(2) === 0 ? path() : one(['..', '../..', 'a/..', 'in/../..', '../beside', '/etc', 'a']));
    });
    paths += entries.length;
    await contents.flush();
    const doomed = Array.from({ length: 10 }, path);
    const report = await restoreTree(root, [{ tree: { entries }, contents }], { delete: doomed, caseSensitive: round % 5 === 0 ? false : undefined });
    written += report.written;
    refused += report.refused.length;
    expect(outside()).toEqual(before);
    for (const name of Object.keys(seen(root))) {
      const [at, entry] = [join(root, name), lstatSync(join(root, name))];
      if (!at.startsWith(`${root}/`)) throw new Error(`${at} is not below the folder`);
      // By way of each other, too, links of the tree lead nowhere else; those that lay there are the test's.
      const leads = entry.isSymbolicLink() && round % 3 === 0 && existsSync(at) ? realpathSync(at) : root;
      if (leads !== root && !leads.startsWith(`${root}/`)) throw new Error(`${at} leads to ${leads}`);
      if (!entry.isSymbolicLink() && (entry.mode & 0o7000) !== 0) throw new Error(`${at} has a mode that makes others of those who run it`);
    }
  }
  expect(readdirSync(join(base, 'deep/er')).sort()).toEqual(['beside', 'canary', 'output']);
  expect(written).toBeGreaterThan(3000);
  expect(refused).toBeGreaterThan(10_000);
  rmSync(base, { recursive: true, force: true });
}, 240_000);

test('50,000 more paths are refused or stay below a folder, on each platform', () => {
  const random = randomNumbers(7);
  for (let i = 0; i < 50_000; i++) {
    const path = Array.from({ length: 1 + random(5) }, () => PARTS[random(PARTS.length)]).join(random(9) === 0 ? '\\' : '/');
    for (const platform of ['linux', 'win32'] as const) {
      if (checkPath(path, platform) !== undefined) continue;
      expect(join('/root/folder', path).startsWith('/root/folder/')).toBe(true);
      expect(path).not.toMatch(/[\0\\]|^[a-z]:|(^|\/)\.{0,2}(\/|$)/i);
    }
  }
});
