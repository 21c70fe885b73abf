import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SCRIPT = join(__dirname, '../../build-tools/audit.mjs');
const NOTICES = 'commander 14.0.0 (MIT; in: command line)\n\nthe text\n';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'audit-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** With an npm that says so. */
function audit(report: object, notices = NOTICES) {
  mkdirSync(join(folder, 'build'));
  writeFileSync(join(folder, 'build/THIRD-PARTY-NOTICES.txt'), notices);
  const npm = join(folder, 'npm');
  writeFileSync(npm, `#!${process.execPath}\nconsole.log(${JSON.stringify(JSON.stringify(report))});\n`);
  chmodSync(npm, 0o755);
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT], { cwd: folder, encoding: 'utf8', env: { PATH: folder } });
  return { status, stdout, stderr };
}

const advisory = (name: string) => ({ vulnerabilities: { [name]: { name, severity: 'high', via: [{ title: 'runs what it is given' }] } } });

test('an advisory for what is shipped fails', () => {
  expect(audit(advisory('commander'))).toMatchObject({
    status: 1, stdout: 'not ok: shipped: commander: high: runs what it is given\n1 packages are shipped, 1 of them with an advisory\n',
  });
});

test('one for what builds and tests is told', () => {
  const { status, stdout } = audit(advisory('jest'));
  expect([status, stdout]).toEqual([0, expect.stringContaining('builds and tests only: jest: high: runs what it is given')]);
});

test('a registry that gives none is told', () => {
  expect(audit({ message: 'not found' })).toMatchObject({ status: 0, stdout: 'not checked: the registry gives no advisories (not found)\n' });
});

test('fails where it is not known what is shipped', () => {
  const { status, stderr } = audit(advisory('commander'), 'nothing\n');
  expect([status, stderr]).toEqual([1, expect.stringContaining('names no package: run "npm run bundle" first')]);
});
