import { constraint } from './errors';
import type { State } from './state';

/** Results on a page: at most what was asked for, and what the operation allows. */
export function pageSize(state: State, asked: number | undefined, most: number, unasked = most): number {
  if (asked !== undefined && !(asked >= 1 && asked <= most)) {
    throw constraint('maxResults', asked > most ? `have value less than or equal to ${most}` : 'have value greater than or equal to 1');
  }
  return state.shortPage(asked ?? unasked);
}

interface Walk<T> {
  readonly items: Iterable<T>;
  readonly size: number;
  /** Where this page begins. */
  readonly after: string | undefined;
  keyOf(item: T): string;
  wanted(item: T): boolean;
}

/** A page, and after which item the next one begins. */
export function pageOf<T>({ items, size, after, keyOf, wanted }: Walk<T>): { readonly items: readonly T[]; readonly next?: string } {
  const page: T[] = [];
  for (const item of items) {
    if (!wanted(item)) continue;
    if (page.length >= size) return { items: page, next: page.length === 0 ? after ?? '' : keyOf(page[page.length - 1]!) };
    page.push(item);
  }
  return { items: page };
}
