import { reveal } from './move.js';
import { parentOf, type Names } from './names.js';
import { initialState, type BrowseState } from './state.js';

/** Begins at a path; at a parameter that has none below it, in the path that it is in. */
export function beginAt(path: string, names: Names, size: { readonly columns: number; readonly rows: number }, now: number): BrowseState {
  const root = path === '/' ? path : path.replace(/\/+$/, '');
  const parent = parentOf(root);
  if (parent === undefined || names.get(root) === undefined || names.children(root).length > 0) return initialState(names, root, size, now);
  return reveal(initialState(names, parent, size, now), root);
}
