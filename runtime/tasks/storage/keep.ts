import { objectsOfTree, treeDigest } from '../content/tree.js';
import { storeTree } from '../content/tree-store.js';
import type { Digest, Tree } from '../content/shapes.js';
import type { ResultFiles } from '../definition/shapes.js';
import { TaskError } from '../errors.js';
import { scanFolder } from '../files/scan.js';
import { storeFiles } from '../files/store-files.js';
import type { Scan } from '../files/shapes.js';
import { DigestStore } from './digest-store.js';
import type { Place } from './place.js';
import { encodeBody } from './record-body.js';
import type { RecordWriter } from './record-writer.js';
import { NO_FILES, treeFiles } from './result-files.js';
import type { NewResult } from './shapes.js';
import { objectsOf, storeBytes } from './stored-bytes.js';

/** Files of a result, read once whatever the number of places that keep them. */
export interface HashedFiles {
  readonly scan: Scan;
  readonly digest: Digest;
  readonly paths: readonly string[];
}

/**
 * @returns `undefined` if the folder has nothing in it
 * @throws TaskError `E_TASK_OUTPUT` if there is something that cannot be kept
 */
export async function hashFiles(folder: string): Promise<HashedFiles | undefined> {
  const scan = await scanFolder(folder, { ignore: [] });
  const [bad] = scan.refused;
  if (bad !== undefined) throw new TaskError('E_TASK_OUTPUT', `the output ${JSON.stringify(bad.path)} cannot be kept: ${bad.reason}`);
  const tree = await storeFiles(folder, scan, new DigestStore());
  if (tree.entries.length === 0) return undefined;
  const paths = tree.entries.flatMap((entry) => entry.type === 'file' ? [entry.path] : []);
  return { scan, digest: treeDigest(tree), paths };
}

export interface ToKeep {
  readonly result: NewResult;
  readonly digest: Digest;
  readonly files: HashedFiles | undefined;
  /** When it was made, by a store's clock. */
  readonly now: number;
}

/**
 * Keeps a result in one place: contents first, then the record.
 *
 * @returns its files as they are there; `undefined` if it could not be kept
 */
export async function keepIn(
  place: Place, writer: RecordWriter, { result, digest, files, now }: ToKeep, signal?: AbortSignal,
): Promise<ResultFiles | undefined> {
  const { contents, objects, manifest } = place;
  const { key, body, folder, mark, duration, requires, validity } = result;
  const bytes = encodeBody(body);
  let tree: Tree | undefined;
  const record = await writer.write({
    async prepare() {
      const stored = files && folder !== undefined ? await storeFiles(folder, files.scan, contents) : undefined;
      if (stored !== undefined && treeDigest(stored) !== files!.digest) {
        throw new TaskError('E_TASK_OUTPUT', `files of ${body.id} have changed while they were kept`);
      }
      tree = stored;
      const treeObject = stored && (await storeTree(contents, objects, stored)).object;
      const location = await storeBytes(contents, bytes);
      const size = stored?.entries.reduce((sum, entry) => sum + (entry.type === 'file' ? entry.bytes : 0), 0) ?? 0;
      return {
        record: {
          key, id: body.id, family: body.family, digest, body: location, ...(treeObject !== undefined && { tree: treeObject }),
          bytes: bytes.length + size, created: now, duration, seen: mark.get(place) ?? manifest.current.revision,
          validity: validity(now), requires,
        },
        objects: () => new Set([...objectsOf(location), ...(stored ? objectsOfTree(stored) : []), ...(treeObject === undefined ? [] : [treeObject])]),
      };
    },
  });
  signal?.throwIfAborted();
  if (record === undefined || record.digest !== digest) return undefined; // somebody else's stays, and is as good; who asks next gets that
  return tree === undefined ? NO_FILES : treeFiles(tree, place, body.id);
}
