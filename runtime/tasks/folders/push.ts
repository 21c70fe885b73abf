import { objectsOfTree, treeDigest } from '../content/tree.js';
import { storeTree } from '../content/tree-store.js';
import type { FileEntry, Tree, TreeEntry } from '../content/shapes.js';
import { TaskError } from '../errors.js';
import { scanFolder } from '../files/scan.js';
import { storeFiles } from '../files/store-files.js';
import type { Scan } from '../files/shapes.js';
import type { KnownFolder } from '../folder-cache.js';
import type { PushOptions, PushReport } from '../folder-shapes.js';
import { withFolder, type FolderOutcome } from '../manifest/rules.js';
import type { FolderRecord, Manifest } from '../manifest/shapes.js';
import type { Place } from '../storage/place.js';
import { objectsOf } from '../storage/stored-bytes.js';
import type { TaskStorage } from '../storage/task-storage.js';
import { NO_BASE, readBase, writeBase, type Base } from './base-file.js';
import { isOn } from './families.js';
import { hashed } from './hashed.js';
import { planPush, type PushPlan } from './merge.js';
import { contentOf, type Content } from './signature.js';
import { folderPlaces, storedFolders, treeOf, validFolder } from './stored-folders.js';

const NOTHING: PushReport = {
  outcome: 'off', places: [], files: 0, bytes: 0, added: 0, changed: 0, removed: 0, bytesStored: 0, conflicts: [], refused: [],
};
const EMPTY: Tree = { entries: [] };
/** How often others may be first. */
const ATTEMPTS = 20;

export async function pushFolder(storage: TaskStorage, folder: KnownFolder, options: PushOptions): Promise<PushReport> {
  const { signal } = options;
  await storage.refresh(signal);
  const places = folderPlaces(storage).filter(({ writes }) => writes);
  if (!storage.switches.enabled || !storage.places.some(({ writes }) => writes)) return NOTHING;
  if (places.length === 0) return { ...NOTHING, outcome: 'failed' };
  const scan = await scanFolder(folder.root, { ignore: folder.ignore, memory: folder.memory });
  const tree = await hashed(folder, scan, signal);
  const base = await readBase(folder.baseFile);
  const elsewhere = await contentElsewhere(storage, folder.name, signal);
  const here = new Map(tree.entries.filter(({ path }) => isOn(storage.switches, path)).map((entry) => [entry.path, entry]));
  const isDeleted = deletions(scan, base.content, here, options, (path) => isOn(storage.switches, path));
  const { files, bytes } = totals(tree);

  const [place] = places;
  const pushed = await new Push(storage, place, folder, scan, { base, here, isDeleted, elsewhere }, options).run();
  if (!options.dryRun) {
    await folder.memory.save();
    if (pushed !== undefined) await writeBase(folder.baseFile, pushed.base);
  }
  if (pushed === undefined) return { ...NOTHING, outcome: 'failed', files, bytes, refused: scan.refused };
  const { plan, stored } = pushed;
  return {
    outcome: stored || (options.dryRun && isChange(plan)) ? 'stored' : 'unchanged',
    places: stored ? [{ tier: place.tier, scope: place.scope }] : [],
    files, bytes, added: plan.added, changed: plan.changed, removed: plan.removed,
    bytesStored: pushed.bytesStored, conflicts: plan.conflicts, refused: scan.refused,
  };
}

const isChange = ({ added, changed, removed }: PushPlan) => added + changed + removed > 0;

/** What the scopes that are only read have: it need not be kept in the own one as well. */
async function contentElsewhere(storage: TaskStorage, name: string, signal?: AbortSignal): Promise<Content> {
  const content = new Map<string, string>();
  for (const { place, record } of storedFolders(storage, name)) {
    if (place.writes) continue;
    for (const [path, signature] of contentOf(await treeOf(storage, { place, record }, signal) ?? EMPTY)) {
      if (!content.has(path)) content.set(path, signature);
    }
  }
  return content;
}

/** What is not here was deleted, unless it could not be read, is switched off, or nothing of what came from the cache is here any more. */
function deletions(
  scan: Scan, base: Content, here: ReadonlyMap<string, TreeEntry>, { keepDeleted = false }: PushOptions, isWanted: (path: string) => boolean,
): (path: string) => boolean {
  const isGone = keepDeleted || ![...base.keys()].some((path) => here.has(path));
  if (isGone) return () => false;
  const refused = scan.refused.map(({ path }) => path);
  return (path) => isWanted(path) && !refused.some((bad) => path === bad || path.startsWith(`${bad}/`));
}

