import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bare, NAME, node, NOWHERE, ROOT, sandbox, script, succeed, tarball, writeJson } from './sandbox';

const PNPM = join(ROOT, 'node_modules/pnpm/bin/pnpm.cjs');
const MEMOIZE = `import { memoize } from '${NAME}/memoize';
let runs = 0;
const double = memoize(async function double(n) { runs += 1; return n * 2; });
console.log(await double(21), await double(21), runs);`;

async function pnpm(cwd: string, ...args: string[]): Promise<string> {
  const env = { XDG_CACHE_HOME: sandbox('pnpm-cache'), XDG_STATE_HOME: sandbox('pnpm-state'), npm_config_registry: NOWHERE };
  const settings = [`--store-dir=${sandbox('pnpm-store')}`, '--config.fetch-retries=0', '--config.manage-package-manager-versions=false'];
  return (await succeed([PNPM, ...args, ...settings], { cwd, env })).stdout;
}

function project(name: string): string {
  const folder = sandbox(name);
  mkdirSync(folder);
  writeJson(join(folder, 'package.json'), { name, version: '1.0.0', private: true });
  return folder;
}

/** Every package that is installed anywhere below a folder. */
function installed(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name === 'package.json')
    .map((entry) => /node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(entry.parentPath)?.[1])
    .filter((name) => name !== undefined)
    .sort();
}

describe('npm, in an application that only memoizes', () => {
  test('installs one package with what it ships, no CDK and no SDK, and asks no registry', () => {
    expect(readdirSync(bare('node_modules')).filter((name) => !name.startsWith('.'))).toEqual([NAME]);
    expect(installed(bare())).toEqual(['@leeoniya/ufuzzy', NAME, 'lru-cache']);
  });

  test('links the command', () => {
    expect(lstatSync(bare('node_modules/.bin/cache-tiers')).isSymbolicLink()).toBe(true);
  });

  test('works', async () => {
    expect(await script(bare('memoize.mjs'), MEMOIZE)).toBe('42 42 1');
  });
});

describe('pnpm', () => {
  test('installs neither CDK nor SDK for an application that only memoizes, and asks no registry', async () => {
    const folder = project('pnpm-bare');
    await pnpm(folder, 'add', tarball());
    expect(existsSync(join(folder, 'node_modules/.pnpm'))).toBe(true); // the strict layout
    expect([...new Set(installed(folder))]).toEqual(['@leeoniya/ufuzzy', NAME, 'lru-cache']);
    expect(readFileSync(join(folder, 'pnpm-lock.yaml'), 'utf8')).not.toMatch(/^ {2}'?(aws-cdk-lib|constructs|@aws-sdk\/[\w-]+)@/m);
    expect(await script(join(folder, 'memoize.mjs'), MEMOIZE)).toBe('42 42 1');
    const constructs = await node(['-e', `require('${NAME}')`], { cwd: folder });
    expect(constructs.stderr).toMatch(/Cannot find module '(aws-cdk-lib|constructs)/);
  });

  test('lets a project with the CDK import the constructs, from its strict layout', async () => {
    const folder = project('pnpm-cdk');
    const links = ['aws-cdk-lib', 'constructs'].map((name) => `link:${join(ROOT, 'node_modules', name)}`);
    await pnpm(folder, 'add', ...links, tarball());
    expect(await script(join(folder, 'cdk.cjs'), `
      const { App, Stack } = require('aws-cdk-lib');
      const { MemoCache } = require('${NAME}');
      const cache = new MemoCache(new Stack(new App(), 'Stack'), 'Cache');
      console.log(cache.node.path);`)).toBe('Stack/Cache');
  });
});
