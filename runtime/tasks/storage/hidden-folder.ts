import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes a folder that git does not see, as it lies in a project. Where it cannot be made, whoever writes into it says so. */
export function makeHiddenFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, '.gitignore'), '*\n', { flag: 'wx', mode: 0o600 });
  } catch { /* it is there already, or is said by the first write */ }
}
