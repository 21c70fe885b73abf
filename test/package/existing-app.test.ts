// Somebody has an app that `cdk init` made, and adds the tiers as README.md says: by its own snippets.
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { constructorOf, ExistingApp, importsOf, snippets } from './existing-app';
import { full, NAME, ROOT } from './sandbox';

const app = new ExistingApp('my-app');
const modules = (...path: string[]) => join(ROOT, 'node_modules', ...path);

beforeAll(async () => {
  await app.generate('typescript');
  mkdirSync(app.path('node_modules/@swc'), { recursive: true });
  cpSync(full('node_modules', NAME), app.path('node_modules', NAME), { recursive: true });
  for (const name of ['.bin', '@types', 'aws-cdk-lib', 'constructs', 'typescript', 'tsx', 'jest']) {
    symlinkSync(modules(name), app.path('node_modules', name));
  }
  // The generated tests are compiled by a program that is not installed here. This one stands in for it, by its name.
  symlinkSync(modules('ts-jest'), app.path('node_modules/@swc/jest'));

  const { stdout } = await app.run('-p', `Object.keys(require('${NAME}')).join()`);
  const code = snippets();
  app.edit('lib/my-app-stack.ts', (text) => text
    .replace(/^(?=import \{ Construct)/m, `${importsOf([constructorOf(code), ...code].join('\n'), stdout.trim().split(',')).join('\n')}\n`)
    .replace('// The code that defines your stack goes here', constructorOf(code)));
}, 600_000);

test('there is a snippet for each tier', () => {
  expect(snippets()).toEqual(['MemoCache', 'ConfigFootprint', 'LiveCache', 'TaskCache'].map((name) => expect.stringContaining(`new ${name}(this, `)));
});

test('it compiles by the generated tsconfig.json, and synthesizes by the generated cdk.json, without a warning', async () => {
  await app.cdk('synth', '--quiet', '--strict');
  const { Resources } = app.template() as { Resources: Record<string, { Type: string }> };
  const types = Object.values(Resources).map(({ Type }) => Type);
  for (const type of ['AWS::DynamoDB::GlobalTable', 'AWS::SSM::Parameter', 'AWS::ECS::Service', 'AWS::S3::Bucket', 'AWS::CodeBuild::Project']) {
    expect(types).toContain(type);
  }
}, 600_000);

test('the generated test runs, with a snapshot that is the same in the next run', async () => {
  app.edit('test/my-app.test.ts', (text) => `import { assetHashSerializer } from '${NAME}/testing';\n${text}`
    .replace(/^( *)\/\/ ?/gm, '$1')
    .replace(/^example test.*\n.*\n/m, 'expect.addSnapshotSerializer(assetHashSerializer);\n')
    .replace(/template\.hasResourceProperties\([\s\S]*?\}\);/, 'expect(template.toJSON()).toMatchSnapshot();'));
  const jest = (option: string) => app.run(modules('jest/bin/jest.js'), option);
  expect((await jest('--ci=false')).stderr).toMatch(/1 snapshot written/);
  expect((await jest('--ci')).stderr).toMatch(/Snapshots: +1 passed/);
}, 600_000);
