// The task tier: builds that pull a folder from the bucket, change some of it, and push it. Requests are the files that they want.
import { ASSUMED, AWS, PRODUCT } from './constants.js';
import { tightest, type Estimate, type Use } from './estimate.js';
import { SECONDS_A_MONTH, type Prices } from './prices.js';

export const TASKS = {
  /** Files of a build's folder. */
  files: 10_000,
  /** Objects that hold the files. */
  packs: PRODUCT.tasksPacks.value,
  folderBytes: 2_450_000,
  /** Share of the files that a build changes. */
  changed: 0.01,
  /** Share of the builds that begin with nothing on their disk. */
  fresh: 1,
  /** Share of the builds that change anything at all. */
  pushing: 1,
  /** Namespaces among which the builds are divided. */
  namespaces: 1,
  /** Folders of different names in one namespace. */
  folders: 1,
  buildSeconds: 300,
  /** Days that results are kept. */
  retention: 30,
  swapWindow: ASSUMED.swapWindow.value,
  mergeWindow: ASSUMED.mergeWindow.value,
};

export type TasksWorkload = typeof TASKS;

/** All a second, of all builds. */
export interface TasksLoad {
  readonly builds: number;
  readonly pushes: number;
  readonly gets: number;
  readonly puts: number;
  /** Replacements of a manifest that came too late, and were tried again. */
  readonly conflicts: number;
}

/**
 * Tries that a compare-and-swap takes where so many others succeed meanwhile: one is too late if anybody has succeeded since it has read.
 *
 * @param rate replacements of the document a second @param window seconds from the read to the replacement
 */
export function triesOf(rate: number, window: number): number {
  return Math.exp(Math.min(50, rate * window));
}

/** @param requests files a second that builds want */
export function tasksLoad(work: TasksWorkload, requests: number): TasksLoad {
  const builds = requests / work.files;
  const pushes = builds * work.pushing;
  const rate = pushes / work.namespaces;
  const tries = Math.min(triesOf(rate, work.swapWindow), PRODUCT.tasksTries.value);
  const { packs } = work;
  return {
    builds, pushes,
    // the manifest of the pull, the tree and its packs; the manifest again where a push begins, and the tree that it changes
    gets: builds * (1 + work.fresh * (1 + packs)) + pushes * (2 + tries - 1),
    // what has changed fits a pack or is a share of them; tree, manifest
    puts: pushes * (Math.max(1, packs * work.changed) + 1 + tries),
    conflicts: pushes * (tries - 1),
  };
}

export function tasks(work: TasksWorkload, prices: Prices, requests: number): Estimate {
  const load = tasksLoad(work, requests);
  const rate = load.pushes / work.namespaces;
  const manifest: Use[] = [
    { what: 'pushes of one folder, which merge', load: rate / work.folders, limit: 1 / work.mergeWindow, unit: 'pushes/s',
      then: 'a folder name for each branch or commit; several namespaces; mode local:rw,remote:r for builds that only read' },
    { what: 'replacements of one manifest', load: rate, limit: 1 / work.swapWindow, unit: 'replacements/s',
      then: 'several namespaces, one for each workflow; mode local:rw,remote:r for builds that only read' },
  ];
  const uses: Use[] = [
    ...manifest,
    { what: 'prefix of the bucket, GET', load: load.gets, limit: AWS.s3Reads.value, unit: AWS.s3Reads.unit,
      then: 'objects are named by hashes, so S3 can divide them; several namespaces' },
    { what: 'prefix of the bucket, PUT', load: load.puts, limit: AWS.s3Writes.value, unit: AWS.s3Writes.unit,
      then: 'objects are named by hashes, so S3 can divide them; several namespaces' },
  ];
  const stored = work.folderBytes * (1 + load.pushes * work.changed * work.retention * 24 * 3600);
  return {
    requests, processes: Math.max(1, Math.ceil(load.builds * work.buildSeconds)),
    layers: {
      disk: (1 - work.fresh) * (1 - work.changed), bucket: work.fresh * (1 - work.changed), made: work.changed,
    },
    reads: load.gets, writes: load.puts,
    hottest: tightest(manifest),
    usdPerMonth: (load.gets * prices.s3Get + load.puts * prices.s3Put) / 1_000 * SECONDS_A_MONTH + stored / 1e9 * prices.s3Storage,
    uses,
  };
}
