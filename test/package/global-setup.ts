import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installBare, linkFull, SANDBOX } from './sandbox';

/** Installs the tarball once, for all test files. */
export default async function setup(): Promise<() => void> {
  const sandbox = realpathSync(mkdtempSync(join(tmpdir(), 'package-test-')));
  const remove = () => rmSync(sandbox, { recursive: true, force: true });
  process.env[SANDBOX] = sandbox;
  try {
    await installBare();
    linkFull();
  } catch (error) {
    remove(); // jest runs no teardown of a setup that failed
    throw error;
  }
  return remove;
}
