import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** What `build.mjs` makes, in a folder of its own: tests run side by side. */
export function buildAssets(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'live-query-'));
  execFileSync(process.execPath, [path.join(__dirname, '../build.mjs'), folder]);
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}
