import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bare, full, NAME, node, ROOT, script, succeed, writeJson } from './sandbox';

const manifest = JSON.parse(readFileSync(bare('node_modules', NAME, 'package.json'), 'utf8')) as
  { exports: Record<string, unknown>; bin: Record<string, string> };
const subpaths = Object.keys(manifest.exports).filter((path) => path !== '.' && !/json|jsii/.test(path)).map((path) => path.slice(2));

/** A name that each subpath must export. */
const EXPORTS: Record<string, string> = {
  memoize: 'memoize', config: 'ConfigClient', testing: 'assetHashSerializer', 'testing/serializer': 'serialize',
};

test('the subpaths are those of build-tools/subpaths.ts', () => {
  expect(subpaths).toEqual(expect.arrayContaining(['memoize', 'testing', 'testing/serializer', 'aws-sdk']));
});

describe.each([['without', bare], ['with', full]])('%s CDK and SDK', (_, project) => {
  const usable = subpaths.filter((name) => name !== 'aws-sdk' || project === full); // the one client that is for SDK users

  test.each(usable)('ESM imports and CommonJS requires %s, with the same names', async (name) => {
    const print = 'JSON.stringify(Object.keys(module).filter((key) => key !== "module.exports" && key !== "__esModule").sort())';
    const esm = await script(project('esm.mjs'), `import * as module from '${NAME}/${name}'; console.log(${print});`);
    const cjs = await script(project('cjs.cjs'), `{ const module = require('${NAME}/${name}'); console.log(${print}); }`);
    expect(JSON.parse(esm)).toEqual(JSON.parse(cjs));
    if (EXPORTS[name]) expect(JSON.parse(esm)).toContain(EXPORTS[name]);
  });
});

test('ESM imports and CommonJS requires the constructs by name', async () => {
  expect(await script(full('named.mjs'), `import { MemoCache } from '${NAME}'; console.log(MemoCache.name);`)).toBe('MemoCache');
  expect(await script(full('named.cjs'), `const { MemoCache } = require('${NAME}'); console.log(MemoCache.name);`)).toBe('MemoCache');
});

test('jest takes the serializer by name from its configuration', async () => {
  writeFileSync(full('masks.test.js'), `test('masks', () => {
    expect({ S3Key: 'a'.repeat(64) + '.zip' }).toMatchInlineSnapshot(\`
{
  "S3Key": "<asset-hash>.zip",
}
\`);
  });`);
  const config = full('jest.config.json');
  writeJson(config, { testMatch: ['**/masks.test.js'], snapshotSerializers: [`${NAME}/testing/serializer`] });
  const { stderr } = await succeed([join(ROOT, 'node_modules/jest/bin/jest.js'), '--ci', '--config', config], { cwd: full() });
  expect(stderr).toContain('1 passed');
});

test('jsii and tools find .jsii and package.json', async () => {
  expect(await script(full('paths.cjs'), `console.log(require('${NAME}/package.json').name, require.resolve('${NAME}/.jsii').slice(-5));`))
    .toBe(`${NAME} .jsii`);
});

test('what is not a subpath is not to be had', async () => {
  const { code, stderr } = await node(['-e', `require('${NAME}/build/cli/index.js')`], { cwd: bare() });
  expect(code).toBe(1);
  expect(stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
});

test('the command runs from the tarball, without CDK and SDK', async () => {
  const command = bare('node_modules', NAME, manifest.bin['cache-tiers']);
  expect(readFileSync(command, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  const { stdout } = await succeed([bare('node_modules/.bin/cache-tiers'), '--help'], { cwd: bare() });
  expect(stdout).toContain('Usage: cache-tiers');
});
