import { MemoryObjectStore } from '../../../runtime/stores/memory-object-store';
import type { ObjectStore } from '../../../runtime/stores/object-store';
import { objectsOfTree } from '../../../runtime/tasks/content/tree';
import { readTree } from '../../../runtime/tasks/content/tree-store';
import { TaskStorage } from '../../../runtime/tasks/storage/task-storage';

/** What can become of an object: it has another content, the store fails with it, or it is gone. */
export type Loss = 'damaged' | 'failing' | 'missing';

const PREFIX = 'v1/main/default/';

/** A bucket in memory that loses objects. */
export class LossyStore extends MemoryObjectStore {
  /** By key; `true` for all that are not named. */
  readonly losses = new Map<string | true, Exclude<Loss, 'missing'>>();

  override async get(key: string, options?: Parameters<ObjectStore['get']>[1]): Promise<Uint8Array | undefined> {
    const loss = this.losses.get(key) ?? this.losses.get(true);
    if (loss === 'failing') throw new Error(`cannot read ${key}`);
    const bytes = await super.get(key, options);
    return loss === undefined ? bytes : bytes?.map((byte, i) => i === bytes.length - 1 ? byte ^ 1 : byte);
  }

  /** As one computer opens it. */
  open(options: { readonly strict?: boolean } = {}): TaskStorage {
    return TaskStorage.open({ env: {}, mode: 'remote:rw', ...options, parts: { remote: this } });
  }

  /** Loses the files of all results of a family; their values stay. @returns how many objects that are */
  async loseFilesOf(family: string, loss: Loss): Promise<number> {
    const storage = this.open();
    await storage.refresh();
    const [{ manifest, objects }] = storage.places;
    const lost = new Set<string>();
    for (const record of manifest.current.records.values()) {
      if (record.family === family && record.tree !== undefined) for (const key of objectsOfTree(await readTree(objects, record.tree))) lost.add(key);
    }
    await storage.close();
    if (loss === 'missing') await this.delete([...lost].map((key) => PREFIX + key));
    else for (const key of lost) this.losses.set(PREFIX + key, loss);
    return lost.size;
  }
}
