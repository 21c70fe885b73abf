import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join, relative, sep } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { bare, NAME, ROOT, tarball } from './sandbox';
import { tracesIn } from './traces';

const MEGABYTE = 1024 * 1024;

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

const sources = (folder: string) => filesIn(join(ROOT, folder)).filter((file) => file.endsWith('.ts')).map((file) => file.slice(0, -'.ts'.length));
const shipped = filesIn(bare('node_modules', NAME));

test('has what it must have', () => {
  const documents = ['README.md', 'LICENSE', 'API.md', 'CHANGELOG.md'].filter((file) => existsSync(join(ROOT, file)));
  expect(documents).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'API.md']));
  const cli = ['build/cli/index.js', 'build/cli/start.mjs'];
  const builds = ['build/index.js', 'build/index.d.ts', ...cli, 'build/esm/package.json', 'build/cjs/package.json'];
  expect(shipped).toEqual(expect.arrayContaining(['.jsii', 'package.json', 'node_modules/lru-cache/package.json', ...documents, ...builds]));
});

test('has every construct, and every client twice, and nothing that has lost its source', () => {
  const forms = (file: string) => [`${file}.js`, `${file}.d.ts`];
  const constructs = sources('lib').map((file) => `build/${file}`).flatMap(forms);
  const clients = ['esm', 'cjs'].flatMap((format) => sources('runtime').map((file) => `build/${format}/runtime/${file}`).flatMap(forms));
  const contract = ['esm', 'cjs'].flatMap((format) => sources('lib/contract').map((file) => `build/${format}/lib/contract/${file}`).flatMap(forms));
  const built = shipped.filter((file) => /^build\/.*\.(js|d\.ts)$/.test(file) && file !== 'build/cli/index.js');
  expect(built).toEqual(expect.arrayContaining([...constructs, ...clients]));
  expect(built.filter((file) => ![...constructs, ...clients, ...contract].includes(file))).toEqual([]);
});

test('has a bundle for every handler', () => {
  const handlers = filesIn(join(ROOT, 'lambda-src')).flatMap((file) => /([\w-]+)\.lambda\.ts$/.exec(file)?.[1] ?? []);
  expect(handlers.length).toBeGreaterThan(0);
  expect(shipped.filter((file) => file.startsWith('assets/'))).toEqual(handlers.map((name) => `assets/${name}/index.mjs`).sort());
});

test('has no source, no test, no scratch', () => {
  const known = [
    /^(package\.json|README\.md|LICENSE|API\.md|CHANGELOG\.md|\.jsii)$/,
    /^assets\/[a-z-]+\/index\.mjs$/,
    /^build\/.*(\.js|\.d\.ts)$/,
    /^build\/cli\/(start|chunks\/[\w.-]+)\.mjs$/,
    /^build\/(esm|cjs)\/package\.json$/,
    /^build\/THIRD-PARTY-NOTICES\.txt$/,
    /^node_modules\/(lru-cache|@leeoniya\/ufuzzy)\//,
  ];
  expect(shipped.filter((file) => !known.some((pattern) => pattern.test(file)))).toEqual([]);
});

test('is at most 3 MB, and a handler at most 600 KB', () => {
  expect(statSync(tarball()).size).toBeLessThanOrEqual(3 * MEGABYTE);
  for (const file of shipped.filter((name) => name.startsWith('assets/'))) {
    expect({ file, fits: statSync(bare('node_modules', NAME, file)).size <= 600 * 1024 }).toEqual({ file, fits: true });
  }
});

describe('names no machine, no user and no registry', () => {
  test('in any file', () => {
    const found = shipped.map((file) => ({ file, traces: tracesIn(readFileSync(bare('node_modules', NAME, file), 'utf8')) }));
    expect(found.length).toBeGreaterThan(100);
    expect(found.filter(({ traces }) => traces.length > 0)).toEqual([]);
  });

  test('in the archive itself: owners, names and paths of its entries', () => {
    const headers = headersOf(gunzipSync(readFileSync(tarball())));
    expect(headers.map(({ name }) => name)).toContain('package/package.json');
    expect(headers.filter(({ name, user, group }) => user !== '' || group !== '' || tracesIn(name).length > 0)).toEqual([]);
  });

  test.each([
    ['checkout', join(ROOT, 'lib/index.ts')], ['checkout', `file://${ROOT}`], ['home folder', join(homedir(), '.npmrc')],
    ['home folder', '/home/somebody/work'], ['home folder', '/Users/some.body/work'], ['temporary folder', join(tmpdir(), 'x.tgz')],
    ['registry', ['https://registry', 'npmjs', 'org/lru-cache'].join('.')], ['registry', ['//company', 'jfrog', 'io/artifactory'].join('.')],
    ['user', `${userInfo().username}@machine`],
  ])('and would be caught with its %s: %s', (name, text) => {
    expect(tracesIn(`"resolved": "${text}"`)).toContain(name);
  });

  test.each(['node.root.resolve()', 'https://github.com/cdk-cache-tiers', 'src/tmp/x', 'https://www.npmjs.com/package/lru-cache', 'root: true'])(
    'but not with %s', (text) => {
      expect(tracesIn(text)).toEqual([]);
    });
});

/** Headers of a tar archive, 512 bytes each before their files. */
function headersOf(archive: Buffer): { name: string; user: string; group: string }[] {
  const headers = [];
  const text = (at: number, length: number) => archive.toString('utf8', at, at + length).replace(/\0[^]*$/, '');
  for (let at = 0; archive[at] !== 0; at += 512 * (1 + Math.ceil(parseInt(text(at + 124, 12), 8) / 512))) {
    headers.push({ name: text(at, 100), user: text(at + 265, 32), group: text(at + 297, 32) });
  }
  return headers;
}
