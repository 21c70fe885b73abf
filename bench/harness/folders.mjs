import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs `use` with a folder of its own, which is removed then. */
export async function withFolder(use, parent = tmpdir()) {
  const folder = mkdtempSync(join(parent, 'cache-tiers-bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove); // Ctrl-C
  try {
    return await use(folder);
  } finally {
    remove();
    process.off('exit', remove);
  }
}
