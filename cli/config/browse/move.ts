import { geometryOf } from './geometry.js';
import { layoutOf } from './layout.js';
import { parentOf } from './names.js';
import { current, type BrowseState } from './state.js';

const clamp = (value: number, least: number, most: number) => Math.max(least, Math.min(value, most));

/** With the cursor on a row that is there and the row on the screen. What was shown of another row goes. */
export function moveTo(state: BrowseState, row: number): BrowseState {
  const cursor = clamp(row, 0, Math.max(state.layout.count - 1, 0));
  const moved = { ...state, cursor, top: topFor(state, cursor) };
  const shown = state.content?.name ?? state.awaited?.name;
  return shown === undefined || shown === current(moved)?.name ? moved : withoutContent(moved);
}

/** A secret is kept no longer than it is looked at. */
function withoutContent(state: BrowseState): BrowseState {
  return { ...state, content: undefined, isRevealed: false, isReading: false, contentTop: 0, awaited: undefined };
}

/** First row that is seen, so that the cursor is, and no row is left empty without need. */
function topFor(state: BrowseState, cursor: number): number {
  const list = Math.max(geometryOf({ ...state, isReading: false, search: undefined }).list, 1);
  const least = Math.max(cursor - list + 1, 0);
  return clamp(clamp(state.top, least, cursor), 0, Math.max(state.layout.count - list, 0));
}

/** The same place after the tree or the screen has changed: the name where it is still there, otherwise the row. */
export function replaced(state: BrowseState, changes: Partial<Pick<BrowseState, 'names' | 'open' | 'columns' | 'rows'>>): BrowseState {
  const name = current(state)?.name;
  const { names = state.names, open = state.open } = changes;
  const layout = names === state.names && open === state.open ? state.layout : layoutOf(names, state.root, open);
  const next = { ...state, ...changes, layout };
  const at = name === undefined ? undefined : layout.indexOf(name);
  return moveTo(next, at ?? next.cursor);
}

/** Opens the path at the cursor; one that is open already leads to its first member. */
export function open(state: BrowseState): BrowseState {
  const row = current(state);
  if (!row?.isPath) return state;
  if (row.isOpen) return moveTo(state, state.cursor + 1);
  return replaced(state, { open: new Set([...state.open, row.name]) });
}

/** Closes the path at the cursor; anything else leads to the path that it is in. */
export function close(state: BrowseState): BrowseState {
  const row = current(state);
  if (row === undefined) return state;
  if (row.isOpen) return replaced(state, { open: new Set([...state.open].filter((path) => path !== row.name)) });
  const parent = parentOf(row.name);
  const at = parent === undefined ? undefined : state.layout.indexOf(parent);
  return at === undefined ? state : moveTo(state, at);
}

/** Opens every path that a name is in, and goes there. The same state, if the name is not in the tree. */
export function reveal(state: BrowseState, name: string): BrowseState {
  const opened = new Set(state.open);
  for (let path = parentOf(name); path !== undefined && path !== state.root; path = parentOf(path)) opened.add(path);
  const layout = layoutOf(state.names, state.root, opened);
  const at = layout.indexOf(name);
  if (at === undefined) return state;
  const { list } = geometryOf({ ...state, isReading: false, search: undefined });
  const isSeen = at >= state.top && at < state.top + list;
  return moveTo({ ...state, open: opened, layout, top: isSeen ? state.top : Math.max(at - Math.floor(list / 2), 0) }, at);
}
