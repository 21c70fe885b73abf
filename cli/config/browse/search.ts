import { geometryOf } from './geometry.js';
import { reveal } from './move.js';
import { done, failed, step, type BrowseState, type Search, type Step } from './state.js';
import type { Key } from './key.js';

/** Names that a search shows at most. */
export const MOST_MATCHES = 1000;

/** While a search is typed, every key is its own; what was found is seen at once. */
export function onSearchKey(state: BrowseState, search: Search, key: Key): Step {
  const page = Math.max(geometryOf(state).list - 1, 1);
  const at = (cursor: number) => step({ ...state, search: { ...search, cursor: Math.max(0, Math.min(cursor, search.matches.length - 1)) } });
  switch (key) {
    case 'up': return at(search.cursor - 1);
    case 'down': case 'tab': return at(search.cursor + 1);
    case 'pageUp': return at(search.cursor - page);
    case 'pageDown': return at(search.cursor + page);
    case 'home': return at(0);
    case 'end': return at(search.matches.length - 1);
    case 'escape': return step({ ...state, search: undefined });
    case 'enter': return step(accepted(state, search));
    case 'backspace':
      return search.text === '' ? step({ ...state, search: undefined }) : typed(state, search, [...search.text].slice(0, -1).join(''));
    case 'ctrl-u': return typed(state, search, '');
    default: return typeof key === 'object' ? typed(state, search, search.text + key.text) : step(state);
  }
}

function typed(state: BrowseState, search: Search, text: string): Step {
  const next = { ...state, search: { ...search, text } };
  if (text === '') return step({ ...state, search: { text, matches: [], matchesOf: '', cursor: 0 } });
  return step(next, { kind: 'search', text });
}

/** Goes to the name in the tree. */
function accepted(state: BrowseState, search: Search): BrowseState {
  const closed = { ...state, search: undefined };
  const name = search.matches[search.cursor];
  if (search.matchesOf !== search.text) return state; // the answer is on its way
  if (name === undefined) return search.text === '' ? closed : { ...closed, status: failed(`no name is like '${search.text}'`) };
  const status = done(`match ${search.cursor + 1} of ${search.matches.length}; n next, N previous`);
  return { ...reveal(closed, name), found: { names: search.matches, at: search.cursor }, status };
}
