import { layoutOf, type Layout, type Row } from './layout.js';
import type { Names } from './names.js';

/** Something that was done to a parameter, in a line of its history. */
export interface Change {
  readonly time: number;
  readonly action: string;
  readonly version?: number;
  readonly user?: string;
}

/** What the lower part of the screen shows of the parameter at the cursor. */
export type Content
  = | { readonly kind: 'value'; readonly name: string; readonly value: string; readonly type?: string; readonly version?: number }
    | { readonly kind: 'history'; readonly name: string; readonly changes: readonly Change[]; readonly isWhole: boolean };

/** What is being searched for, while its text is typed. */
export interface Search {
  readonly text: string;
  /** Names that were found for `matchesOf`, best first. */
  readonly matches: readonly string[];
  readonly matchesOf: string;
  readonly cursor: number;
}

export interface Status {
  readonly text: string;
  readonly kind: 'busy' | 'done' | 'error';
}

/** All that the screen depends on. Never changed: an event makes a new one. */
export interface BrowseState {
  readonly columns: number;
  readonly rows: number;
  readonly now: number;
  readonly names: Names;
  readonly root: string;
  readonly open: ReadonlySet<string>;
  readonly layout: Layout;
  /** Row of the tree. */
  readonly cursor: number;
  /** First row of the tree that is seen. */
  readonly top: number;
  readonly search?: Search;
  /** Names that the last search had found, for `n` and `N`. */
  readonly found?: { readonly names: readonly string[]; readonly at: number };
  readonly content?: Content;
  /** Whether the keys move in the content, which then has the whole screen. */
  readonly isReading: boolean;
  /** First line of the content that is seen. */
  readonly contentTop: number;
  /** Whether a secret is shown. */
  readonly isRevealed: boolean;
  /** What is asked for at present: an answer to anything else comes too late. */
  readonly awaited?: Wanted;
  readonly isSyncing: boolean;
  readonly showsHelp: boolean;
  readonly status?: Status;
}

/** What AWS is asked of a parameter, and what is done with the answer. */
export interface Wanted {
  readonly what: 'value' | 'history';
  readonly name: string;
  readonly then?: 'copy' | 'reveal';
}

/** Something to be done outside. Its outcome comes back as an event. */
export type Effect
  = | { readonly kind: 'fetch'; readonly wanted: Wanted }
    | { readonly kind: 'search'; readonly text: string }
    | { readonly kind: 'copy'; readonly text: string; readonly what: string }
    | { readonly kind: 'sync' }
    | { readonly kind: 'quit' };

export interface Step {
  readonly state: BrowseState;
  readonly effects: readonly Effect[];
}

export function initialState(names: Names, root: string, size: { readonly columns: number; readonly rows: number }, now: number): BrowseState {
  const open: ReadonlySet<string> = new Set();
  return {
    ...size, now, names, root, open, layout: layoutOf(names, root, open),
    cursor: 0, top: 0, isReading: false, contentTop: 0, isRevealed: false, isSyncing: false, showsHelp: false,
  };
}

/** Row at the cursor. Undefined: there is none at all. */
export function current(state: BrowseState): Row | undefined {
  return state.layout.row(state.cursor);
}

/** Name that copying, reading and looking into the history are about. */
export function chosen(state: BrowseState): string | undefined {
  return state.search ? state.search.matches[state.search.cursor] : current(state)?.name;
}

export const step = (state: BrowseState, ...effects: Effect[]): Step => ({ state, effects });
export const done = (text: string): Status => ({ text, kind: 'done' });
export const busy = (text: string): Status => ({ text, kind: 'busy' });
export const failed = (text: string): Status => ({ text, kind: 'error' });
