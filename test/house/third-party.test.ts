import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const MODULE = pathToFileURL(join(__dirname, '../../build-tools/third-party.mjs')).href;

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'third-party-')); });
afterEach(() => rmSync(folder, { recursive: true }));

function install(path: string, license: unknown, files: Readonly<Record<string, string>> = {}): void {
  mkdirSync(join(folder, path), { recursive: true });
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  writeFileSync(join(folder, path, 'package.json'), JSON.stringify({ name, version: '1.0.0', license }));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, path, file), text);
}

/** What is written beside the bundles: of handlers that are made of these files, and of folders that are shipped as they are. */
function noticesOf(files: Readonly<Record<string, number>>, folders: readonly string[] = []): string {
  const inputs = Object.fromEntries(Object.entries(files).map(([file, bytesInOutput]) => [file, { bytesInOutput }]));
  const bundles = { handlers: [{ outputs: { 'index.mjs': { inputs } } }] };
  const script = `import { notices, thirdParty } from '${MODULE}';
    process.stdout.write(notices(thirdParty(${JSON.stringify(bundles)}, ${JSON.stringify(folders)})));`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

test('packages whose code is in a bundle are named with their texts, each text once', () => {
  install('node_modules/one', 'MIT', { LICENSE: 'the text' });
  install('node_modules/@scope/two', 'MIT', { 'LICENSE-MIT.txt': 'the text\n' });
  install('node_modules/one/node_modules/three', 'Apache-2.0', { LICENSE: 'terms', 'NOTICE.txt': 'and a notice' });
  install('node_modules/unused', 'GPL-3.0');
  const text = noticesOf({
    'lambda-src/x.ts': 10, 'node_modules/one/index.js': 5, 'node_modules/@scope/two/lib/a.js': 5, 'node_modules/one/node_modules/three/b.js': 1,
    'node_modules/unused/index.js': 0,
  }, ['node_modules/one']);
  expect(text).toContain('@scope/two 1.0.0 (MIT; in: handlers)\none 1.0.0 (MIT; in: handlers, package)\n\nthe text\n');
  expect(text).toContain('three 1.0.0 (Apache-2.0; in: handlers)\n\nterms\n\nand a notice\n');
  expect(text).not.toContain('unused');
});

test('a package without a text is named with its licence', () => {
  install('node_modules/silent', 'ISC');
  expect(noticesOf({ 'node_modules/silent/index.js': 1 })).toContain('silent 1.0.0 (ISC; in: handlers)\n\n(ISC; the package brings no text of it)\n');
});

test.each([
  ['GPL-3.0', '"GPL-3.0"'], [undefined, 'undefined'], ['(MIT OR GPL-2.0)', '"(MIT OR GPL-2.0)"'],
])('fails on what is under %s', (licence, shown) => {
  install('node_modules/viral', licence);
  expect(() => noticesOf({ 'node_modules/viral/index.js': 1 })).toThrow(`viral 1.0.0 is under ${shown}: bundle what is under 0BSD, `);
});
