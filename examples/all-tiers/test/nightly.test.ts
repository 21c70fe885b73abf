import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'all-tiers-'));
  cpSync(path.join(__dirname, '../nightly'), folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const closeMonths = () => execFileSync(process.execPath, ['close-months.mjs'], { cwd: folder, encoding: 'utf8' }).trim();

test('a month is closed once', () => {
  expect(closeMonths()).toBe('3 months closed, 0 were');
  expect(closeMonths()).toBe('0 months closed, 3 were');
  writeFileSync(path.join(folder, 'months.json'), JSON.stringify(['2026-10', '2026-11']));
  expect(closeMonths()).toBe('1 months closed, 1 were');
  expect(JSON.parse(readFileSync(path.join(folder, 'output/2026-11.json'), 'utf8'))).toEqual({ month: '2026-11', closed: true });
});
