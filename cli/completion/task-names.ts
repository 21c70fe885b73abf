import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TASK_DEFAULT_FOLDER, TASK_DEFAULT_SCOPE, TASK_ENVIRONMENT, TASK_OBJECT_PREFIX } from '../../lib/contract/tasks.js';

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

/** Trust scopes: those of the environment, and those that the local cache has something of. */
export function scopesFor(folder: string | undefined, env: Readonly<Record<string, string | undefined>>): string[] {
  const local = folder ?? (env[TASK_ENVIRONMENT.folder] || TASK_DEFAULT_FOLDER);
  const named = [env[TASK_ENVIRONMENT.scope], ...(env[TASK_ENVIRONMENT.readScopes] ?? '').split(',')].map((name) => name?.trim()).filter(Boolean);
  return [...new Set([TASK_DEFAULT_SCOPE, ...named as string[], ...foldersIn(join(local, TASK_OBJECT_PREFIX))])].sort();
}

function foldersIn(path: string): string[] {
  try {
    return readdirSync(join(path), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort();
  } catch {
    return [];
  }
}
