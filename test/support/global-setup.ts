import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder for the whole run: every synthesis leaves an output folder in it, and the CDK never removes one. */
export default function setup(): void {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'jest-')));
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder;
}
