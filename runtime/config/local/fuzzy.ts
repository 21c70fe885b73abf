import UFuzzy from '@leeoniya/ufuzzy';
import { localName, type LocalName, type Row } from './local-name.js';
import type { RowsView } from './rows-view.js';

/** Names that are looked at together. */
const CHUNK = 2_000;

let matcher: UFuzzy | undefined;

/**
 * The parameters whose names match best, the best first. Goes through all names, a part at a time, and keeps only the best so far: how well a name
 * matches does not depend on the others.
 */
export function fuzzyNames(view: RowsView, text: string, limit: number): LocalName[] {
  if (limit <= 0) return [];
  const fuzzy = matcher ??= new UFuzzy({ intraMode: 0, interIns: Infinity });
  let best: Row[] = [];
  let part: Row[] = [];
  const merge = () => {
    best = bestOf(fuzzy, [...best, ...matching(fuzzy, part, text)], text, limit);
    part = [];
  };
  for (const row of view.from()) {
    part.push(row);
    if (part.length === CHUNK) merge();
  }
  merge();
  return best.map(localName);
}

/** Without a letter or digit there is nothing to be fuzzy about. */
function isPlain(text: string): boolean {
  return !/[a-z0-9]/i.test(text);
}

function matching(fuzzy: UFuzzy, rows: readonly Row[], text: string): Row[] {
  if (isPlain(text)) return rows.filter(({ name }) => name.includes(text.trim()));
  return (fuzzy.filter(rows.map(({ name }) => name), text) ?? []).map((index) => rows[index]);
}

function bestOf(fuzzy: UFuzzy, rows: readonly Row[], text: string, limit: number): Row[] {
  if (rows.length === 0 || isPlain(text)) return rows.slice(0, limit);
  const names = rows.map(({ name }) => name);
  const info = fuzzy.info([...names.keys()], names, text);
  return fuzzy.sort(info, names, text).slice(0, limit).map((order) => rows[info.idx[order]]);
}
