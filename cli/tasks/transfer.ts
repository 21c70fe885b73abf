import { setMaxListeners } from 'node:events';
import { failureClassOf } from '../../runtime/resilience/failure.js';
import type { FolderCache as Cache } from '../../runtime/tasks/folders/folder-cache.js';
import type { PullReport, PushReport } from '../../runtime/tasks/folders/shapes.js';
import type { TaskStorage } from '../../runtime/tasks/storage/task-storage.js';
import type { TaskEvents } from '../../runtime/tasks/telemetry.js';
import type { Io } from '../context.js';
import { explain } from '../explain.js';
import { startProgress } from '../progress.js';
import type { KeptFolder } from './folders.js';
import { withPatience } from './patience.js';

export type Direction = 'pull' | 'push';

/** What became of one folder. */
export interface Transferred {
  readonly direction: Direction;
  readonly folder: KeptFolder;
  /** Unset if it failed before there was one. */
  readonly report?: PullReport | PushReport;
  /** Why the cache was done without. */
  readonly failures: readonly string[];
  /** What was there and could not be used. */
  readonly rejected: readonly string[];
  /** Whether the cache did not answer for too long. */
  readonly timedOut: boolean;
}

export interface TransferSettings {
  readonly storage: TaskStorage;
  readonly folders: readonly KeptFolder[];
  readonly strict: boolean;
  /** Milliseconds without progress, `undefined`: no limit. */
  readonly patience: number | undefined;
  readonly dryRun?: boolean;
  /** Of a pull. */
  readonly overwrite?: boolean;
  readonly touch?: boolean;
  /** Of a push. */
  readonly keepDeleted?: boolean;
}

/** Whether a folder was left as it was because the cache failed. */
export function hasFailed({ report }: Transferred): boolean {
  return report === undefined || report.outcome === 'failed';
}

/**
 * Pulls or pushes folders, one after the other.
 *
 * @throws the signal's reason; InvalidArgumentError; in strict mode, what failed
 */
export async function transfer(direction: Direction, settings: TransferSettings, signal: AbortSignal, io: Io): Promise<Transferred[]> {
  setMaxListeners(0, signal);
  const done: Transferred[] = [];
  for (const folder of settings.folders) done.push(await transferred(direction, folder, settings, signal, io));
  return done;
}

const caches = new WeakMap<KeptFolder, Cache>();

async function transferred(direction: Direction, folder: KeptFolder, settings: TransferSettings, signal: AbortSignal, io: Io): Promise<Transferred> {
  const { FolderCache } = await import('../../runtime/tasks/folders/folder-cache.js');
  const { storage, patience, strict, dryRun, overwrite, touch, keepDeleted } = settings;
  let cache = caches.get(folder); // the push of a run knows what its pull has brought
  if (cache === undefined) {
    cache = new FolderCache(storage, { folder: folder.path, name: folder.name, ...(folder.ignore && { ignore: folder.ignore }) });
    caches.set(folder, cache);
  }
  const known = cache;
  const trouble = await listen();
  const progress = await startProgress(io, `${direction} ${folder.name}`, 'file');
  try {
    const report = await withPatience<PullReport | PushReport>(patience, signal, (bounded, getsOn) => {
      const onProgress = (files: number, total?: number) => {
        getsOn();
        progress.update(files, total);
      };
      const options = { signal: bounded, onProgress, dryRun };
      return direction === 'pull' ? known.pull({ ...options, overwrite, touch }) : known.push({ ...options, keepDeleted });
    });
    return { direction, folder, report, ...trouble.told() };
  } catch (error) {
    signal.throwIfAborted();
    const { name } = error as Error;
    if (strict || name === 'InvalidArgumentError') throw error;
    trouble.add(explain(error, 'tasks'), error);
    return { direction, folder, ...trouble.told() };
  } finally {
    progress.stop();
    trouble.close();
  }
}

/** Collects what the storage does not throw, each message once. */
async function listen() {
  const { TASK_CHANNELS } = await import('../../runtime/tasks/telemetry.js');
  const failures = new Set<string>();
  const rejected = new Set<string>();
  let timedOut = false;
  const add = (failure: string, error: unknown) => {
    failures.add(failure);
    timedOut ||= failureClassOf(error) === 'timeout';
  };
  const onError = (message: unknown) => {
    const { place, operation, error } = message as TaskEvents['error'];
    add(`cannot ${operation} in ${place}: ${explain(error, 'tasks')}`, error);
  };
  const onRejected = (message: unknown) => {
    const { place, what, error } = message as TaskEvents['rejected'];
    rejected.add(`${what} in ${place} is not used: ${explain(error, 'tasks')}`);
  };
  TASK_CHANNELS.error.subscribe(onError);
  TASK_CHANNELS.rejected.subscribe(onRejected);
  return {
    add,
    told: () => ({ failures: [...failures], rejected: [...rejected], timedOut }),
    close: () => {
      TASK_CHANNELS.error.unsubscribe(onError);
      TASK_CHANNELS.rejected.unsubscribe(onRejected);
    },
  };
}
