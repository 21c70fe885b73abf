import type { ObjectStore } from '../../stores/object-store.js';
import type { TreeLimits } from '../files/shapes.js';
import type { ContentStore } from './content-store.js';
import { SEALED_HEAD, unseal } from './sealed.js';
import type { Digest, Tree } from './shapes.js';
import { encodeTree, MAX_TREE_BYTES, parseTree, treeDigest } from './tree.js';
import { sha256, VerifiedObjects } from './verified-objects.js';

/**
 * Stores a tree as an object, or finds it stored.
 *
 * @param contents where its contents are; they must be stored, so it must have been flushed
 * @returns `object`: its key; `digest`: of what it says
 */
export async function storeTree(
  contents: Pick<ContentStore, 'nameFor'>, objects: ObjectStore, tree: Tree, signal?: AbortSignal,
): Promise<{ object: string; digest: Digest }> {
  const bytes = encodeTree(tree);
  const name = sha256(bytes);
  const object = contents.nameFor(name);
  await objects.create(object, bytes, { sha256: name, signal });
  return { object, digest: treeDigest(tree) };
}

/** @param object its key @throws DamagedError if it is not there or is none; what the store failed with */
export async function readTree(objects: ObjectStore, object: string, limits?: TreeLimits, signal?: AbortSignal): Promise<Tree> {
  const bytes = await new VerifiedObjects(objects).get(object, SEALED_HEAD + MAX_TREE_BYTES, signal);
  return parseTree(await unseal('tree', bytes, MAX_TREE_BYTES, object), limits, object);
}
