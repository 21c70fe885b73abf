import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VersionedFile } from '../../../../runtime/config/home/versioned-file';

jest.setTimeout(120_000);

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'home-')); });
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

const text = (file: VersionedFile) => file.read()?.bytes.toString();

test('what is replaced is read, and only by who has seen the newest', () => {
  const file = new VersionedFile(folder, 'state');
  expect(file.read()).toBeUndefined();
  expect(file.replace(0, 'one')).toBe(true);
  expect(file.replace(0, 'other')).toBe(false);
  expect(file.read()).toMatchObject({ generation: 1, damaged: false });
  expect(text(file)).toBe('one');
  expect(file.replace(1, 'two')).toBe(true);
  expect(file.replace(1, 'late')).toBe(false);
  expect(text(file)).toBe('two');
  for (let generation = 2; generation < 20; generation++) file.replace(generation, `n${generation}`);
  expect(readdirSync(folder).sort()).toEqual(['state.17', 'state.18', 'state.19', 'state.20']);
  expect(file.replace(1, 'very late')).toBe(false);
  file.remove();
  expect(readdirSync(folder)).toEqual([]);
  expect(file.read()).toBeUndefined();
});

test('20 processes that count lose nothing and count nothing twice', async () => {
  const command = ['--import', 'tsx', join(__dirname, 'child.ts'), 'count', folder, '25'];
  const children = Array.from({ length: 20 }, () => spawn(process.execPath, command,
    { env: { ...process.env, NODE_OPTIONS: '' }, stdio: ['ignore', 'ignore', 'inherit'] }));
  try {
    const codes = await Promise.all(children.map((child) => once(child, 'exit')));
    expect(codes.map(([code]) => code as number)).toEqual(children.map(() => 0));
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
  expect(text(new VersionedFile(folder, 'counter'))?.split(' ')[0]).toBe('500');
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});
