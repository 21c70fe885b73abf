import { scanFolder } from '../files/scan.js';
import { restoreTree } from '../files/restore.js';
import type { KnownFolder } from './known-folder.js';
import type { PullOptions, PullReport } from './shapes.js';
import type { TaskStorage } from '../storage/task-storage.js';
import { baseOf } from './base-file.js';
import { isOn } from './families.js';
import { hashed } from './hashed.js';
import { planPull } from './merge.js';
import { contentOf, isSame, scannedContent, type Content } from './signature.js';
import { commonBase, folderPlaces, isAsBefore, mergedContent, type ReadFolder, readTrees, storedFolders } from './stored-folders.js';

const NOTHING: PullReport = {
  outcome: 'empty', sources: [], files: 0, bytes: 0, written: 0, bytesWritten: 0, deleted: 0, refused: [], damaged: [], kept: [],
};

/** Of several scopes that have a folder, what they have is put together; of a path that several have, the first one's comes. */
export async function pullFolder(storage: TaskStorage, folder: KnownFolder, options: PullOptions): Promise<PullReport> {
  const { signal, dryRun = false, overwrite = false, touch, onProgress } = options;
  await storage.refresh(signal);
  if (!storage.switches.enabled || !storage.places.some(({ reads }) => reads)) return { ...NOTHING, outcome: 'off' };
  if (!folderPlaces(storage).some(({ reads }) => reads)) return { ...NOTHING, outcome: 'failed' };
  const stored = storedFolders(storage, folder.name);
  const isReachable = folderPlaces(storage, 'all').every(({ reads, isUp }) => isUp || !reads);
  if (stored.length === 0) return isReachable ? NOTHING : { ...NOTHING, outcome: 'failed' };

  const scan = await scanFolder(folder.root, { ignore: folder.ignore, memory: folder.memory });
  const base = baseOf(commonBase(storage, folder), scan);
  const sources = stored.map(({ place: { tier, scope } }) => ({ tier, scope }));
  const { files, bytes } = stored[0].record;
  if (isAsBefore(stored, base) && isSame(scannedContent(scan), base.content)) return { ...NOTHING, outcome: 'unchanged', sources, files, bytes };

  const trees = await readTrees(storage, stored, signal);
  if (trees.length === 0) return { ...NOTHING, outcome: 'failed', sources };
  const isWhole = isReachable && trees.length === stored.length; // else nothing is known to be gone
  const there = mergedContent(trees, (path) => isOn(storage.switches, path));
  const here = contentOf(await hashed(folder, scan, { signal, onProgress }));
  const plan = planPull(base.content, here, there, overwrite);
  const gone = isWhole ? plan.delete : [];
  const keep = new Set([...plan.keep, ...trees.flatMap(({ tree }) => tree.entries.map(({ path }) => path)).filter((path) => !there.has(path))]);
  const counts = { files: fileCount(there), bytes: bytesOf(trees, there) };
  if (dryRun) {
    const written = [...there].filter(([path, signature]) => !keep.has(path) && here.get(path) !== signature).length;
    const outcome = written + gone.length > 0 ? 'restored' : 'unchanged';
    return { ...NOTHING, ...counts, outcome, sources, written, deleted: gone.length, kept: plan.kept };
  }
  const [{ place: first }] = trees;
  const report = await first.attempt('pull', () => restoreTree(folder.root, trees.map(({ tree, place }) => ({ tree, contents: place.contents })), {
    scan, delete: gone, keep, memory: folder.memory, ignore: folder.ignore, touch, signal, onProgress,
  }), signal);
  if (report === undefined) return { ...NOTHING, outcome: 'failed', sources };
  for (const { place } of trees) for (const { path, reason } of report.damaged) storage.telemetry.rejected(place.name, path, new Error(reason));
  storage.telemetry.add('filesPulled', report.written);
  await folder.keep(isWhole ? {
    trees: Object.fromEntries(trees.map(({ place, record: { tree } }) => [place.scope, { tree, seen: place.manifest.current.revision }])),
    content: baseAfter(there, base.content, keep, [...report.refused, ...report.damaged].map(({ path }) => path)),
  } : undefined);
  const { written, bytesWritten, deleted, refused, damaged } = report;
  const outcome = written + deleted > 0 ? 'restored' : 'unchanged';
  return { outcome, sources, ...counts, written, bytesWritten, deleted, refused, damaged, kept: plan.kept };
}

/** What is here and in the cache alike; of what was left alone, what it was before; nothing of what could not be restored. */
function baseAfter(there: Content, before: Content, keep: ReadonlySet<string>, bad: readonly string[]): Content {
  const base = new Map(there);
  for (const path of keep) {
    const old = before.get(path);
    if (old === undefined) base.delete(path);
    else base.set(path, old);
  }
  for (const path of bad) base.delete(path);
  return base;
}

function fileCount(content: Content): number {
  let files = 0;
  for (const signature of content.values()) if (!signature.startsWith('d')) files++;
  return files;
}

function bytesOf(sources: readonly ReadFolder[], wanted: Content): number {
  const seen = new Set<string>();
  let bytes = 0;
  for (const { tree } of sources) {
    for (const entry of tree.entries) {
      if (entry.type !== 'file' || seen.has(entry.path) || !wanted.has(entry.path)) continue;
      seen.add(entry.path);
      bytes += entry.bytes;
    }
  }
  return bytes;
}
