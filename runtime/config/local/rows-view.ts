import type { CopyState } from './copy-state.js';
import { localName, type LocalName, type Row } from './local-name.js';
import { byName, mergeRows } from './merge-rows.js';
import type { NamesReader } from './names-reader.js';

/** What the copy says at one moment: the names file, the changes since, and above them one's own. Reads of the file only what is asked for. */
export class RowsView {
  /** Names with another state than the names file has, ascending. Own changes are newer than anything. */
  readonly overlay: readonly Row[];
  private readonly above: ReadonlyMap<string, Row>;

  constructor(readonly base: NamesReader | undefined, state: CopyState) {
    const above = new Map(state.changes);
    for (const { name, active, json } of state.own.values()) above.set(name, { name, active, json, changed: Infinity });
    this.above = above;
    this.overlay = [...above.values()].sort(byName);
  }

  get(name: string): LocalName | undefined {
    const row = this.above.get(name) ?? this.base?.get(name);
    return row?.active ? localName(row) : undefined;
  }

  /** Parameters that exist, from a name on, ascending. */
  * from(name = ''): Generator<Row> {
    for (const row of mergeRows([this.base?.from(name) ?? [], this.overlayFrom(name)])) if (row.active) yield row;
  }

  /** Parameters whose names begin with a text, ascending. */
  * startingWith(text: string): Generator<Row> {
    for (const row of this.from(text)) {
      if (!row.name.startsWith(text)) return;
      yield row;
    }
  }

  /** A parameter and what is below it: `/app` is `/app` and `/app/…`, never `/apple`. */
  * below(path: string): Generator<Row> {
    if (path === '' || path.endsWith('/')) return yield* this.startingWith(path);
    const row = this.above.get(path) ?? this.base?.get(path);
    if (row?.active) yield row;
    yield* this.startingWith(`${path}/`);
  }

  /** Overlay from a name on, up to another one. */
  * overlayFrom(name: string, before?: string): Generator<Row> {
    let [low, high] = [0, this.overlay.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.overlay[middle].name < name) low = middle + 1;
      else high = middle;
    }
    for (; low < this.overlay.length && (before === undefined || this.overlay[low].name < before); low += 1) yield this.overlay[low];
  }
}
