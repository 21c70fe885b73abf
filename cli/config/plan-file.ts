import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { RestorePlan, RestorePlanFile } from '../../runtime/config/restore/index.js';
import { UsageError } from '../context.js';

/** For commands that take their time before they write it. @throws UsageError if it exists */
export function canWritePlanFile(path: string): void {
  if (existsSync(path)) throw exists(path);
}

/** Reads a plan, as often as it is asked for. What was read first is what is read ever after: people have seen it, and agreed to it. */
export function planReader(path: string): () => Promise<RestorePlan> {
  let digest: string | undefined;
  return async () => {
    const plan = await readPlanOf(path, digest);
    digest = plan.digest;
    return plan;
  };
}

/** @throws UsageError if the file cannot be read; CacheTiersError if it is no plan, or not the one that is expected */
async function readPlanOf(path: string, digest: string | undefined): Promise<RestorePlanFile> {
  const { readPlanFile } = await import('../../runtime/config/restore/index.js');
  try {
    return await readPlanFile(path, digest);
  } catch (error) {
    const { syscall, code } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    throw new UsageError(`--apply '${path}' cannot be read: ${code}`);
  }
}

/** Writes a plan to a new file, for its user only. It holds names and no values. @throws UsageError if it exists or cannot be made */
export async function writePlanFile(path: string, plan: RestorePlan): Promise<void> {
  const { planLines } = await import('../../runtime/config/restore/index.js');
  let file;
  try {
    file = await open(path, 'wx', 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'EEXIST' ? exists(path) : new UsageError(`--plan '${path}' cannot be written: ${code}`);
  }
  try {
    for await (const line of planLines(plan)) await file.write(line);
  } finally {
    await file.close();
  }
}

const exists = (path: string) => new UsageError(`--plan '${path}' exists already: name a new file`);
