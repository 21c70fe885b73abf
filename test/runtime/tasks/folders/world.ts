import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FolderCache } from '../../../../runtime/tasks/folders/folder-cache';
import type { TaskStorageOptions } from '../../../../runtime/tasks/storage/options';
import { TaskStorage } from '../../../../runtime/tasks/storage/task-storage';
import { MemoryObjectStore } from '../../../../runtime/stores/memory-object-store';
import type { ObjectStore } from '../../../../runtime/stores/object-store';

/** Computers that share a bucket. */
export class World {
  readonly remote: ObjectStore;
  private readonly folders: string[] = [];
  private readonly storages: TaskStorage[] = [];

  constructor(remote: ObjectStore = new MemoryObjectStore()) {
    this.remote = remote;
  }

  /** A computer with a folder of its own. */
  computer(options: TaskStorageOptions = {}, remote: ObjectStore = this.remote): Computer {
    const home = mkdtempSync(join(tmpdir(), 'folder-cache-'));
    this.folders.push(home);
    const storage = TaskStorage.open({ env: {}, folder: join(home, 'cache'), mode: 'remote:rw', ...options, parts: { remote, ...options.parts } });
    this.storages.push(storage);
    return new Computer(join(home, 'output'), storage);
  }

  async close(): Promise<void> {
    for (const storage of this.storages) await storage.close();
    for (const folder of this.folders) rmSync(folder, { recursive: true, force: true });
  }
}

export class Computer {
  readonly cache: FolderCache;

  constructor(readonly folder: string, readonly storage: TaskStorage) {
    this.cache = new FolderCache(storage, { folder });
  }

  write(path: string, content: string | Uint8Array, mode = 0o644): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    chmodSync(file, mode);
  }

  link(path: string, target: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    symlinkSync(target, join(this.folder, path));
  }

  remove(path = '.'): void {
    rmSync(join(this.folder, path), { recursive: true, force: true });
  }

  /** All that lies in the folder, by path: contents of files, targets of links after `->`, `/` for empty folders. */
  content(folder = this.folder, prefix = ''): Record<string, string> {
    const found: Record<string, string> = {};
    let names: string[];
    try {
      names = readdirSync(folder).sort();
    } catch {
      return found;
    }
    for (const name of names) {
      const path = join(folder, name);
      const stat = lstatSync(path);
      if (stat.isSymbolicLink()) found[prefix + name] = `-> ${readlinkSync(path)}`;
      else if (!stat.isDirectory()) found[prefix + name] = readFileSync(path, 'latin1');
      else {
        const below = this.content(path, `${prefix}${name}/`);
        if (Object.keys(below).length === 0) found[prefix + name] = '/';
        Object.assign(found, below);
      }
    }
    return found;
  }

  modeOf(path: string): number {
    return lstatSync(join(this.folder, path)).mode & 0o7777;
  }
}
