import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { full, NAME, NOWHERE, sandbox, succeed } from './sandbox';

/** Loaded before the app: whatever starts a process or opens a connection fails and is named. */
const ALONE = `
const refuse = (what) => (...args) => { throw new Error('synthesis used ' + what + ': ' + String(args[0])); };
const process_ = require('node:child_process');
for (const name of ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']) process_[name] = refuse('child_process.' + name);
require('node:net').Socket.prototype.connect = refuse('a connection');
for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6']) require('node:dns')[name] = refuse('the name of a host');
`;

const APP = `
const { App, Stack } = require('aws-cdk-lib');
const { MemoCache, MemoFlush } = require('${NAME}');
const app = new App({ outdir: process.argv[2] });
const stack = new Stack(app, 'Stack');
const cache = new MemoCache(stack, 'Cache');
new MemoFlush(stack, 'Flush', { cache, trigger: '1' });
app.synth();
`;

interface Template {
  readonly Resources: Record<string, { Type: string; Properties: { Code?: { S3Key?: string } } }>;
}

async function synthesize(name: string): Promise<{ template: Template; folder: string }> {
  const folder = sandbox(name);
  mkdirSync(sandbox('empty'), { recursive: true });
  writeFileSync(full('alone.cjs'), ALONE);
  writeFileSync(full('app.cjs'), APP);
  await succeed(['--require', full('alone.cjs'), full('app.cjs'), folder], {
    cwd: full(),
    env: { PATH: sandbox('empty'), HOME: sandbox('empty'), npm_config_registry: NOWHERE, HTTPS_PROXY: NOWHERE, AWS_ENDPOINT_URL: NOWHERE },
  });
  return { template: JSON.parse(readFileSync(join(folder, 'Stack.template.json'), 'utf8')) as Template, folder };
}

test('needs no programs, no network and no Docker, and has the handlers of the tarball as assets', async () => {
  const { template, folder } = await synthesize('synthesis');
  const resources = Object.values(template.Resources);
  expect(resources.map(({ Type }) => Type)).toEqual(expect.arrayContaining([expect.stringMatching(/^AWS::DynamoDB::/)]));
  const assets = full('node_modules', NAME, 'assets');
  const bundles = readdirSync(assets).map((name) => readFileSync(join(assets, name, 'index.mjs'), 'utf8'));
  const keys = resources.filter(({ Type }) => Type === 'AWS::Lambda::Function').map(({ Properties }) => Properties.Code?.S3Key);
  expect(keys.length).toBeGreaterThan(0);
  for (const key of keys) {
    expect(key).toMatch(/^[0-9a-f]{64}\.zip$/);
    expect(bundles).toContain(readFileSync(join(folder, `asset.${key!.replace('.zip', '')}`, 'index.mjs'), 'utf8'));
  }
});

test('gives the same template twice', async () => {
  const [one, two] = [await synthesize('one'), await synthesize('two')];
  expect(one.template).toEqual(two.template);
});
