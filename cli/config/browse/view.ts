import { ago, count, printable } from '../../format.js';
import { cells, fill, fitStart, shorten } from '../../cells.js';
import { contentLines } from './content.js';
import { geometryOf, isTooSmall, SMALLEST } from './geometry.js';
import type { Row } from './layout.js';
import { lastPart } from './names.js';
import { current, type BrowseState } from './state.js';

/** A part of a line that looks the same throughout. */
export interface Span {
  readonly text: string;
  readonly style?: 'title' | 'chosen' | 'path' | 'dim' | 'match' | 'error' | 'key';
}

/** Exactly as many cells as the screen has, or fewer. */
export type Line = readonly Span[];

/** What signs the terminal can show. */
export type Signs = Readonly<Record<'open' | 'closed' | 'cursor' | 'line' | 'ellipsis' | 'mask' | 'typing', string>>;
export const UNICODE: Signs = { open: '▾', closed: '▸', cursor: '›', line: '─', ellipsis: '…', mask: '•', typing: '█' };
export const ASCII: Signs = { open: '-', closed: '+', cursor: '>', line: '-', ellipsis: '~', mask: '*', typing: '_' };

/** What the copy belongs to. */
export interface Place {
  readonly footprint: string;
  readonly account?: string;
  readonly region?: string;
}

const KEYS: readonly (readonly [string, string])[] = [
  ['↑↓', 'move'], ['→', 'open'], ['←', 'close'], ['/', 'search'], ['⏎', 'value'], ['v', 'show'], ['h', 'history'],
  ['?', 'help'], ['q', 'quit'],
];

const HELP: readonly (readonly [string, string])[] = [
  ['↑ ↓ PgUp PgDn Home End', 'move'], ['→', 'open a path; again: its first member'], ['←', 'close; again: the path above'],
  ['/', 'search while you type; Enter goes there, Esc back'], ['n N', 'next and previous match'], ['Enter', 'the value; again: all of it'],
  ['Tab', 'read value or history on the whole screen'], ['v', 'show a secret, hide it'], ['h', 'history'], ['c C', 'copy the name, the value'],
  ['r', 'ask for changes'], ['q Ctrl-C', 'leave'],
];

/** Younger than this is up to date, in milliseconds. */
const MOMENT = 20_000;

/** The whole screen, line by line: as many as it has rows. Pure. */
export function screenOf(state: BrowseState, place: Place, signs: Signs = UNICODE): Line[] {
  const { columns, rows } = state;
  const lines = isTooSmall(state) ? tooSmall(state) : parts(state, place, signs);
  // Ink gives no line to an empty text.
  return Array.from({ length: rows }, (_, i) => (lines[i] ?? []).length > 0 ? cut(lines[i], columns) : [{ text: ' ' }]);
}

function tooSmall({ columns, rows }: BrowseState): Line[] {
  return ['too small a terminal', `${columns}×${rows}, not ${SMALLEST.columns}×${SMALLEST.rows}`, 'q quits'].map((text) => [{ text }]);
}

function parts(state: BrowseState, place: Place, signs: Signs): Line[] {
  const { list, panel } = geometryOf(state);
  return [
    header(state, place),
    ...(state.showsHelp ? padded(helpLines(), list + panel) : [
      ...padded(state.search ? matchLines(state, signs, list) : treeLines(state, signs, list), list),
      ...padded(panelLines(state, signs, panel), panel),
    ]),
    statusLine(state, signs),
    keysLine(signs),
  ];
}

function header({ names, now, columns }: BrowseState, { footprint, account, region }: Place): Line {
  const { syncedAt } = names;
  const age = syncedAt === undefined ? 'never synced' : now - syncedAt < MOMENT ? 'up to date' : `as of ${ago(syncedAt, now)}`;
  const left = ` ${printable([footprint, account, region].filter(Boolean).join(' '))}`;
  const right = `${count(names.count, 'parameter')}, ${age} `;
  const room = columns - cells(right) - 1;
  return [{ text: fill(`${fill(shorten(left, room), room)} ${right}`, columns), style: 'title' }];
}

function treeLines(state: BrowseState, signs: Signs, room: number): Line[] {
  if (state.layout.count === 0) return [[], [{ text: ` no parameter is known under ${printable(state.root)}; r asks for changes`, style: 'dim' }]];
  const lines: Line[] = [];
  for (let i = state.top; i < Math.min(state.top + room, state.layout.count); i += 1) {
    lines.push(rowLine(state.layout.row(i)!, i === state.cursor, state, signs));
  }
  return lines;
}

