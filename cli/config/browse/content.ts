import { printable } from '../../format.js';
import { wrap } from '../../cells.js';
import { geometryOf } from './geometry.js';
import type { Known } from './names.js';
import { current, step, type BrowseState, type Content, type Step } from './state.js';
import type { Key } from './key.js';

export const MASK = '••••••••';

/** Keys while the content has the whole screen. Undefined: not one of these. */
export function onContentKey(state: BrowseState, key: Key): Step | undefined {
  const room = geometryOf(state).panel - 1;
  const last = Math.max(contentLines(state).length - room, 0);
  const to = (top: number) => step({ ...state, contentTop: Math.max(0, Math.min(top, last)) });
  switch (key) {
    case 'up': return to(state.contentTop - 1);
    case 'down': return to(state.contentTop + 1);
    case 'pageUp': return to(state.contentTop - room);
    case 'pageDown': return to(state.contentTop + room);
    case 'home': return to(0);
    case 'end': return to(last);
    case 'escape': case 'left': case 'tab': case 'enter': return step({ ...state, isReading: false, contentTop: 0 });
    default: return undefined;
  }
}

/** Whatever is not known to be plain is masked until it is asked for. */
function isMasked({ content, isRevealed }: Pick<BrowseState, 'content' | 'isRevealed'>): boolean {
  return content?.kind === 'value' && content.type !== 'String' && content.type !== 'StringList' && !isRevealed;
}

/** What the lower part of the screen says, in lines that fit. Nothing in them reaches the terminal as a command. */
export function contentLines(state: BrowseState): string[] {
  const row = current(state);
  if (row === undefined) return [];
  const width = Math.max(state.columns - 2, 1);
  const known = row.isParameter ? state.names.get(row.name) : undefined;
  const facts = row.isParameter ? factsOf(known) : ['a path; → opens it'];
  const { content } = state;
  const lines = content?.name === row.name ? [...facts, '', ...linesOf(content, isMasked(state))] : facts;
  return lines.flatMap((line) => wrap(line, width));
}

function factsOf(known: Known | undefined): string[] {
  if (known === undefined) return ['not in the local copy any more'];
  const { version, type, lastModified, lastModifiedUser, tier, keyId, dataType, description } = known;
  const by = lastModifiedUser === undefined ? '' : ` by ${lastModifiedUser}`;
  const kinds = [type, version === undefined ? undefined : `version ${version}`, tier, dataType === 'text' ? undefined : dataType, keyId];
  return [
    kinds.filter((kind) => kind !== undefined).join(' · '),
    lastModified === undefined ? '' : `changed ${timeOf(lastModified)}${by}`,
    description ?? '',
  ].filter((line) => line !== '').map(printable);
}

function linesOf(content: Content, masked: boolean): string[] {
  if (content.kind === 'value') {
    if (masked) return [MASK, '(v shows it)'];
    return content.value === '' ? ['(empty)'] : content.value.split(/\r?\n/).map((line) => printable(line.replaceAll('\t', '  ')));
  }
  if (content.changes.length === 0) return ['nothing is recorded of it'];
  const lines = content.changes.map(({ time, action, version, user }) =>
    printable([timeOf(time), action, version === undefined ? '' : `v${version}`, user ?? ''].filter((part) => part !== '').join('  ')));
  return content.isWhole ? lines : [...lines, '… and more: cache-tiers config history'];
}

const timeOf = (time: number) => new Date(time).toISOString().replace('T', ' ').replace(/\.\d+Z$/, 'Z');
