import { objectsOfTree, treeDigest } from '../content/tree.js';
import { storeTree } from '../content/tree-store.js';
import type { FileEntry, Refusal, Tree, TreeEntry } from '../content/shapes.js';
import { TaskError } from '../errors.js';
import { scanFolder } from '../files/scan.js';
import { storeFiles } from '../files/store-files.js';
import type { Scan, ScannedFile } from '../files/shapes.js';
import type { KnownFolder } from './known-folder.js';
import type { PushOptions, PushReport } from './shapes.js';
import { withFolder, type FolderOutcome } from '../manifest/rules.js';
import type { FolderRecord, Manifest } from '../manifest/shapes.js';
import { DigestStore } from '../storage/digest-store.js';
import type { Place } from '../storage/place.js';
import { objectsOf } from '../storage/stored-bytes.js';
import type { TaskStorage } from '../storage/task-storage.js';
import { NO_BASE, type Base } from './base-file.js';
import { isOn } from './families.js';
import { planPush, type PushPlan } from './merge.js';
import { contentOf, isSame, scannedContent, signatureOf, type Content } from './signature.js';
import {
  commonBase, folderPlaces, isAsBefore, isClearedSince, mergedContent, readTrees, storedFolders, treeOf, validFolder,
} from './stored-folders.js';

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
  // What was pulled in this very run and cleared since is not to be put there again: that is what the base is for then.
  const isEmptied = places.some(({ scope, manifest }) => isClearedSince(manifest.current, folder.name, folder.pulled.get(scope)));
  const base = isEmptied ? folder.base : commonBase(storage, folder);
  const { files, bytes } = { files: scan.files.length + scan.links.length, bytes: scan.files.reduce((sum, file) => sum + file.bytes, 0) };
  const there = storedFolders(storage, folder.name);
  const isSound = there.every(({ place: { contents } }) => contents.damaged.size === 0); // what is damaged may be here, and is stored anew
  if (there.length > 0 && isAsBefore(there, base) && isSound && isSame(scannedContent(scan), base.content)) {
    return { ...NOTHING, outcome: 'unchanged', files, bytes, refused: scan.refused };
  }
  const elsewhere = await contentElsewhere(storage, folder.name, signal);
  const isWanted = (path: string) => isOn(storage.switches, path);
  const [place] = places;
  const sides = { base, elsewhere, isWanted, isDeleted: deletions(scan, base.content, isWanted, options) };
  const pushed = await new Push(storage, place, folder, scan, sides, options).run();
  if (pushed === undefined) return { ...NOTHING, outcome: 'failed', files, bytes, refused: scan.refused };
  if (!options.dryRun) await folder.keep(pushed.base);
  const { plan, stored, bytesStored, refused } = pushed;
  return {
    outcome: stored || (options.dryRun && plan.isChange) ? 'stored' : 'unchanged',
    places: stored ? [{ tier: place.tier, scope: place.scope }] : [],
    files, bytes, added: plan.added, changed: plan.changed, removed: plan.removed, bytesStored, conflicts: plan.conflicts,
    refused: [...scan.refused, ...refused],
  };
}

/** What the scopes that are only read have: it need not be kept in the own one as well. */
async function contentElsewhere(storage: TaskStorage, name: string, signal?: AbortSignal): Promise<Content> {
  const others = storedFolders(storage, name).filter(({ place }) => !place.writes);
  return mergedContent(await readTrees(storage, others, signal), () => true);
}

/** What is not here was deleted, unless it could not be read, is switched off, or nothing of what came from the cache is here any more. */
function deletions(
  scan: Scan, base: Content, isWanted: (path: string) => boolean, { keepDeleted = false }: PushOptions,
): (path: string) => boolean {
  const here = new Set([...scan.files, ...scan.links, ...scan.emptyFolders].map(({ path }) => path));
  if (keepDeleted || ![...base.keys()].some((path) => here.has(path))) return () => false;
  const refused = scan.refused.map(({ path }) => path);
  return (path) => isWanted(path) && !here.has(path) && !refused.some((bad) => path === bad || path.startsWith(`${bad}/`));
}

function totals({ entries }: Tree): { files: number; bytes: number } {
  const files = entries.filter(({ type }) => type !== 'folder');
  return { files: files.length, bytes: files.reduce((sum, entry) => sum + (entry.type === 'file' ? entry.bytes : 0), 0) };
}

interface Pushed {
  readonly plan: PushPlan;
  readonly stored: boolean;
  readonly bytesStored: number;
  /** Files that changed while they were read. */
  readonly refused: readonly Refusal[];
  readonly base: Base;
}

interface Sides {
  readonly base: Base;
  readonly elsewhere: Content;
  readonly isWanted: (path: string) => boolean;
  readonly isDeleted: (path: string) => boolean;
}

/** What is here. Those that nobody has to store have no location. */
interface Here {
  readonly entries: ReadonlyMap<string, TreeEntry>;
  readonly refused: readonly Refusal[];
}

