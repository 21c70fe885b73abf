import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileMemory } from '../../../../runtime/tasks/files/file-memory';
import { scanFolder } from '../../../../runtime/tasks/files/scan';
import type { KnownFolder } from '../../../../runtime/tasks/folders/known-folder';
import { hashed } from '../../../../runtime/tasks/folders/hashed';

let root: string;
beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'hashed-')); });
afterEach(() => rmSync(root, { recursive: true, force: true }));

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

test('files whose digests the scan knows are not read', async () => {
  for (const [name, text] of [['known', 'what it was'], ['new', 'what it is']] as const) writeFileSync(join(root, name), text);
  const memory = await FileMemory.load(join(root, '..', 'no-such-memory'));
  const folder: KnownFolder = {
    root, name: 'output', ignore: [], memory, base: { trees: {}, content: new Map() }, pulled: new Map(), keep: () => Promise.resolve(),
  };
  const scan = await scanFolder(root);
  const digest = sha256('what it was');
  const files = scan.files.map((file) => file.path === 'known' ? { ...file, digest } : file);
  rmSync(join(root, 'known')); // whoever reads it finds out
  const { entries } = await hashed(folder, { ...scan, files });
  expect(entries).toMatchObject([{ path: 'known', digest, bytes: 11 }, { path: 'new', digest: sha256('what it is'), bytes: 10 }]);
});
