import { childrenOf, type LocalChild } from './children.js';
import type { Copy } from './copy-store.js';
import { fuzzyNames } from './fuzzy.js';
import { localName, type LocalName, type Row } from './local-name.js';
import { isDamaged } from './names-format.js';
import { RowsView } from './rows-view.js';

export interface LimitOptions {
  /** Names at most. @default - all */
  readonly limit?: number;
}

const MANY = 100;

/**
 * The names as the copy had them at one moment, with one's own changes. Needs no network. Names of the table are read from the file as they are
 * asked for: a file that turns out to be damaged is dropped, and the view then has one's own changes only (`known` is false).
 */
export class NamesView {
  private view: RowsView;

  /** @param onDamage drops the copy, and gives what is left of it */
  constructor(private copy: Copy, private readonly now: () => number, private readonly onDamage: (copy: Copy, reason: unknown) => Copy) {
    this.view = new RowsView(copy.base, copy.state);
  }

  /** Whether the names of the table were ever read. If not, only a sync can tell what there is. */
  get known(): boolean {
    return this.copy.state.reading !== undefined;
  }

  /** When the last sync began, by this computer's clock, in Unix epoch milliseconds. */
  get readAt(): number | undefined {
    return this.copy.state.reading?.readAt;
  }

  /** Time since the last sync in milliseconds. */
  get age(): number | undefined {
    const { readAt } = this;
    return readAt === undefined ? undefined : Math.max(0, this.now() - readAt);
  }

  get(name: string): LocalName | undefined {
    return this.read((view) => view.get(name));
  }

  /**
   * All names, ascending, read as they are asked for.
   *
   * @param from the least name
   * @throws CacheTiersError `E_CONFIG_CACHE_DAMAGED` where the file turns out to be damaged: what came before is right, the rest is not known
   */
  * names(from = ''): Generator<LocalName> {
    try {
      for (const row of this.view.from(from)) yield localName(row);
    } catch (error) {
      if (isDamaged(error)) this.drop(error);
      throw error;
    }
  }

  /**
   * A parameter and what is below it: `/app` gives `/app` and `/app/…`, never `/apple`; `/app/` only what is below.
   *
   * @returns ascending, but the parameter itself first
   */
  prefix(prefix: string, { limit = Infinity }: LimitOptions = {}): LocalName[] {
    return this.read((view) => first(view.below(prefix), limit));
  }

  /** Names that begin with a text, whatever follows: for completion. Ascending. */
  startingWith(text: string, { limit = Infinity }: LimitOptions = {}): LocalName[] {
    return this.read((view) => first(view.startingWith(text), limit));
  }

  /** What is directly below a path, ascending, for a tree. @param path `/` is the root */
  children(path: string): LocalChild[] {
    return this.read((view) => childrenOf(view, path));
  }

  /** Names that match a text in parts and in spite of gaps, the best first. @param options.limit default 100 */
  fuzzy(text: string, { limit = MANY }: LimitOptions = {}): LocalName[] {
    return this.read((view) => fuzzyNames(view, text, limit));
  }

  /** How many parameters there are. */
  count(): number {
    return this.read((view) => {
      let count = view.base?.active ?? 0;
      for (const { name, active } of view.overlay) count += Number(active) - Number(view.base?.get(name)?.active ?? false);
      return count;
    });
  }

  private read<T>(of: (view: RowsView) => T): T {
    try {
      return of(this.view);
    } catch (error) {
      if (!isDamaged(error)) throw error;
      this.drop(error);
      return of(this.view);
    }
  }

  private drop(reason: unknown): void {
    this.copy = this.onDamage(this.copy, reason);
    this.view = new RowsView(this.copy.base, this.copy.state);
  }
}

function first(rows: Iterable<Row>, limit: number): LocalName[] {
  const names: LocalName[] = [];
  if (limit <= 0) return names;
  for (const row of rows) {
    names.push(localName(row));
    if (names.length >= limit) break;
  }
  return names;
}
