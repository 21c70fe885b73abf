import { onContentKey } from './content.js';
import { isTooSmall } from './geometry.js';
import { chosen, current, busy, done, failed, step, type BrowseState, type Change, type Content, type Step, type Wanted } from './state.js';
import { close, moveTo, open, replaced, reveal } from './move.js';
import { geometryOf } from './geometry.js';
import type { Key } from './key.js';
import type { Names } from './names.js';
import { onSearchKey } from './search.js';

/** Something that has happened. */
export type BrowseEvent
  = | { readonly kind: 'key'; readonly key: Key }
    | { readonly kind: 'size'; readonly columns: number; readonly rows: number }
    | { readonly kind: 'time'; readonly now: number }
    | { readonly kind: 'matches'; readonly text: string; readonly names: readonly string[] }
    | { readonly kind: 'fetched'; readonly wanted: Wanted; readonly content: Content }
    | { readonly kind: 'notFetched'; readonly wanted: Wanted; readonly message: string }
    | { readonly kind: 'copied'; readonly what: string }
    | { readonly kind: 'synced'; readonly names: Names; readonly message: string }
    | { readonly kind: 'notSynced'; readonly message: string };

export type { Change };

/** What comes of an event: another state, and what is to be done. Pure. */
export function update(state: BrowseState, event: BrowseEvent): Step {
  switch (event.kind) {
    case 'key': return onKey(state, event.key);
    case 'size': return step(replaced(state, { columns: event.columns, rows: event.rows }));
    case 'time': return step({ ...state, now: event.now });
    case 'matches': return step(withMatches(state, event.text, event.names));
    case 'fetched': return onFetched(state, event.wanted, event.content);
    case 'notFetched':
      return step(state.awaited === event.wanted ? { ...state, awaited: undefined, status: failed(event.message) } : state);
    case 'copied': return step({ ...state, status: done(`${event.what} was given to the terminal to copy`) });
    case 'synced': return step({ ...replaced(state, { names: event.names }), isSyncing: false, status: done(event.message) });
    case 'notSynced': return step({ ...state, isSyncing: false, status: failed(event.message) });
  }
}

function onKey(before: BrowseState, key: Key): Step {
  if (key === 'ctrl-c') return step(before, { kind: 'quit' });
  const state = before.status?.kind === 'busy' ? before : { ...before, status: undefined };
  if (isTooSmall(state)) return isText(key, 'q') ? step(state, { kind: 'quit' }) : step(state);
  if (state.showsHelp) return isText(key, 'q') ? step(state, { kind: 'quit' }) : step({ ...state, showsHelp: false });
  if (state.search) return onSearchKey(state, state.search, key);
  return (state.isReading ? onContentKey(state, key) : onTreeKey(state, key)) ?? onCommand(state, key);
}

function onTreeKey(state: BrowseState, key: Key): Step | undefined {
  const page = Math.max(geometryOf(state).list - 1, 1);
  switch (key) {
    case 'up': return step(moveTo(state, state.cursor - 1));
    case 'down': return step(moveTo(state, state.cursor + 1));
    case 'pageUp': return step(moveTo(state, state.cursor - page));
    case 'pageDown': return step(moveTo(state, state.cursor + page));
    case 'home': return step(moveTo(state, 0));
    case 'end': return step(moveTo(state, state.layout.count - 1));
    case 'right': return step(open(state));
    case 'left': return step(close(state));
    case 'enter': return onEnter(state);
    case 'tab': return step(state.content ? { ...state, isReading: true } : state);
    case 'escape': return step({ ...state, content: undefined, isRevealed: false, awaited: undefined });
    default: return undefined;
  }
}

/** Shows a parameter's value; what is only a path opens or closes. */
function onEnter(state: BrowseState): Step {
  const row = current(state);
  if (row === undefined) return step(state);
  if (!row.isParameter) return step(row.isOpen ? close(state) : open(state));
  if (state.content?.kind === 'value') return step({ ...state, isReading: true });
  return fetch(state, { what: 'value', name: row.name });
}

function onCommand(state: BrowseState, key: Key): Step {
  const name = chosen(state);
  const parameter = current(state)?.isParameter ? name : undefined;
  const shown = state.content?.kind === 'value' ? state.content : undefined;
  switch (typeof key === 'string' ? key : key.text) {
    case 'q': return step(state, { kind: 'quit' });
    case '?': return step({ ...state, showsHelp: true });
    case '/': return step({ ...state, search: { text: '', matches: [], matchesOf: '', cursor: 0 } });
    case 'n': return step(nextFound(state, 1));
    case 'N': return step(nextFound(state, -1));
    case 'r': return state.isSyncing ? step(state) : step({ ...state, isSyncing: true, status: busy('asking for changes…') }, { kind: 'sync' });
    case 'c': return name === undefined ? step(state) : step(state, { kind: 'copy', text: name, what: 'the name' });
    case 'h': return parameter === undefined ? step(state) : fetch(state, { what: 'history', name: parameter });
    case 'v':
      if (shown) return step({ ...state, isRevealed: !state.isRevealed });
      return parameter === undefined ? step(state) : fetch(state, { what: 'value', name: parameter, then: 'reveal' });
    case 'C':
      if (shown) return step(state, { kind: 'copy', text: shown.value, what: 'the value' });
      return parameter === undefined ? step(state) : fetch(state, { what: 'value', name: parameter, then: 'copy' });
    default: return step(state);
  }
}

const isText = (key: Key, text: string) => typeof key === 'object' && key.text === text;

function fetch(state: BrowseState, wanted: Wanted): Step {
  return step({ ...state, awaited: wanted, status: busy(`reading the ${wanted.what} of ${wanted.name}…`) }, { kind: 'fetch', wanted });
}

/** An answer to what is no longer asked for is dropped: it may hold a secret. */
function onFetched(state: BrowseState, wanted: Wanted, content: Content): Step {
  if (state.awaited !== wanted) return step(state);
  const known = { ...state, awaited: undefined, status: undefined };
  if (wanted.then === 'copy' && content.kind === 'value') return step(known, { kind: 'copy', text: content.value, what: 'the value' });
  return step({ ...known, content, contentTop: 0, isRevealed: wanted.then === 'reveal' });
}

function withMatches(state: BrowseState, text: string, names: readonly string[]): BrowseState {
  if (state.search?.text !== text) return state; // typed on meanwhile
  return { ...state, search: { ...state.search, matches: names, matchesOf: text, cursor: 0 } };
}

function nextFound(state: BrowseState, by: 1 | -1): BrowseState {
  const { found } = state;
  if (!found || found.names.length === 0) return { ...state, status: failed('nothing was searched for yet: press /') };
  const at = (found.at + by + found.names.length) % found.names.length;
  const moved = reveal(state, found.names[at]);
  return { ...moved, found: { ...found, at }, status: done(`match ${at + 1} of ${found.names.length}`) };
}
