import type { ObjectStore } from '../../stores/object-store.js';
import type { Location } from '../content/shapes.js';
import { objectsOfTree } from '../content/tree.js';
import { readTree } from '../content/tree-store.js';
import { DamagedError, NewerFormatError } from '../errors.js';
import type { Manifest } from './shapes.js';

/** Whoever may write to a scope decides how large its trees are: this many are in memory. */
const READS_AT_ONCE = 4;
/** A tree that is too large to be restored is still one that refers to its contents. */
const NO_LIMITS = { maxEntries: Infinity, maxBytes: Infinity };

interface ReadOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Which objects a manifest refers to, by itself and by its trees. A tree is read once. */
export class References {
  /** Trees that are damaged or not there: nobody can reach what they refer to. */
  readonly unreadable = new Set<string>();
  private readonly trees = new Map<string, ReadonlySet<string>>();

  constructor(private readonly objects: ObjectStore) {}

  /** Whether all trees were read. */
  knows(manifest: Manifest): boolean {
    return this.missing(manifest).length === 0;
  }

  /** Reads those trees that were not read. @throws what the store fails with; NewerFormatError */
  async read(manifest: Manifest, { signal, onProgress }: ReadOptions = {}): Promise<void> {
    const missing = this.missing(manifest);
    const left = missing.values();
    let done = 0;
    const worker = async () => {
      for (const tree of left) {
        this.trees.set(tree, await this.objectsOf(tree, signal));
        onProgress?.(++done, missing.length);
      }
    };
    await Promise.all(Array.from({ length: READS_AT_ONCE }, worker));
  }

  /** All objects that it refers to; its trees must have been read. */
  of(manifest: Manifest): ReadonlySet<string> {
    const used = new Set<string>();
    for (const { body } of manifest.records.values()) addObjects(used, body);
    for (const tree of treesOf(manifest)) {
      used.add(tree);
      for (const object of this.trees.get(tree)!) used.add(object);
    }
    return used;
  }

  private missing(manifest: Manifest): readonly string[] {
    return [...treesOf(manifest)].filter((tree) => !this.trees.has(tree));
  }

  private async objectsOf(tree: string, signal: AbortSignal | undefined): Promise<ReadonlySet<string>> {
    try {
      return objectsOfTree(await readTree(this.objects, tree, NO_LIMITS, signal));
    } catch (error) {
      if (!(error instanceof DamagedError) || error instanceof NewerFormatError) throw error;
      this.unreadable.add(tree);
      return new Set();
    }
  }
}

function treesOf({ records, folders }: Manifest): ReadonlySet<string> {
  const trees = new Set<string>();
  for (const { tree } of records.values()) if (tree !== undefined) trees.add(tree);
  for (const { tree } of folders.values()) trees.add(tree);
  return trees;
}

function addObjects(used: Set<string>, location: Location): void {
  if ('slice' in location) used.add(location.slice.pack);
  else for (const { object } of location.chunks) used.add(object);
}
