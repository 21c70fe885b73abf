import type { TreeEntry } from '../content/shapes.js';
import { signatureOf, type Content } from './signature.js';

export interface PullPlan {
  /** To be left as they are here, whatever the cache has. */
  readonly keep: ReadonlySet<string>;
  /** To be deleted here: the cache has them no more, and they are what they were when they came from there. */
  readonly delete: readonly string[];
  /** Of those to be left: changed here and there. */
  readonly kept: readonly string[];
}

/**
 * What a pull does with each path: here it is as it was when it came from the cache (`base`), or somebody has worked on it since. What somebody has
 * worked on stays.
 */
export function planPull(base: Content, here: Content, there: Content, overwrite: boolean): PullPlan {
  const keep = new Set<string>();
  const kept: string[] = [];
  const gone: string[] = [];
  for (const [path, signature] of there) {
    const [own, before] = [here.get(path), base.get(path)];
    if (overwrite || own === signature || own === before) continue; // the same, or untouched: what is there may come
    if (own === undefined && before !== signature) continue; // deleted here, and changed there since: that is another one
    keep.add(path);
    if (own !== undefined && before !== signature) kept.push(path);
  }
  for (const [path, signature] of base) {
    if (!there.has(path) && here.get(path) === signature) gone.push(path);
  }
  return { keep, delete: gone, kept };
}

export interface PushPlan {
  readonly entries: readonly TreeEntry[];
  /** Whether the cache has something else after it. */
  readonly isChange: boolean;
  /** Files and links; of folders, only what is in them counts. */
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** Changed here, and by somebody else since, or made by both. */
  readonly conflicts: readonly string[];
}

export interface PushSides {
  /** As it was when it came from the cache, or went there. */
  readonly base: Content;
  /** What is here now. */
  readonly here: ReadonlyMap<string, TreeEntry>;
  /** What the cache has now. */
  readonly there: ReadonlyMap<string, TreeEntry>;
  /** Whether a path that is not here was deleted here, rather than left out. */
  readonly isDeleted: (path: string) => boolean;
  /** What is read from elsewhere anyway, and need not be kept once more. */
  readonly elsewhere: Content;
}

/** What the cache has after a push: what was changed here since it came, and of the rest what the cache has. */
export function planPush({ base, here, there, isDeleted, elsewhere }: PushSides): PushPlan {
  const result = new Map(there);
  const conflicts: string[] = [];
  const [added, changed, removed]: TreeEntry[][] = [[], [], []];
  for (const [path, entry] of here) {
    const signature = signatureOf(entry);
    const other = there.get(path);
    const otherSignature = other && signatureOf(other);
    if (otherSignature === signature) continue;
    if (base.get(path) === signature) continue; // untouched here: what somebody else has made of it stays, also that it is gone
    if (other === undefined && elsewhere.get(path) === signature) continue;
    result.set(path, entry);
    (other === undefined ? added : changed).push(entry);
    if (other !== undefined && otherSignature !== base.get(path)) conflicts.push(path);
  }
  for (const [path, entry] of there) {
    if (here.has(path) || !isDeleted(path) || base.get(path) !== signatureOf(entry)) continue;
    result.delete(path);
    removed.push(entry);
  }
  const entries = [...result.values()].sort((a, b) => a.path < b.path ? -1 : 1);
  const countOf = (some: readonly TreeEntry[]) => some.filter(({ type }) => type !== 'folder').length;
  return {
    entries: withoutClashes(entries, here), isChange: added.length + changed.length + removed.length > 0,
    added: countOf(added), changed: countOf(changed), removed: countOf(removed), conflicts,
  };
}

/** Where somebody has made a folder of a file or the reverse, what is here is what counts. */
function withoutClashes(entries: readonly TreeEntry[], here: ReadonlyMap<string, TreeEntry>): TreeEntry[] {
  const leaves = new Set(entries.flatMap((entry) => entry.type === 'folder' ? [] : [entry.path]));
  const isBelowLeaf = ({ path }: TreeEntry): string | undefined => {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) if (leaves.has(path.slice(0, at))) return path.slice(0, at);
    return undefined;
  };
  const dropped = new Set<string>();
  for (const entry of entries) {
    const leaf = isBelowLeaf(entry);
    if (leaf !== undefined) dropped.add(here.has(entry.path) ? leaf : entry.path);
  }
  const left = entries.filter(({ path }) => !dropped.has(path));
  // An empty folder that has something in it now is said by what is in it.
  const folders = new Set(left.flatMap(({ path }) => path.split('/').slice(0, -1).map((_, i, parts) => parts.slice(0, i + 1).join('/'))));
  return left.filter((entry) => entry.type !== 'folder' || !folders.has(entry.path) || entry.mode !== 0o755);
}
