import { isDeepStrictEqual } from 'node:util';
import type { Item } from '../aws/dynamodb.js';
import { CacheTiersError } from '../errors.js';

/** What Query and Scan give. */
export interface ItemsOutput {
  readonly Items?: readonly Item[];
  readonly LastEvaluatedKey?: Item;
}

/**
 * All pages of what is read page by page.
 *
 * @param read gives the page that begins at `next` of the page before
 * @param by what the service calls that, for the error
 * @throws CacheTiersError `E_CONFIG_ENDLESS` if a page says that the next one begins where it began itself
 */
export async function* pagesOf<Page extends object, Next = string>(
  read: (after: Next | undefined) => Promise<Page & { readonly next?: Next }>, by = 'ExclusiveStartKey',
): AsyncGenerator<Page, void, undefined> {
  let after: Next | undefined;
  do {
    const page = await read(after);
    if (page.next !== undefined && isDeepStrictEqual(page.next, after)) throw endless(by);
    yield page as Awaited<Page>; // no page is a promise
    after = page.next;
  } while (after !== undefined);
}

/**
 * The items of a Query or a Scan, page by page.
 *
 * @param call makes the call with what it is given among its parameters
 * @throws as `pagesOf`
 */
export async function* itemPagesOf(
  call: (from: { readonly ExclusiveStartKey?: Item }) => Promise<ItemsOutput>,
): AsyncGenerator<readonly Item[], void, undefined> {
  const read = async (after: Item | undefined): Promise<{ readonly items: readonly Item[]; readonly next?: Item }> => {
    const { Items = [], LastEvaluatedKey } = await call(after === undefined ? {} : { ExclusiveStartKey: after });
    return { items: Items, ...(LastEvaluatedKey && { next: LastEvaluatedKey }) };
  };
  for await (const { items } of pagesOf(read)) yield items;
}

/** Something between here and the service gives the same page again and again: it would fill the memory, or the disk. */
export function endless(by = 'ExclusiveStartKey'): CacheTiersError {
  return new CacheTiersError('E_CONFIG_ENDLESS', 'a list says that it goes on where it was read from already; '
    + `is there a proxy, or an emulator, that does not know ${by}?`);
}