function rowLine(row: Row, isChosen: boolean, { columns }: BrowseState, signs: Signs): Line {
  const sign = row.isPath ? (row.isOpen ? signs.open : signs.closed) : ' ';
  const indent = ' '.repeat(Math.min(row.depth * 2, Math.floor(columns / 3)));
  const before = `${isChosen ? signs.cursor : ' '}${indent}${sign} `;
  const after = row.isPath && row.count !== undefined ? ` ${count(row.count)}` : '';
  const name = `${lastPart(printable(row.name))}${row.isPath && !row.isParameter ? '/' : ''}`;
  const text = `${before}${shorten(name, columns - cells(before) - cells(after) - 1, signs.ellipsis)}`;
  if (isChosen) return [{ text: fill(`${text}${after}`, columns), style: 'chosen' }];
  return [{ text, style: row.isPath ? 'path' : undefined }, { text: after, style: 'dim' }];
}

function matchLines({ search, columns }: BrowseState, signs: Signs, room: number): Line[] {
  const { matches, cursor, text, matchesOf } = search!;
  if (text === '') return [[], [{ text: ' type a part of a name; Enter goes there, Esc back', style: 'dim' }]];
  if (matches.length === 0) return [[], [{ text: matchesOf === text ? ` no name is like '${printable(text)}'` : ' searching', style: 'dim' }]];
  const top = Math.max(0, Math.min(cursor - Math.floor(room / 2), matches.length - room));
  return matches.slice(top, top + room).map((match, i) => {
    const isChosen = top + i === cursor;
    const name = shorten(printable(match), columns - 3, signs.ellipsis);
    if (isChosen) return [{ text: fill(`${signs.cursor} ${name}`, columns), style: 'chosen' }];
    const at = name.toLowerCase().indexOf(text.toLowerCase());
    if (at < 0) return [{ text: `  ${name}` }];
    const end = at + text.length;
    return [{ text: `  ${name.slice(0, at)}` }, { text: name.slice(at, end), style: 'match' }, { text: name.slice(end) }];
  });
}

function panelLines(state: BrowseState, signs: Signs, panel: number): Line[] {
  const row = current(state);
  if (panel === 0) return [];
  const lines = contentLines(state);
  const room = panel - 1;
  const more = lines.length - state.contentTop - room;
  const hint = more > 0 ? ` ${count(more, 'more line')}${state.isReading ? '' : state.content ? ' (Tab)' : ''} ` : '';
  const title = row === undefined ? '' : ` ${shorten(printable(row.name), state.columns - cells(hint) - 6, signs.ellipsis)} `;
  const rule = `${signs.line.repeat(2)}${title}`;
  const dashes = signs.line.repeat(Math.max(state.columns - cells(rule) - cells(hint) - 2, 0));
  const shown = lines.slice(state.contentTop, state.contentTop + room).map((text): Line => [{ text: ` ${text.replaceAll('•', signs.mask)}` }]);
  return [[{ text: `${rule}${dashes}${hint}${signs.line.repeat(2)}`, style: 'dim' }], ...shown];
}

function statusLine({ status, search, layout, cursor, columns }: BrowseState, signs: Signs): Line {
  if (search) {
    const isAnswered = search.matchesOf === search.text && search.text !== '';
    const found = isAnswered ? ` ${search.matches.length === 1 ? '1 match' : `${count(search.matches.length)} matches`}` : '';
    const typed = endOf(printable(search.text), columns - cells(found) - 4);
    return [{ text: '/', style: 'key' }, { text: typed }, { text: `${signs.typing}${found}`, style: 'dim' }];
  }
  if (status) {
    const all = printable(status.text.replace(/\s+/g, ' '));
    const text = cells(all) < columns - 1 ? all : `${fitStart(all, columns - 3)}${signs.ellipsis}`;
    return [{ text: ` ${text}`, style: status.kind === 'error' ? 'error' : undefined }];
  }
  return [{ text: layout.count === 0 ? '' : ` ${count(cursor + 1)} of ${count(layout.count)}`, style: 'dim' }];
}

/** What is typed is seen at its end. */
function endOf(text: string, width: number): string {
  let rest = text;
  while (cells(rest) > width) rest = [...rest].slice(1).join('');
  return rest;
}

function keysLine(signs: Signs): Line {
  const plain = signs === ASCII ? { '↑↓': 'arrows', '→': 'right', '←': 'left', '⏎': 'Enter' } as Record<string, string> : {};
  return KEYS.flatMap(([key, does]): Line => [{ text: ` ${plain[key] ?? key}`, style: 'key' }, { text: ` ${does} `, style: 'dim' }]);
}

function helpLines(): Line[] {
  return HELP.map(([keys, does]): Line => [{ text: `  ${keys.padEnd(24)}`, style: 'key' }, { text: does }]);
}

function padded(lines: readonly Line[], length: number): Line[] {
  return Array.from({ length }, (_, i) => lines[i] ?? []);
}

function cut(line: Line, columns: number): Line {
  let left = columns;
  return line.flatMap((span) => {
    const text = fitStart(span.text, left);
    left -= cells(text);
    return text === '' ? [] : [{ ...span, text }];
  });
}
