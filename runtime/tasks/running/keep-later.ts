import type { TaskKey } from '../definition/key.js';
import type { Mark } from '../storage/shapes.js';
import { requiredRecords, type NewlyMade } from './new-result.js';
import type { RunWorld } from './run-world.js';
import { faultOf } from './task-errors.js';
import type { TaskState } from './task-state.js';
import { isCached, validityOf } from './validity.js';

export interface KeepAs {
  readonly key: TaskKey;
  readonly mark: Mark;
}

/** Keeps a new result, while those who require it go on with it. Never fails; in strict mode the task fails by it. */
export async function keepLater(made: NewlyMade, { key: { key, parts }, mark }: KeepAs, state: TaskState, world: RunWorld): Promise<void> {
  const { task } = state.node;
  const { version = '1', policy } = task.definition;
  const { runId, producer } = world.settings;
  if (!isCached(policy)) return;
  const { value } = made.result;
  try {
    const kept = await world.storage.keep({
      key, mark, folder: made.staged?.folder, duration: made.duration, requires: requiredRecords(state.node, world),
      body: {
        id: task.id, family: task.family, version, params: task.params, parts, ...(value !== undefined && { value }),
        producer: { ...producer, run: runId },
      },
      validity: (now) => validityOf(policy, now, runId),
    }, made.patience);
    if (kept === undefined) return;
    state.kept = kept.places;
    // Where nobody else has the files, or what has them has lost them before, they stay as long as the runner.
    if (made.files === undefined || kept.places.length === 0 || state.remade !== undefined) return;
    await made.files.move(kept.files);
    await made.output.drop();
  } catch (error) {
    world.telemetry.add('failures');
    state.end('failed', faultOf(state.id, error));
  }
}
