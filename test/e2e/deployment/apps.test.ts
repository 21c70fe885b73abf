import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadModule } from './app-module';
import { findApps } from './apps';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'apps-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

test('a folder that is no CDK app is refused', () => {
  expect(() => findApps([folder], { drive: false })).toThrow(`${folder} has no cdk.json, so it is no CDK app`);
});

test('an app that is driven needs an e2e.ts', () => {
  writeFileSync(join(folder, 'cdk.json'), '{}');
  expect(() => findApps([folder], { drive: true })).toThrow(/has no e2e\.ts: .* With --no-drive none is needed$/);
});

test('an app that is only deployed does not', async () => {
  writeFileSync(join(folder, 'cdk.json'), '{}');
  const [app] = findApps([folder], { drive: false });
  const { context, drive } = await loadModule(app);
  expect(context).toBeUndefined();
  await expect(drive({} as Parameters<typeof drive>[0])).rejects.toThrow('there is no e2e.ts');
});
