import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { typeErrors } from '../support/type-errors';

/**
 * Compiles the TypeScript snippets of each tier's README as jsii-rosetta does those of the package's own README: inside the
 * fixture, where it says so, each alone. The package's name is its sources.
 */
const REPOSITORY = path.join(__dirname, '../..');
const [before, after] = readFileSync(path.join(REPOSITORY, 'rosetta/default.ts-fixture'), 'utf8').split('/// here');

const FILES = readdirSync(path.join(REPOSITORY, 'lib'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('README.md'));

function snippets(file: string, language = 'ts'): string[] {
  const text = readFileSync(path.join(REPOSITORY, 'lib', file), 'utf8');
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].filter(([, info]) => info === language).map(([, , code]) => code);
}

/** `declare` is not allowed inside a function, so those lines go before the class, as rosetta moves them. */
function program(code: string): string {
  const lines = code.split('\n');
  const declared = lines.filter((line) => line.startsWith('declare '));
  const rest = lines.filter((line) => !line.startsWith('declare '));
  return `${before.replace('class Fixture', `${declared.join('\n')}\nclass Fixture`)}${rest.join('\n')}${after}`;
}

test('every TypeScript snippet of the tiers\' READMEs compiles, and a broken one would not', () => {
  const sources = new Map(FILES.flatMap((file) => snippets(file)
    .map((code, index) => [path.join(REPOSITORY, `lib/${path.dirname(file)}-snippet-${index + 1}.ts`), program(code)] as const)));
  expect(sources.size).toBeGreaterThan(5);
  // In the same run, because a run takes seconds.
  sources.set(path.join(REPOSITORY, 'lib/broken-snippet.ts'), program('new MemoCache(this, \'Cache\', { tabelName: \'x\' });'));
  const found = typeErrors(sources, { 'cdk-cache-tiers': 'lib/index.ts' }, { esModuleInterop: true });
  expect(found).toEqual([expect.stringMatching(/^lib\/broken-snippet\.ts: .*'tabelName' does not exist/)]);
}, 60_000);

test('snippets that jsii-rosetta cannot translate are marked as JavaScript', () => {
  for (const file of FILES) for (const code of snippets(file)) expect(code).not.toMatch(/=>/);
});

// That app is synthesized, and compared with TypeScript's, by npm run e2e:languages.
test.each(FILES)('the Python of %s is, line for line, what is marked with its folder in the app that is synthesized', (file) => {
  const app = readFileSync(path.join(REPOSITORY, 'test/e2e/languages/app.py'), 'utf8');
  const regions = [...app.matchAll(/^# region ([^\n]+)\n(.*?)^# endregion$/gms)];
  const own = regions.filter(([, folders]) => folders.split(' ').includes(path.dirname(file))).map(([, , code]) => code).join('');
  expect(own).not.toBe('');
  expect(snippets(file, 'python')).toEqual([own]);
});
