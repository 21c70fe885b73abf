import { folderFiles, NO_FILES } from '../storage/result-files.js';
import { keptValue } from './kept-value.js';
import { MovableFiles } from './movable-files.js';
import type { RunWorld } from './run-world.js';
import type { OutputFiles, StagedOutput } from './staged-output.js';
import type { MadeResult, TaskState } from './task-state.js';
import type { Returned } from './tries.js';

const MEBIBYTE = 2 ** 20;

/** A result that was made just now, and may be kept. */
export interface NewlyMade extends MadeResult {
  /** Milliseconds that it took. */
  readonly duration: number;
  readonly output: StagedOutput;
  readonly staged?: OutputFiles;
  readonly files?: MovableFiles;
  /** Milliseconds that storage may take for it. */
  readonly patience: number;
}

/**
 * What a task has returned, as a result that can be kept, and its digest.
 *
 * @throws TaskError `E_TASK_OUTPUT` if it cannot be kept; `E_TASK_STORE`
 */
export async function newResult({ value: returned, output, duration }: Returned, state: TaskState, world: RunWorld): Promise<NewlyMade> {
  try {
    const value = keptValue(returned);
    const staged = await output.take();
    const files = staged && new MovableFiles(folderFiles(staged.folder, staged.paths));
    const patience = world.settings.storageTimeout + Math.ceil((staged?.bytes ?? 0) / MEBIBYTE) * 1000;
    const digest = await world.storage.digestOf(value, staged?.folder, patience);
    const result = Object.freeze({ value, files: files ?? NO_FILES });
    return { result, digest, lineage: lineageOf(state, world), duration, output, staged, files, patience };
  } catch (error) {
    await output.drop();
    throw error;
  }
}

/** Its own record, or those of what it was made from, if it has none. */
function lineageOf({ key, node }: TaskState, world: RunWorld): readonly string[] {
  return key === undefined ? requiredRecords(node, world) : [key];
}

/** Keys of the records that a task is made from. */
export function requiredRecords(node: TaskState['node'], world: Pick<RunWorld, 'stateOf'>): readonly string[] {
  return [...new Set(node.required.flatMap((each) => world.stateOf(each).made!.lineage))];
}
