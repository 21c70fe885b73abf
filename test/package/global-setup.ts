import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installBare, linkFull, removeSandbox, SANDBOX } from './sandbox';

/** Installs the tarball once, for all test files. */
export default async function setup(): Promise<void> {
  process.env[SANDBOX] = realpathSync(mkdtempSync(join(tmpdir(), 'package-test-')));
  try {
    await installBare();
    linkFull();
  } catch (error) {
    removeSandbox(); // jest runs no teardown of a setup that failed
    throw error;
  }
}
