import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Whether a command line is one of `tasks`: its paths are those of folders here. */
export function isOfTasks(words: readonly string[]): boolean {
  return words.find((word) => word === 'config' || word === 'tasks') === 'tasks';
}

/** Folders that begin with a path, to be gone into. */
export function foldersFor(typed: string): string[] {
  const parent = typed.slice(0, typed.lastIndexOf('/') + 1);
  return foldersIn(parent === '' ? '.' : parent).map((name) => `${parent}${name}/`);
}

/** Families of tasks, as Luigi's users have them: the folders in the folder that is kept. */
export function familiesIn(folder: string | undefined): string[] {
  return foldersIn(folder ?? 'output');
}

function foldersIn(path: string): string[] {
  try {
    return readdirSync(join(path), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort();
  } catch {
    return [];
  }
}
