import type { Row } from './local-name.js';
import { mergeRows } from './merge-rows.js';
import type { BlockRange } from './names-reader.js';
import type { RowsView } from './rows-view.js';

/** A step of the tree below a path. */
export interface LocalChild {
  /** Whole name or path, without a slash at its end. */
  readonly name: string;
  /** Whether there are parameters below it. */
  readonly isPath: boolean;
  /** Whether it is a parameter itself. A name can be both. */
  readonly isParameter: boolean;
  /** Parameters below it, itself not counted. */
  readonly count: number;
}

interface Counted { isParameter: boolean; count: number }

/**
 * What is directly below a path, ascending. Blocks of the names file that lie within one child are counted by the index, not read.
 *
 * @param path `/` or the empty text is the root, where names without a slash are too
 */
export function childrenOf(view: RowsView, path: string): LocalChild[] {
  const folder = path === '' || path.endsWith('/') ? path || '/' : `${path}/`;
  const found = new Map<string, Counted>();
  const at = (name: string): Counted => {
    let counted = found.get(name);
    if (counted === undefined) found.set(name, counted = { isParameter: false, count: 0 });
    return counted;
  };
  const add = (name: string) => {
    const slash = name.indexOf('/', folder.length);
    if (slash < 0) at(name).isParameter = true;
    else at(name.slice(0, slash)).count += 1;
  };

  const end = after(folder);
  for (const { first, next, active, rows } of spans(view, folder)) {
    if (first >= end) break;
    const child = next === undefined ? undefined : childOfAll(first, next, folder);
    const above = [...view.overlayFrom(first, next)];
    if (child !== undefined && above.length === 0) {
      if (active > 0) at(child).count += active;
    } else {
      for (const row of mergeRows([rows(), above])) if (row.active && row.name.startsWith(folder) && row.name !== folder) add(row.name);
    }
  }
  if (folder === '/') {
    for (const { name } of slashless(view)) at(name).isParameter = true;
  }
  return [...found].map(([name, { isParameter, count }]) => ({ name, isPath: count > 0, isParameter, count }))
    .sort((a, b) => a.name < b.name ? -1 : 1);
}

/** The blocks in which names of a folder may be; together they cover all names from the folder on. */
function* spans(view: RowsView, folder: string): Generator<BlockRange> {
  let isFirst = true;
  for (const block of view.base?.blocks(folder) ?? []) {
    if (isFirst && block.first > folder) yield { first: folder, next: block.first, active: 0, rows: () => [] };
    isFirst = false;
    yield block;
  }
  if (isFirst) yield { first: folder, active: 0, rows: () => [] };
}

/** They are before and after all names with a slash. */
function* slashless(view: RowsView): Generator<Row> {
  for (const row of view.from()) {
    if (row.name.startsWith('/')) break;
    yield row;
  }
  yield* view.from(after('/'));
}

/** The child that all names from one on, up to another, are below. */
function childOfAll(first: string, next: string, folder: string): string | undefined {
  const slash = first.indexOf('/', folder.length);
  if (!first.startsWith(folder) || slash < 0) return undefined;
  return next.startsWith(first.slice(0, slash + 1)) ? first.slice(0, slash) : undefined;
}

/** The least text after all that begin with one. */
function after(text: string): string {
  return text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) + 1);
}