function totals({ entries }: Tree): { files: number; bytes: number } {
  const files = entries.filter((entry): entry is FileEntry => entry.type === 'file');
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

interface Pushed {
  readonly plan: PushPlan;
  readonly stored: boolean;
  readonly bytesStored: number;
  readonly base: Base;
}

interface Sides {
  readonly base: Base;
  readonly here: ReadonlyMap<string, TreeEntry>;
  readonly isDeleted: (path: string) => boolean;
  readonly elsewhere: Content;
}

/** One push to one place, as often as somebody else is first. */
class Push {
  private readonly sentBefore: number;

  constructor(
    private readonly storage: TaskStorage, private readonly place: Place, private readonly folder: KnownFolder, private readonly scan: Scan,
    private readonly sides: Sides, private readonly options: PushOptions,
  ) {
    this.sentBefore = place.objects.sent;
  }

  /** @returns `undefined` if the place fails */
  async run(): Promise<Pushed | undefined> {
    const { place, storage, folder: { name }, options: { signal, dryRun } } = this;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const manifest = place.manifest.current;
      const current = validFolder(manifest, name);
      const found = current && await treeOf(storage, { place, record: current }, signal);
      if (!place.isUp) return undefined;
      const tree = found ?? EMPTY; // a damaged one is made anew
      const base = found === undefined && !this.isEmptied(manifest) ? NO_BASE.content : this.sides.base.content;
      const plan = planPush({ ...this.sides, base, there: new Map(tree.entries.map((entry) => [entry.path, entry])) });
      if (!isChange(plan) || dryRun) return this.done(plan, current, tree, false);
      const next = await place.attempt('push', () => this.store(plan, tree), signal);
      if (next === undefined) return undefined;
      const record = await place.attempt('push', () => this.commit(next, manifest.revision), signal);
      if (record === 'changed') continue;
      return record && this.done(plan, record, next.tree, true);
    }
    throw new TaskError('E_TASK_CONFLICT', `others have replaced ${JSON.stringify(name)} in ${place.name} ${ATTEMPTS} times meanwhile; push again`);
  }

  /** Stores what is new, then the tree. */
  private async store(plan: PushPlan, tree: Tree): Promise<{ tree: Tree; object: string }> {
    const { place: { contents, objects, manifest }, folder: { root, memory }, options: { signal, onProgress } } = this;
    const { condemned } = manifest.current;
    contents.avoid(condemned.keys());
    const known = new Map(tree.entries.flatMap((entry) => {
      if (entry.type !== 'file') return [];
      const isUsable = objectsOf(entry.location).every((object) => !condemned.has(object) && !contents.damaged.has(object));
      return isUsable ? [[entry.digest, entry] as const] : [];
    }));
    const wanted = new Set(plan.entries.filter(({ path }) => this.sides.here.has(path)).map(({ path }) => path));
    const { files } = this.scan;
    const part: Scan = { ...this.scan, files: files.filter(({ path }) => wanted.has(path)), emptyFolders: [], links: [] };
    const { entries } = await storeFiles(root, part, contents, { known, memory, signal, onProgress });
    const stored = new Map(entries.map((entry) => [entry.path, entry]));
    const next: Tree = { entries: plan.entries.map((entry) => wanted.has(entry.path) ? stored.get(entry.path) ?? entry : entry) };
    return { tree: next, object: (await storeTree(contents, objects, next, signal)).object };
  }

  /** Whether the cache was emptied since the folder came from there: what came is not to be put there again. */
  private isEmptied({ cleared, invalidated }: Manifest): boolean {
    const { place: { scope }, folder: { name }, sides: { base } } = this;
    const seen = base.trees[scope]?.seen;
    return seen !== undefined && (seen < cleared || seen < (invalidated.get(name) ?? 0));
  }

  /** @returns `changed` if somebody else was first, or what is referred to is about to be deleted */
  private async commit({ tree, object }: { tree: Tree; object: string }, seen: number): Promise<FolderRecord | 'changed'> {
    const { place: { manifest, contents }, folder: { name }, options: { signal } } = this;
    const record = { name, tree: object, digest: treeDigest(tree), ...totals(tree), created: manifest.now(), seen };
    const objects = [object, ...objectsOfTree(tree)];
    let outcome: FolderOutcome = 'kept';
    const newest = await manifest.update((current) => {
      const merged = withFolder(current, record, objects);
      outcome = merged.outcome;
      return merged.manifest === current ? undefined : merged.manifest;
    }, signal);
    contents.avoid(newest.condemned.keys());
    return outcome === 'kept' ? record : 'changed';
  }

  private done(plan: PushPlan, record: FolderRecord | undefined, tree: Tree, stored: boolean): Pushed {
    const { place, storage, folder: { name }, sides: { elsewhere } } = this;
    if (stored) storage.telemetry.add('filesPushed', plan.added + plan.changed);
    const trees = Object.fromEntries(storedFolders(storage, name).map((each) => [each.place.scope, baseTreeOf(each.place, each.record.tree)]));
    return {
      plan, stored, bytesStored: place.objects.sent - this.sentBefore,
      base: { trees: record ? { ...trees, [place.scope]: baseTreeOf(place, record.tree) } : trees, content: this.baseOf(contentOf(tree), elsewhere) },
    };
  }

  /** What is the same here and there. */
  private baseOf(there: Content, elsewhere: Content): Content {
    const base = new Map<string, string>();
    const here = contentOf({ entries: [...this.sides.here.values()] });
    for (const [path, signature] of here) {
      if (there.get(path) === signature || (!there.has(path) && elsewhere.get(path) === signature)) base.set(path, signature);
      else if (this.sides.base.content.has(path)) base.set(path, this.sides.base.content.get(path)!);
    }
    return base;
  }
}

const baseTreeOf = ({ manifest }: Place, tree: string) => ({ tree, seen: manifest.current.revision });
