import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryObjectStore } from '../../../../runtime/stores/memory-object-store';
import type { ContentStore } from '../../../../runtime/tasks/content/content-store';
import { openContentStore } from '../../../../runtime/tasks/content/open-content-store';
import type { FileEntry, FolderEntry, LinkEntry, TreeEntry } from '../../../../runtime/tasks/content/shapes';
import { sha256 } from '../../../../runtime/tasks/content/verified-objects';
import { nodeFileSystem, type FileSystem } from '../../../../runtime/tasks/files/file-system';

export function temporary(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'files-')));
}

export interface Contents {
  readonly objects: MemoryObjectStore;
  readonly contents: ContentStore;
}

export function memoryContents(): Contents {
  const objects = new MemoryObjectStore();
  return { objects, contents: openContentStore(objects, { compression: 'none' }) };
}

export const folder = (path: string, mode: number = 0o755): FolderEntry => ({ type: 'folder', path, mode });
export const link = (path: string, target: string): LinkEntry => ({ type: 'link', path, target });

/** A small file, added to a store. It is there when the store is flushed. */
export function file(contents: ContentStore, path: string, text: string = path, mode: number = 0o644): FileEntry {
  const bytes = Buffer.from(text);
  const digest = sha256(bytes);
  return { type: 'file', path, mode, bytes: bytes.length, digest, location: contents.add({ bytes, digest }) };
}

/** A tree whose contents are stored. */
export async function stored(contents: ContentStore, make: (file_: (path: string, text?: string, mode?: number) => FileEntry) => TreeEntry[]) {
  const entries = make((path, text, mode) => file(contents, path, text, mode));
  await contents.flush();
  return { tree: { entries }, contents };
}

/** All that lies below a folder: a file's text, a link's target, with the mode of files and folders. */
export function seen(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (let left = ['']; left.length > 0;) {
    const inside = left.pop()!;
    for (const name of readdirSync(join(root, inside))) {
      const path = join(inside, name);
      const stat = lstatSync(join(root, path));
      const mode = (stat.mode & 0o7777).toString(8);
      if (stat.isSymbolicLink()) found[path] = `-> ${readlinkSync(join(root, path))}`;
      else if (stat.isFile()) found[path] = `${mode} ${readFileSync(join(root, path), 'latin1')}`;
      else found[path] = stat.isDirectory() ? `${mode} folder` : 'special';
      if (stat.isDirectory()) left = [...left, path];
    }
  }
  return found;
}

export const errno = (code: string) => Object.assign(new Error(`${code}: injected`), { code, syscall: 'test' });

/** A file system on which these operations fail, from the n-th call on. */
export function failing(code: string, operations: readonly (keyof FileSystem)[], after: number = 0): FileSystem {
  let calls = 0;
  const wrapped = operations.map((name) => [name, (...args: never[]) => {
    if (++calls > after) throw errno(code);
    return (nodeFileSystem[name] as (...all: never[]) => unknown)(...args);
  }]);
  return { ...nodeFileSystem, ...Object.fromEntries(wrapped) } as FileSystem;
}
