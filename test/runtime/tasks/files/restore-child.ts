/* Restores one tree, then another, over and over, until it is killed before its n-th operation. Run by restore-kill.test.ts. */
import { openContentStore } from '../../../../runtime/tasks/content/open-content-store';
import { MemoryObjectStore } from '../../../../runtime/stores/memory-object-store';
import { nodeFileSystem, type FileSystem } from '../../../../runtime/tasks/files/file-system';
import { restoreTree } from '../../../../runtime/tasks/files/restore';
import { killedTree } from './restore-child-tree';

function killedBefore(last: number): FileSystem {
  let operations = 0;
  return Object.fromEntries(Object.entries(nodeFileSystem).map(([name, run]) => [name, (...args: never[]) => {
    if (++operations >= last) process.kill(process.pid, 'SIGKILL');
    return (run as (...all: never[]) => unknown)(...args);
  }])) as unknown as FileSystem;
}

async function main(root: string, first: number, fileSystem: FileSystem): Promise<void> {
  const contents = openContentStore(new MemoryObjectStore(), { compression: 'none' });
  const trees = [killedTree(contents, 0), killedTree(contents, 1)];
  await contents.flush();
  for (let round = first; ; round++) await restoreTree(root, [{ tree: trees[round % 2], contents }], { fileSystem });
}

void main(process.argv[2], Number(process.argv[3]), killedBefore(Number(process.argv[4])));
