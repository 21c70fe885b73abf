import { open } from 'node:fs/promises';
import type { RestorePlan } from '../../runtime/config/restore/index.js';
import { UsageError } from '../context.js';

/** Writes a plan to a new file, for its user only. It holds names and no values. @throws UsageError if it exists or cannot be made */
export async function writePlanFile(path: string, plan: RestorePlan): Promise<void> {
  const { planLines } = await import('../../runtime/config/restore/index.js');
  let file;
  try {
    file = await open(path, 'wx', 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(code === 'EEXIST' ? `--plan '${path}' exists already: name a new file` : `--plan '${path}' cannot be written: ${code}`);
  }
  try {
    for await (const line of planLines(plan)) await file.write(line);
  } finally {
    await file.close();
  }
}
