import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { MemoryObjectStore } from '../../../../runtime/stores/memory-object-store';
import { FolderCache } from '../../../../runtime/tasks/folders/folder-cache';
import type { PullReport } from '../../../../runtime/tasks/folders/shapes';
import type { Validity } from '../../../../runtime/tasks/manifest/shapes';
import { TaskOperator, type TaskOperatorOptions } from '../../../../runtime/tasks/operator/operator';
import { TaskStorage } from '../../../../runtime/tasks/storage/task-storage';

export interface Kept {
  readonly key: string;
  readonly id?: string;
  readonly family?: string;
  readonly value?: unknown;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly parts?: Readonly<Record<string, string>>;
  readonly validity?: Validity;
  readonly requires?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
}

/** A SHA-256, as far as it looks. */
export const key = (name: string) => Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64);

/** A cache in memory, with a bucket and a local tier. */
export class OperatedWorld {
  readonly local = new MemoryObjectStore();
  readonly remote = new MemoryObjectStore();
  readonly root = mkdtempSync(join(tmpdir(), 'operator-'));
  private folders = 0;

  storage(options: { readonly mode?: string; readonly scope?: string } = {}): TaskStorage {
    const { local, remote, root } = this;
    return TaskStorage.open({ env: {}, folder: join(root, 'cache'), parts: { local, remote }, strict: true, mode: 'remote:rw', ...options });
  }

  operator(options: { readonly mode?: string; readonly scope?: string } = {}, more?: TaskOperatorOptions): TaskOperator {
    return new TaskOperator(this.storage(options), more);
  }

  /** Keeps results, one after the other, as runs of their own do. */
  async keep(...results: readonly Kept[]): Promise<void> {
    for (const { key: name, id = name, family = id.split('_')[0]!, value = name, validity = { kind: 'forever' as const }, ...given } of results) {
      const storage = this.storage();
      await storage.refresh();
      await storage.keep({
        key: key(name), validity: () => validity, duration: 1500, requires: (given.requires ?? []).map(key), mark: storage.mark(),
        body: { id, family, version: '1', params: given.params ?? {}, parts: given.parts ?? {}, value, producer: { run: `run of ${name}` } },
        ...(given.files && { folder: this.folder(given.files) }),
      });
      await storage.close();
    }
  }

  /** A folder with files, and what is pushed of it. */
  async push(files: Readonly<Record<string, string>>, name = 'output'): Promise<string> {
    const storage = this.storage();
    const folder = this.folder(files);
    await new FolderCache(storage, { folder, name }).push();
    await storage.close();
    return folder;
  }

  /** The same folder, pulled elsewhere. */
  async pull(name = 'output'): Promise<PullReport> {
    const storage = this.storage();
    const report = await new FolderCache(storage, { folder: this.folder({}), name }).pull();
    await storage.close();
    return report;
  }

  folder(files: Readonly<Record<string, string>>): string {
    const folder = join(this.root, String(this.folders += 1));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return folder;
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
