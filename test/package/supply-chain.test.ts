import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bare, NAME, ROOT } from './sandbox';

interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly bundledDependencies: readonly string[];
}

const shipped = (file: string) => readFileSync(bare('node_modules', NAME, file), 'utf8');
const manifest = JSON.parse(shipped('package.json')) as Manifest;
const notices = [...shipped('build/THIRD-PARTY-NOTICES.txt').matchAll(/^(\S+) (\S+) \(([^;)\n]+); in: ([^)\n]+)\)$/gm)]
  .map(([, name, version, licence, parts]) => ({ name, version, licence, parts: parts.split(', ') }));
const page = readFileSync(join(ROOT, 'docs/supply-chain.md'), 'utf8');

test('nothing runs when it is installed, by it or by what it brings', () => {
  const packages = ['package.json', ...manifest.bundledDependencies.map((name) => `node_modules/${name}/package.json`)];
  for (const file of packages) {
    const { scripts = {} } = JSON.parse(shipped(file)) as Manifest;
    expect([file, Object.keys(scripts).filter((name) => /^(pre|post)?install$/.test(name))]).toEqual([file, []]);
  }
});

test('it depends on nothing but what is named, and brings that along', () => {
  expect(Object.keys(manifest.dependencies)).toEqual(['@leeoniya/ufuzzy', 'lru-cache']);
  expect(manifest.bundledDependencies).toEqual(Object.keys(manifest.dependencies));
});

test('licences of what is shipped travel with it: of handlers, the command line and the package itself', () => {
  expect(notices).toEqual(expect.arrayContaining([
    expect.objectContaining({ name: '@aws-lambda-powertools/logger', licence: 'MIT-0', parts: ['handlers'] }),
    expect.objectContaining({ name: 'commander', licence: 'MIT', parts: ['command line'] }),
    expect.objectContaining({ name: 'lru-cache', licence: 'BlueOak-1.0.0', parts: ['command line', 'package'] }),
  ]));
  expect(notices.length).toBeGreaterThan(80);
  expect(shipped('build/THIRD-PARTY-NOTICES.txt')).toContain('Permission is hereby granted');
  expect(shipped('build/THIRD-PARTY-NOTICES.txt')).toContain('Apache License');
});

test('the page names every licence, and what is bundled on purpose', () => {
  const licences = new Set(notices.map(({ licence }) => licence));
  expect([...licences].filter((licence) => !page.includes(`\`${licence}\``))).toEqual([]);
  const named = [...page.matchAll(/^\| `([^`]+)` \| (\S+) \|/gm)].map(([, name, licence]) => ({ name, licence }));
  expect(named.length).toBeGreaterThan(10);
  for (const one of named) expect(notices.map(({ name, licence }) => ({ name, licence }))).toContainEqual(one);
});
