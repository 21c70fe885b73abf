import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'examples-')); });
afterEach(() => rmSync(folder, { recursive: true }));

function example(name: string, app: string): void {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'app.js'), app);
  writeFileSync(join(folder, name, 'cdk.json'), JSON.stringify({ app: 'node app.js' }));
}

function synthesize() {
  const args = ['build-tools/synth-examples.mjs', folder, join(folder, 'out')];
  return spawnSync(process.execPath, args, { cwd: join(__dirname, '../..'), encoding: 'utf8' });
}

test('fails when there is no example', () => {
  mkdirSync(join(folder, 'no-app'));
  expect(synthesize()).toMatchObject({ status: 1, stderr: expect.stringContaining('has a cdk.json: there is nothing to synthesize') });
});

test('fails with what an example printed when it fails', () => {
  example('broken', 'throw new Error("the app is broken");');
  const { status, stdout, stderr } = synthesize();
  expect(status).toBe(1);
  expect(stdout).toMatch(/^FAILED broken \(/);
  expect(stderr).toContain('the app is broken');
  expect(stderr).toContain('1 of 1 examples failed: broken');
});