/** One push to one place, as often as somebody else is first. */
class Push {
  private readonly sentBefore: number;
  /** Files that the cache may not have. */
  private toStore = 0;

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
      const here = await place.attempt('push', () => this.store(tree, base), signal);
      if (here === undefined) return undefined;
      this.getsOn();
      const { elsewhere, isDeleted } = this.sides;
      const plan = planPush({ base, here: here.entries, there: new Map(tree.entries.map((entry) => [entry.path, entry])), isDeleted, elsewhere });
      if (!plan.isChange || dryRun) return this.done(here, plan, current, tree, false);
      const next = { entries: plan.entries };
      const record = await place.attempt('push', () => this.commit(next, manifest.revision), signal);
      if (record === 'changed') continue;
      return record && this.done(here, plan, record, next, true);
    }
    throw new TaskError('E_TASK_CONFLICT', `others have replaced ${JSON.stringify(name)} in ${place.name} ${ATTEMPTS} times meanwhile; push again`);
  }

  /** All files are done, but each write after them may take its time, too. */
  private getsOn(): void {
    this.options.onProgress?.(this.toStore, this.toStore);
  }

  /** Stores what the cache may not have. What it has, or somebody else has changed there while it is untouched here, is not read. */
  private async store(tree: Tree, base: Content): Promise<Here> {
    const { place: { contents, manifest }, folder: { root, memory }, options: { signal, onProgress, dryRun }, sides: { elsewhere, isWanted } } = this;
    const { condemned } = manifest.current;
    contents.avoid(condemned.keys());
    const isUsable = (object: string) => !condemned.has(object) && !contents.damaged.has(object);
    const known = new Map(tree.entries.flatMap((entry) => {
      return entry.type === 'file' && objectsOf(entry.location).every(isUsable) ? [[entry.digest, entry] as const] : [];
    }));
    const there = contentOf(tree);
    const isThere = (path: string, signature: string) => signature === there.get(path) || signature === base.get(path)
      || (!there.has(path) && signature === elsewhere.get(path));
    const [skipped, files]: [FileEntry[], ScannedFile[]] = [[], []];
    for (const file of this.scan.files.filter(({ path }) => isWanted(path))) {
      const { path, mode, bytes, digest } = file;
      const entry = digest === undefined ? undefined : { type: 'file' as const, path, mode, bytes, digest, location: { chunks: [] } };
      if (entry !== undefined && isThere(path, signatureOf(entry))) skipped.push(entry);
      else files.push(file);
    }
    this.toStore = files.length;
    const target = dryRun ? new DigestStore() : contents;
    const { entries, refused } = await storeFiles(root, { ...this.scan, files }, target, { known, memory, signal, onProgress });
    return { entries: new Map([...skipped, ...entries].filter(({ path }) => isWanted(path)).map((entry) => [entry.path, entry])), refused };
  }

  /** Whether the cache was emptied since the folder was pulled in this run. */
  private isEmptied(manifest: Manifest): boolean {
    const { place: { scope }, folder: { name, pulled } } = this;
    return isClearedSince(manifest, name, pulled.get(scope));
  }

  /** @returns `changed` if somebody else was first, or what is referred to is about to be deleted */
  private async commit(tree: Tree, seen: number): Promise<FolderRecord | 'changed'> {
    const { place: { manifest, contents, objects: store }, folder: { name }, options: { signal } } = this;
    const { object } = await storeTree(contents, store, tree, signal);
    this.getsOn();
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

  private done(here: Here, plan: PushPlan, record: FolderRecord | undefined, tree: Tree, stored: boolean): Pushed {
    const { place, storage, folder: { name }, sides: { elsewhere } } = this;
    if (stored) storage.telemetry.add('filesPushed', plan.added + plan.changed);
    const own = contentOf(tree);
    const local = contentOf({ entries: [...here.entries.values()] });
    const isAlike = isSame(local, new Map([...elsewhere, ...own]));
    // A folder that lacks something of what the cache has is not known to be what any tree says: the next pull compares.
    const base = (at: Place, object: string) => ({ tree: isAlike ? object : '', seen: at.manifest.current.revision });
    const trees = Object.fromEntries(storedFolders(storage, name).map((each) => [each.place.scope, base(each.place, each.record.tree)]));
    return {
      plan, stored, bytesStored: place.objects.sent - this.sentBefore, refused: here.refused,
      base: {
        trees: record ? { ...trees, [place.scope]: base(place, record.tree) } : trees,
        content: this.baseOf(local, own, elsewhere),
      },
    };
  }

  /** What is the same here and there, and of the rest what it was before: what was deleted here, and is still there, is not to be brought back. */
  private baseOf(here: Content, there: Content, elsewhere: Content): Content {
    const base = new Map<string, string>();
    const { base: before, isDeleted } = this.sides;
    const inCache = (path: string) => there.get(path) ?? elsewhere.get(path);
    for (const [path, signature] of here) if (inCache(path) === signature) base.set(path, signature);
    for (const [path, signature] of before.content) {
      if (!base.has(path) && (here.has(path) || (isDeleted(path) && inCache(path) !== undefined))) base.set(path, signature);
    }
    return base;
  }
}
